#include "lib/crypto/key_algorithm.hpp"

#include <bit>

#include "lib/crypto/key_forms.hpp"

namespace sshauth {

std::uint32_t rsa_bits_of(std::string_view key_type, const ipworksauth_public_key& key) noexcept {
  if (key_type != "ssh-rsa" || key.second_len == 0) return 0;
  return static_cast<std::uint32_t>((key.second_len - 1) * 8) +
         static_cast<std::uint32_t>(std::bit_width(key.second[0]));
}

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
  for (const KeyFormRow& row : key_forms())
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
  SSHAUTH_TRY(alg.form == KeyForm::plain ? decode_public_key(blob, alg.sig->key_type, out.numbers)
                                         : open_form(alg, p, blob, out));
  out.rsa_bits = rsa_bits_of(alg.sig->key_type, out.numbers);
  return Errc::ok;
}

Errc check_key(const KeyAlgorithm& alg, const Provider& p, Bytes blob, std::uint32_t min_rsa_bits,
               OpenedKey& out) noexcept {
  SSHAUTH_TRY(open_key(alg, p, blob, out));
  const std::uint32_t least = alg.least_bits > min_rsa_bits ? alg.least_bits : min_rsa_bits;
  if (out.rsa_bits != 0 && out.rsa_bits < least) return Errc::weak_key;
  return alg.form == KeyForm::certificate ? check_authority(alg, p, blob, min_rsa_bits) : Errc::ok;
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

}  // namespace sshauth
