#include "lib/crypto/key_forms.hpp"

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

}  // namespace

std::span<const KeyFormRow> key_forms() noexcept { return kForms; }

Errc open_form(const KeyAlgorithm& alg, const Provider& p, Bytes blob, OpenedKey& out) noexcept {
  if (alg.form != KeyForm::certificate) return open_x509(alg, p, blob, out);
  Certificate certificate;
  SSHAUTH_TRY(open_certificate(alg, blob, certificate));
  out.numbers = certificate.key;
  return Errc::ok;
}

Errc check_authority(const KeyAlgorithm& alg, const Provider& p, Bytes blob,
                     std::uint32_t min_rsa_bits) noexcept {
  Certificate certificate;
  SSHAUTH_TRY(open_certificate(alg, blob, certificate));
  const std::string_view type = key_type_of(certificate.ca_key);
  ipworksauth_public_key key;
  if (decode_public_key(certificate.ca_key, type, key) != Errc::ok) return Errc::bad_certificate;
  const std::uint32_t bits = rsa_bits_of(type, key);
  if (bits != 0 && bits < min_rsa_bits) return Errc::weak_key;
  return verify_certificate(p, certificate);
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
