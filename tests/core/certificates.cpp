#include "tests/core/certificates.hpp"

#include <openssl/core_names.h>
#include <openssl/x509.h>

#include <map>
#include <memory>
#include <stdexcept>

#include "lib/crypto/key_algorithm.hpp"
#include "lib/crypto/providers.hpp"
#include "lib/keys/pkey.hpp"
#include "tests/core/loopback_world.hpp"

namespace sshauth::test {
namespace {

Blob strings(const std::vector<std::string>& list) {
  Blob out(8192);
  Writer w(out);
  for (const std::string& each : list) w.string(std::string_view(each));
  out.resize(w.len());
  return out;
}

Blob options(const std::vector<std::pair<std::string, std::string>>& list) {
  std::vector<std::string> flat;
  for (const auto& [name, data] : list) {
    flat.push_back(name);
    flat.push_back(data);
  }
  return strings(flat);
}

std::string best_algorithm(const Identity& authority) {
  return authority.type() == "ssh-rsa" ? "rsa-sha2-512" : authority.type();
}

ossl::Pkey new_pkey(std::string_view type) {
  if (type == "ssh-rsa")
    return ossl::Pkey(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
  if (type == "ssh-dss") {
    std::size_t p = 1024, q = 160;
    OSSL_PARAM sizes[] = {OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_FFC_PBITS, &p),
                          OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_FFC_QBITS, &q),
                          OSSL_PARAM_construct_end()};
    const ossl::PkeyCtx group(EVP_PKEY_CTX_new_from_name(nullptr, "DSA", nullptr));
    EVP_PKEY* raw = nullptr;
    EVP_PKEY_paramgen_init(group.get());
    EVP_PKEY_CTX_set_params(group.get(), sizes);
    EVP_PKEY_paramgen(group.get(), &raw);
    const ossl::Pkey parameters(raw);
    const ossl::PkeyCtx ctx(EVP_PKEY_CTX_new_from_pkey(nullptr, parameters.get(), nullptr));
    raw = nullptr;
    EVP_PKEY_keygen_init(ctx.get());
    EVP_PKEY_keygen(ctx.get(), &raw);
    return ossl::Pkey(raw);
  }
  const std::string curve = "P-" + std::string(type.substr(type.size() - 3));
  return ossl::Pkey(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve.c_str()));
}

Blob self_signed(EVP_PKEY* key) {
  const ossl::Owned<X509, X509_free> certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  const std::string text = "server.example";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, as_bytes(text).data(), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key);
  if (X509_sign(certificate.get(), key, EVP_sha256()) <= 0) throw std::runtime_error("X509_sign");
  std::uint8_t* der = nullptr;
  const int len = i2d_X509(certificate.get(), &der);
  Blob out(der, der + len);
  OPENSSL_free(der);
  return out;
}

}  // namespace

Blob make_certificate(const Identity& key, const Identity& authority, const CertificateSpec& spec) {
  Reader plain(key.public_blob());
  plain.string();
  Blob out(kMaxKeyBlob * 2);
  Writer w(out);
  const std::string type = key.type();  // of a security key its domain is in the suffix
  w.string(std::string_view(type.substr(0, type.find('@')) + std::string(kCertificateSuffix)));
  w.string(std::string_view("a nonce of some octets"));
  w.raw(plain.rest());
  w.u64(spec.serial).u32(spec.kind).string(std::string_view(spec.key_id));
  w.string(strings(spec.principals)).u64(spec.valid_after).u64(spec.valid_before);
  w.string(options(spec.critical_options)).string(options(spec.extensions));
  w.string(std::string_view{}).string(authority.public_blob());
  Blob signature;
  const std::string algorithm =
      spec.ca_algorithm.empty() ? best_algorithm(authority) : spec.ca_algorithm;
  if (!authority.sign(algorithm, w.written(), openssl_provider(), signature).ok())
    throw std::runtime_error("no signature by " + algorithm);
  w.string(signature);
  out.resize(w.len());
  return out;
}

const X509Key& x509_key_of(std::string_view type, unsigned nth) {
  static std::map<std::pair<std::string, unsigned>, std::unique_ptr<X509Key>> made;
  auto& slot = made[{std::string(type), nth}];
  if (slot == nullptr) {
    const ossl::Pkey key = new_pkey(type);
    KeyResult identity = identity_from_pkey(key.get(), "made");
    if (!identity.ok()) throw std::runtime_error(identity.error().text);
    slot = std::make_unique<X509Key>(X509Key{std::move(*identity), self_signed(key.get())});
  }
  return *slot;
}

Blob x509_blob(std::string_view name, const std::vector<Blob>& certificates) {
  Blob out(kMaxKeyBlob * 2);
  Writer w(out);
  w.string(name).u32(static_cast<std::uint32_t>(certificates.size()));
  for (const Blob& each : certificates) w.string(each);
  w.u32(0);
  out.resize(w.len());
  return out;
}

Blob x509_draft_blob(std::string_view name, const Blob& certificate) {
  Blob out(kMaxKeyBlob);
  Writer w(out);
  w.string(name).string(certificate);
  out.resize(w.len());
  return out;
}

FormKey form_key_of(std::string_view algorithm, unsigned nth) {
  const KeyAlgorithm alg = find_key_algorithm(openssl_provider(), algorithm);
  if (!alg) throw std::runtime_error("no algorithm " + std::string(algorithm));
  const std::string type = alg.sig->key_type;
  if (alg.form == KeyForm::plain || alg.form == KeyForm::certificate) {
    const Identity& key = key_of(type, nth);
    const Bytes blob = key.public_blob();
    if (alg.form == KeyForm::plain) return {&key, Blob(blob.begin(), blob.end())};
    return {&key, make_certificate(key, key_of("ssh-ed25519", 900))};
  }
  const X509Key& key = x509_key_of(type, nth);
  return {&key.identity, alg.form == KeyForm::x509 ? x509_blob(alg.blob_type, {key.der})
                                                   : x509_draft_blob(alg.blob_type, key.der)};
}

}  // namespace sshauth::test
