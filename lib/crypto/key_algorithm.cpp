#include "lib/crypto/key_algorithm.hpp"

#include <bit>

#include "lib/crypto/certificate.hpp"

namespace sshauth {
namespace {

constexpr KeyFormRow kForms[] = {
#define X(name, signature, blob_type, form, signed_as, least_bits) \
  {name, signature, blob_type, KeyForm::form, signed_as, least_bits},
#include "lib/crypto/key_forms.def"
#undef X
};

constexpr std::uint8_t kDerSequence = 0x30;

std::uint32_t bits_of(std::string_view key_type, const ipworksauth_public_key& key) noexcept {
  if (key_type != "ssh-rsa" || key.second_len == 0) return 0;
  return static_cast<std::uint32_t>((key.second_len - 1) * 8) +
         static_cast<std::uint32_t>(std::bit_width(key.second[0]));
}

Errc open_certificate(const KeyAlgorithm& alg, Bytes blob, Certificate& out) noexcept {
  if (key_type_of(blob) != alg.blob_type) return Errc::bad_host_key;
  return decode_certificate(blob, out);
}

Errc open_x509(const KeyAlgorithm& alg, const Provider& p, Bytes blob, OpenedKey& out) noexcept {
  X509Chain chain;
  SSHAUTH_TRY(chain.open(alg.form, alg.blob_type, blob));
  std::size_t len = sizeof out.room;
  if (p.x509_public_key == nullptr ||
      p.x509_public_key(chain[0].data(), chain[0].size(), out.room, &len) != 1 ||
      len > sizeof out.room)
    return Errc::bad_certificate;
  return decode_public_key({out.room, len}, alg.sig->key_type, out.numbers);
}

Errc check_authority(const Provider& p, const Certificate& certificate,
                     std::uint32_t min_rsa_bits) noexcept {
  const std::string_view type = key_type_of(certificate.ca_key);
  ipworksauth_public_key key;
  if (decode_public_key(certificate.ca_key, type, key) != Errc::ok) return Errc::bad_certificate;
  const std::uint32_t bits = bits_of(type, key);
  if (bits != 0 && bits < min_rsa_bits) return Errc::weak_key;
  return verify_certificate(p, certificate);
}

}  // namespace

std::span<const KeyFormRow> key_forms() noexcept { return kForms; }

KeyAlgorithm key_algorithm(const SigAlg& plain) noexcept {
  return {plain.name, &plain, plain.key_type, plain.name, KeyForm::plain, 0};
}

KeyAlgorithm key_algorithm(const Provider& p, const KeyFormRow& row) noexcept {
  const bool x509 = row.form != KeyForm::certificate;
  const SigAlg* sig = x509 && p.x509_public_key == nullptr ? nullptr : find(sigs(p), row.signature);
  return {row.name, sig, row.blob_type, row.signed_as, row.form, row.least_bits};
}

KeyAlgorithm find_key_algorithm(const Provider& p, std::string_view name) noexcept {
  if (const SigAlg* plain = find(sigs(p), name)) return key_algorithm(*plain);
  for (const KeyFormRow& row : kForms)
    if (row.name == name) return key_algorithm(p, row);
  return {};
}

bool is_blob_type(const Provider& p, std::string_view type) noexcept {
  bool found = false;
  each_key_algorithm(p, [&](const KeyAlgorithm& alg) { found = found || alg.blob_type == type; });
  return found;
}

Errc open_key(const KeyAlgorithm& alg, const Provider& p, Bytes blob, OpenedKey& out) noexcept {
  if (blob.size() > kMaxKeyBlob) return Errc::bad_host_key;
  switch (alg.form) {
    case KeyForm::plain:
      SSHAUTH_TRY(decode_public_key(blob, alg.sig->key_type, out.numbers));
      break;
    case KeyForm::certificate: {
      Certificate certificate;
      SSHAUTH_TRY(open_certificate(alg, blob, certificate));
      out.numbers = certificate.key;
      break;
    }
    case KeyForm::x509:
    case KeyForm::x509_draft: SSHAUTH_TRY(open_x509(alg, p, blob, out)); break;
  }
  out.rsa_bits = bits_of(alg.sig->key_type, out.numbers);
  return Errc::ok;
}

Errc check_key(const KeyAlgorithm& alg, const Provider& p, Bytes blob, std::uint32_t min_rsa_bits,
               OpenedKey& out) noexcept {
  SSHAUTH_TRY(open_key(alg, p, blob, out));
  const std::uint32_t least = alg.least_bits > min_rsa_bits ? alg.least_bits : min_rsa_bits;
  if (out.rsa_bits != 0 && out.rsa_bits < least) return Errc::weak_key;
  if (alg.form != KeyForm::certificate) return Errc::ok;
  Certificate certificate;
  SSHAUTH_TRY(open_certificate(alg, blob, certificate));
  return check_authority(p, certificate, min_rsa_bits);
}

Errc verify_signature(const KeyAlgorithm& alg, const OpenedKey& key, Bytes message,
                      Bytes signature) noexcept {
  const std::string_view name = signature_algorithm(signature);
  // RFC 8332 §3.1: the algorithm that was negotiated and no other; the drafts alone left its name
  // open.
  const bool named =
      name == alg.signed_as || (alg.form == KeyForm::x509_draft && name == alg.sig->name);
  return named ? verify_signature(*alg.sig, key.numbers, name, message, signature)
               : Errc::bad_signature;
}

bool signs_for(const KeyAlgorithm& alg, std::string_view name) noexcept {
  return alg && (name == alg.sig->name || name == alg.signed_as);
}

Bytes name_signature(const KeyAlgorithm& alg, Bytes signature, MutBytes room) noexcept {
  Reader r(signature);
  if (r.text() == alg.signed_as) return signature;
  Writer w(room);
  w.string(alg.signed_as).string(r.string());
  return w.ok() ? w.written() : Bytes{};
}

Errc X509Chain::open(KeyForm form, std::string_view type, Bytes blob) noexcept {
  size_ = 0;
  // PKIX-SSH sends the drafts' certificate bare; a name's length never begins like a SEQUENCE.
  if (form == KeyForm::x509_draft && !blob.empty() && blob[0] == kDerSequence) {
    certificates_[size_++] = blob;
    return Errc::ok;
  }
  Reader r(blob);
  if (r.text() != type) return Errc::bad_host_key;
  const std::uint32_t num = form == KeyForm::x509_draft ? 1 : r.u32();
  if (num == 0 || num > kMaxCertificates) return Errc::bad_certificate;
  while (size_ < num) certificates_[size_++] = r.string();
  if (form == KeyForm::x509) {
    // RFC 6187 §2.1: OCSP responses may be left out, and so may looking at them.
    const std::uint32_t responses = r.u32();
    if (responses > num) return Errc::bad_certificate;
    for (std::uint32_t i = 0; i < responses; ++i) r.string();
  }
  return r.finish() == Errc::ok ? Errc::ok : Errc::bad_certificate;
}

}  // namespace sshauth
