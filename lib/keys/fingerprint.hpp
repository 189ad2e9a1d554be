// Fingerprints of public keys: a hash of the SSH blob (RFC 4253 §6.6), in the notations people use.
#pragma once

#include <string>

#include "lib/crypto/rows.hpp"

namespace sshauth {

enum class FingerprintKind : std::uint8_t {
  sha256_base64,  // "SHA256:" and base64 without padding, as OpenSSH writes
  sha256_hex,     // "a1:b2:...", 32 octets
  sha1_hex,       // 20 octets
  md5_hex,        // 16 octets (RFC 4716 §4)
};

// Empty when the provider has no such hash (a FIPS provider has no MD5) or it failed.
std::string fingerprint(Bytes public_blob, FingerprintKind kind, const Provider& provider);

// The bare hash, empty on failure. `hash` is the name of a hash row: "sha256".
std::string fingerprint_octets(Bytes public_blob, std::string_view hash, const Provider& provider);

// "a1:b2:c3".
std::string hex_with_colons(Bytes octets);

}  // namespace sshauth
