// Host keys that the user named: whole public keys, or fingerprints of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/crypto/rows.hpp"
#include "lib/keys/key_error.hpp"
#include "lib/keys/public_key.hpp"
#include "lib/trust/verdict.hpp"

namespace sshauth {

// A list of pins; a key that fits any of them is accepted, with pins given any other is a
// mismatch, and with none given every key is unknown.
class PinnedKeys {
 public:
  // A public key: a line ("ssh-ed25519 AAAA... comment"), the base64 of its blob alone, or the
  // blob itself.
  KeyError add_key(std::string_view text);
  // Fingerprints separated by commas or white space, each one of
  //   SHA256:base64          as OpenSSH writes, padding optional
  //   MD5:, SHA1:, SHA256:   and hex
  //   hex alone              16 octets are MD5, 20 SHA-1, 32 SHA-256
  // with colons between the octets or none. An entry that is none of these is an error that names
  // it, and nothing is added.
  KeyError add_fingerprints(std::string_view list);
  // Either: what looks like a key is one, the rest are fingerprints.
  KeyError add(std::string_view text);

  bool empty() const noexcept { return keys_.empty() && fingerprints_.empty(); }
  // Whether that key itself is among them; fingerprints do not count.
  bool has_key(Bytes blob) const noexcept;
  // The provider's hash rows compute the fingerprints; one that it lacks accepts nothing.
  HostKeyDecision check(Bytes blob, const Provider& provider) const;
  // The types of the pinned keys, to order host key algorithms by; fingerprints tell no type.
  std::vector<std::string> key_types() const;

 private:
  struct Fingerprint {
    std::string hash;  // name of the hash row
    Blob octets;
    std::string text;  // as given
  };
  static KeyError parse_fingerprint(std::string_view text, Fingerprint& out);

  std::vector<Blob> keys_;
  std::vector<Fingerprint> fingerprints_;
};

}  // namespace sshauth
