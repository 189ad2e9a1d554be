// HttpLogin: a user for an HTTP proxy, and the answers to its challenges.
//
// Nothing is told before the proxy asks: Basic (RFC 7617) is the password in the clear, and a proxy
// that would have taken Digest, or a listener before it, must not get that unasked. Of what it
// offers the strongest is answered: Digest with SHA-256, Digest with MD5, Basic.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/crypto/rows.hpp"
#include "lib/keys/secret_bytes.hpp"
#include "lib/net/http_challenge.hpp"

namespace sshauth {

class HttpLogin {
 public:
  // The provider outlives this.
  HttpLogin(std::string_view user, Bytes password, const Provider& provider);

  // No user and no password.
  bool empty() const noexcept { return user_.empty() && password_.size() == 0; }

  // Whether to answer, after a first answer was refused: a challenge that says the nonce was stale
  // says too that the password was right (RFC 7616 §3.3). True once.
  bool may_repeat(const std::vector<HttpChallenge>& challenges);

  // The value of Proxy-Authorization for a CONNECT to `target`. Empty when no challenge can be
  // answered; `why` ends a sentence that began with the proxy then.
  SecretBytes answer(const std::vector<HttpChallenge>& challenges, std::string_view target,
                     std::string& why);

 private:
  SecretBytes basic(std::string& why) const;
  SecretBytes digest(const HttpChallenge& challenge, std::string_view target, std::string& why);

  std::string user_;
  SecretBytes password_;
  const Provider* provider_;
  std::string nonce_;  // of the last answer
  unsigned count_ = 0;
  bool repeated_ = false;
};

// "Digest, Basic": for sentences.
std::string schemes_of(const std::vector<HttpChallenge>& challenges);

}  // namespace sshauth
