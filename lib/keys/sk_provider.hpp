// Security keys (FIDO authenticators): who asks them for an assertion.
//
// A provider is a library of OpenSSH's sk-api (PROTOCOL.u2f; the functions that ssh's
// SecurityKeyProvider names), or libfido2, which finds the keys that are plugged in. Both are
// loaded when they are first wanted. Their calls block until the key is touched or gives up.
#pragma once

#include <memory>
#include <string>

#include "lib/keys/key_error.hpp"
#include "lib/keys/secret_bytes.hpp"
#include "lib/keys/signer.hpp"

namespace sshauth {

// Flags of a key (PROTOCOL.u2f "flags") and of what it made.
constexpr std::uint8_t kSkUserPresence = 0x01;
constexpr std::uint8_t kSkUserVerification = 0x04;

struct SkRequest {
  std::string_view key_type;  // "sk-ssh-ed25519@openssh.com"
  Bytes data;                 // hashed on the way
  std::string_view application;
  Bytes key_handle;
  std::uint8_t flags = 0;
  std::string_view pin;  // empty: none
};

struct SkAssertion {
  std::uint8_t flags = 0;
  std::uint32_t counter = 0;
  Blob r, s;  // ECDSA's two numbers; Ed25519's signature is all in r
};

class SkProvider {
 public:
  virtual ~SkProvider() = default;
  // needs_passphrase: the key wants its PIN; wrong_passphrase: not this one; not_found: no key is
  // there that made the handle.
  virtual KeyError sign(const SkRequest& request, SkAssertion& out) const = 0;
};

// `path`: a library; empty: the one that SSH_SK_PROVIDER names (not where the program runs with
// another user's rights), else libfido2. Null: `why` says what is missing.
std::shared_ptr<const SkProvider> open_sk_provider(const std::string& path, KeyError& why);

// sk_fido2.cpp, or sk_without_fido2.cpp in a build without it.
std::shared_ptr<const SkProvider> open_fido2(KeyError& why);

}  // namespace sshauth
