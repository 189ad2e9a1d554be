// Public keys and signatures in their SSH encodings: RFC 4253 §6.6, RFC 5656 §3.1, RFC 8332 §3,
// RFC 8709 §4 and §6, OpenSSH PROTOCOL.u2f. The one place where they are taken apart and put
// together.
#pragma once

#include "lib/base/errc.hpp"
#include "lib/crypto/rows.hpp"
#include "lib/wire/reader.hpp"
#include "lib/wire/writer.hpp"

namespace sshauth {

inline constexpr std::size_t kMaxKeyBlob = 8192;
// RSA of 16,384 bits: larger moduli are refused, they cost minutes (CVE-2026-39829).
inline constexpr std::size_t kMaxRsaLen = 2048;
inline constexpr std::size_t kMinRsaLen = 128;
inline constexpr std::size_t kMaxDsaLen = 384;
inline constexpr std::size_t kMinDsaLen = 128;
// The longest bare signature and, with names and lengths around it, the longest SSH signature.
inline constexpr std::size_t kMaxBareSignature = kMaxRsaLen;
inline constexpr std::size_t kMaxSignature = kMaxBareSignature + 128;

// The name at the head of a key blob: its type. Empty when there is none.
std::string_view key_type_of(Bytes blob) noexcept;

// Reads the numbers of a key of that type, as they stand behind its name; where they end is the
// caller's to check.
Errc read_key_numbers(Reader& r, std::string_view key_type, ipworksauth_public_key& out) noexcept;

// Takes `blob`, which must be a `key_type` and end exactly, apart. Views point into `blob`.
Errc decode_public_key(Bytes blob, std::string_view key_type, ipworksauth_public_key& out) noexcept;

// Verifies the SSH signature: its algorithm must be `alg` to the letter, and so must be the key's
// type. Anything else than ok: not verified.
Errc verify_signature(const SigAlg& alg, Bytes key_blob, Bytes message, Bytes signature) noexcept;

// The same with a key that was taken apart, and a signature that must be named `name`.
Errc verify_signature(const SigAlg& alg, const ipworksauth_public_key& key, std::string_view name,
                      Bytes message, Bytes signature) noexcept;

// Writes the SSH encoding of a bare signature that a row made.
Errc encode_signature(Writer& w, const SigAlg& alg, Bytes bare) noexcept;

// Signs `message` and writes the SSH encoding.
Errc make_signature(Writer& w, const SigAlg& alg, const Rng& rng,
                    const ipworksauth_private_key& key, Bytes message) noexcept;

// Whether somebody touched the security key for this signature, which verified. Keys of other types
// need no touch.
bool shows_presence(Bytes signature) noexcept;

// Signature algorithms of security keys, which are for users and never for hosts.
constexpr bool is_for_users_only(std::string_view algorithm) noexcept {
  return algorithm.starts_with("sk-");
}

// The algorithm named in an SSH signature; empty when it cannot be read to its end.
std::string_view signature_algorithm(Bytes signature) noexcept;

}  // namespace sshauth
