#include "lib/crypto/certificate.hpp"

namespace sshauth {
namespace {

// Of a security key's type the domain stands behind the certificate's suffix (PROTOCOL.u2f "SSH U2F
// Key formats"); all others have none.
struct SkType {
  std::string_view certificate, key;
};
constexpr SkType kSkTypes[] = {
    {"sk-ssh-ed25519-cert-v01@openssh.com", "sk-ssh-ed25519@openssh.com"},
    {"sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"},
};

std::string_view key_type_in(std::string_view certificate_type) noexcept {
  for (const SkType& row : kSkTypes)
    if (row.certificate == certificate_type) return row.key;
  return certificate_type.substr(0, certificate_type.size() - kCertificateSuffix.size());
}

// Strings to the end, at most `most` of them.
bool strings_fit(Bytes list, std::size_t most) noexcept {
  Reader r(list);
  std::size_t num = 0;
  while (r.more()) {
    r.string();
    if (++num > most) return false;
  }
  return r.finish() == Errc::ok;
}

// Names with data, which therefore are strings of an even number.
bool options_fit(Bytes list) noexcept {
  Reader r(list);
  while (r.more()) {
    r.string();
    r.string();
  }
  return r.finish() == Errc::ok;
}

bool is_sound(const Certificate& c) noexcept {
  ipworksauth_public_key ca;
  return (c.kind == Certificate::user || c.kind == Certificate::host) &&
         c.valid_after <= c.valid_before && strings_fit(c.principals, kMaxPrincipals) &&
         options_fit(c.critical_options) && options_fit(c.extensions) &&
         // A certificate is no authority: chains are not supported there.
         decode_public_key(c.ca_key, key_type_of(c.ca_key), ca) == Errc::ok;
}

}  // namespace

bool is_certificate_type(std::string_view type) noexcept {
  return type.size() > kCertificateSuffix.size() && type.ends_with(kCertificateSuffix);
}

Errc decode_certificate(Bytes blob, Certificate& out) noexcept {
  out = {};
  if (blob.size() > kMaxKeyBlob) return Errc::bad_certificate;
  Reader r(blob);
  out.type = r.text();
  if (!is_certificate_type(out.type)) return Errc::bad_certificate;
  out.key_type = key_type_in(out.type);
  r.string();  // the nonce makes the signature's hash unpredictable, and says nothing
  const std::size_t key_at = blob.size() - r.left();
  if (read_key_numbers(r, out.key_type, out.key) != Errc::ok) return Errc::bad_certificate;
  out.key_fields = blob.subspan(key_at, blob.size() - r.left() - key_at);
  out.serial = r.u64();
  out.kind = r.u32();
  out.key_id = r.text();
  out.principals = r.string();
  out.valid_after = r.u64();
  out.valid_before = r.u64();
  out.critical_options = r.string();
  out.extensions = r.string();
  r.string();  // reserved
  out.ca_key = r.string();
  out.signed_part = blob.first(blob.size() - r.left());
  out.signature = r.string();
  return r.finish() == Errc::ok && is_sound(out) ? Errc::ok : Errc::bad_certificate;
}

Errc verify_certificate(const Provider& p, const Certificate& certificate) noexcept {
  const SigAlg* alg = find(sigs(p), signature_algorithm(certificate.signature));
  if (alg == nullptr || key_type_of(certificate.ca_key) != alg->key_type)
    return Errc::bad_certificate;
  return verify_signature(*alg, certificate.ca_key, certificate.signed_part,
                          certificate.signature) == Errc::ok
             ? Errc::ok
             : Errc::bad_certificate;
}

void write_certified_key(Writer& w, const Certificate& certificate) noexcept {
  w.string(certificate.key_type).raw(certificate.key_fields);
}

}  // namespace sshauth
