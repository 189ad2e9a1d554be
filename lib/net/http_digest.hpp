// Digest access authentication, RFC 7616: MD5 and SHA-256, each with -sess, qop "auth" or none
// (RFC 2617 §3.2.2.1, for old proxies).
//
// Nothing is sent here and no randomness drawn: what is needed comes in, one header value goes out.
#pragma once

#include <string>
#include <string_view>

#include "lib/crypto/rows.hpp"
#include "lib/keys/secret_bytes.hpp"
#include "lib/net/http_challenge.hpp"

namespace sshauth {

struct DigestChallenge {
  const HashAlg* hash = nullptr;
  std::string algorithm;  // as the challenge wrote it; empty: it did not
  std::string realm, nonce, opaque;
  bool has_opaque = false;
  bool session = false;  // -sess
  bool qop_auth = false;
  bool stale = false;
  bool userhash = false;  // RFC 7616 §3.4.4
  bool utf8 = false;      // RFC 7616 §3.4
};

// "" when the challenge can be answered, otherwise why not: "wants integrity protection ...".
std::string read_digest(const HttpChallenge& challenge, const Provider& provider,
                        DigestChallenge& out);

struct DigestRequest {
  std::string_view method, uri;
  std::string_view cnonce;  // text without quotes and backslashes
  unsigned count = 1;       // of requests with this nonce, this one included
};

// "Digest username=...": the value of Proxy-Authorization (RFC 7616 §3.4). The user has no control
// characters. Empty when the hash failed.
SecretBytes digest_answer(const DigestChallenge& challenge, std::string_view user, Bytes password,
                          const DigestRequest& request);

}  // namespace sshauth
