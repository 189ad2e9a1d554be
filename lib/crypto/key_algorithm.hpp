// A public key algorithm as it is negotiated: a signature row, and the form of the key around it.
//
// The numbers that a signature row wants stand in a plain key blob, in an OpenSSH certificate, or
// in an X.509 certificate. Which, key_forms.def tells; a name that is not there is a plain one.
#pragma once

#include "lib/crypto/public_key.hpp"

namespace sshauth {

enum class KeyForm : std::uint8_t { plain, certificate, x509, x509_draft };

struct KeyAlgorithm {
  std::string_view name;        // "rsa-sha2-512-cert-v01@openssh.com"
  const SigAlg* sig = nullptr;  // null: this provider has no such algorithm
  std::string_view blob_type;   // "ssh-rsa-cert-v01@openssh.com"
  std::string_view signed_as;   // "rsa-sha2-512"
  KeyForm form = KeyForm::plain;
  std::uint32_t least_bits = 0;  // of RSA

  explicit operator bool() const noexcept { return sig != nullptr; }
  bool weak() const noexcept { return sig->weak != 0; }
};

// One of key_forms.def.
struct KeyFormRow {
  std::string_view name, signature, blob_type;
  KeyForm form;
  std::string_view signed_as;
  std::uint32_t least_bits;
};
std::span<const KeyFormRow> key_forms() noexcept;

KeyAlgorithm key_algorithm(const SigAlg& plain) noexcept;
// False where the provider has not what the row needs.
KeyAlgorithm key_algorithm(const Provider& p, const KeyFormRow& row) noexcept;
KeyAlgorithm find_key_algorithm(const Provider& p, std::string_view name) noexcept;

// Calls `take` with every algorithm that the provider has: certificates first, as they say more.
template <class Take>
void each_key_algorithm(const Provider& p, Take take) noexcept {
  for (const KeyFormRow& row : key_forms())
    if (const KeyAlgorithm alg = key_algorithm(p, row)) take(alg);
  for (const SigAlg* row : sigs(p)) take(key_algorithm(*row));
}

// Whether some algorithm works with key blobs of that type.
bool is_blob_type(const Provider& p, std::string_view type) noexcept;

// The longest plain blob that an X.509 certificate's key becomes: RSA of 16,384 bits.
inline constexpr std::size_t kMaxPlainKey = kMaxRsaLen + 64;

// The key inside a blob of any form. Views point into the blob or into this object, which therefore
// stays where it is.
struct OpenedKey {
  OpenedKey() noexcept = default;
  OpenedKey(const OpenedKey&) = delete;
  OpenedKey& operator=(const OpenedKey&) = delete;

  ipworksauth_public_key numbers{};
  std::uint32_t rsa_bits = 0;  // of the modulus; 0: another type
  std::uint8_t room[kMaxPlainKey];
};

// Takes a key blob apart; nothing in it is proven yet.
Errc open_key(const KeyAlgorithm& alg, const Provider& p, Bytes blob, OpenedKey& out) noexcept;

// The same, and the rules: RSA has `min_rsa_bits` at least, in the certificate's authority too
// (weak_key), and an OpenSSH certificate carries its authority's signature (bad_certificate). Who
// the authority is, and what the certificate allows, is for the host to judge.
Errc check_key(const KeyAlgorithm& alg, const Provider& p, Bytes blob, std::uint32_t min_rsa_bits,
               OpenedKey& out) noexcept;

// Verifies the SSH signature with a key that was opened: its algorithm must be the one that `alg`
// signs as.
Errc verify_signature(const KeyAlgorithm& alg, const OpenedKey& key, Bytes message,
                      Bytes signature) noexcept;

// Whether a host may answer with a signature so named where `alg` was asked for: hosts and agents
// know the signature rows, not the names that certificates give them.
bool signs_for(const KeyAlgorithm& alg, std::string_view name) noexcept;
// The signature under the name that goes on the wire: as it is, or rewritten in `room`
// (kMaxSignature octets).
Bytes name_signature(const KeyAlgorithm& alg, Bytes signature, MutBytes room) noexcept;

// RFC 6187 §2.1: the certificates of an X.509 key blob, the key's own first. Fails where a count is
// not followed by as many, or where there is none.
class X509Chain {
 public:
  // As many certificates, or OCSP responses, as a chain of any use has.
  static constexpr std::uint32_t kMaxCertificates = 16;

  // `form` is x509 or x509_draft; the name at the head must be `type`.
  Errc open(KeyForm form, std::string_view type, Bytes blob) noexcept;
  std::uint32_t size() const noexcept { return size_; }
  // DER. `i` below size().
  Bytes operator[](std::uint32_t i) const noexcept { return certificates_[i]; }

 private:
  Bytes certificates_[kMaxCertificates];
  std::uint32_t size_ = 0;
};

}  // namespace sshauth
