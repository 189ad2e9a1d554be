// X.509 certificates (RFC 5280): the SSH public key of the key that one certifies.
#include <openssl/x509.h>

#include "lib/crypto/openssl/ec.hpp"
#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"
#include "lib/wire/writer.hpp"

namespace sshauth::openssl {
namespace {

using Certificate = Owned<X509, X509_free>;

// A public number of the key as an mpint.
bool put_number(Writer& w, const EVP_PKEY* key, const char* what) noexcept {
  BigNum number;
  std::uint8_t octets[kMostNumberOctets];
  if (EVP_PKEY_get_bn_param(key, what, number.slot()) != 1) return false;
  const int len = BN_num_bytes(number.get());
  if (len < 0 || static_cast<std::size_t>(len) > sizeof octets ||
      BN_bn2binpad(number.get(), octets, len) != len)
    return false;
  w.mpint(Bytes(octets).first(static_cast<std::size_t>(len)));
  return true;
}

bool put_rsa(Writer& w, const EVP_PKEY* key) noexcept {
  w.string(std::string_view("ssh-rsa"));
  return put_number(w, key, OSSL_PKEY_PARAM_RSA_E) && put_number(w, key, OSSL_PKEY_PARAM_RSA_N);
}

bool put_dsa(Writer& w, const EVP_PKEY* key) noexcept {
  w.string(std::string_view("ssh-dss"));
  return put_number(w, key, OSSL_PKEY_PARAM_FFC_P) && put_number(w, key, OSSL_PKEY_PARAM_FFC_Q) &&
         put_number(w, key, OSSL_PKEY_PARAM_FFC_G) && put_number(w, key, OSSL_PKEY_PARAM_PUB_KEY);
}

struct EcName {
  const char* group;  // as certificates have it
  std::string_view type, curve;
  std::size_t field_len;
};
constexpr EcName kEcNames[] = {{"prime256v1", "ecdsa-sha2-nistp256", "nistp256", 32},
                               {"secp384r1", "ecdsa-sha2-nistp384", "nistp384", 48},
                               {"secp521r1", "ecdsa-sha2-nistp521", "nistp521", 66}};

// The point is put together from its coordinates: a certificate may hold it compressed.
bool put_point(Writer& w, const EVP_PKEY* key, std::size_t field_len) noexcept {
  BigNum x, y;
  std::uint8_t point[1 + 2 * kMostFieldLen] = {4};
  const int len = static_cast<int>(field_len);
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, x.slot()) != 1 ||
      EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, y.slot()) != 1 ||
      BN_bn2binpad(x.get(), point + 1, len) != len ||
      BN_bn2binpad(y.get(), point + 1 + field_len, len) != len)
    return false;
  w.string(Bytes(point).first(1 + 2 * field_len));
  return true;
}

bool put_ec(Writer& w, const EVP_PKEY* key) noexcept {
  char group[32];
  std::size_t len = 0;
  if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, &len) !=
      1)
    return false;
  for (const EcName& name : kEcNames)
    if (std::string_view(group, len) == name.group) {
      w.string(name.type).string(name.curve);
      return put_point(w, key, name.field_len);
    }
  return false;
}

bool put_edwards(Writer& w, const EVP_PKEY* key, std::string_view type) noexcept {
  std::uint8_t octets[57];
  std::size_t len = sizeof octets;
  if (EVP_PKEY_get_raw_public_key(key, octets, &len) != 1) return false;
  w.string(type).string(Bytes(octets).first(len));
  return true;
}

bool put_key(Writer& w, const EVP_PKEY* key) noexcept {
  if (EVP_PKEY_is_a(key, "RSA") == 1) return put_rsa(w, key);
  if (EVP_PKEY_is_a(key, "EC") == 1) return put_ec(w, key);
  if (EVP_PKEY_is_a(key, "DSA") == 1) return put_dsa(w, key);
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return put_edwards(w, key, "ssh-ed25519");
  if (EVP_PKEY_is_a(key, "ED448") == 1) return put_edwards(w, key, "ssh-ed448");
  return false;
}

}  // namespace

int x509_public_key(const std::uint8_t* der, std::size_t der_len, std::uint8_t* out,
                    std::size_t* out_len) noexcept {
  const ErrorMark mark;
  if (!fits_int(der_len)) return 0;
  const std::uint8_t* at = der;
  Certificate certificate(X509_new_ex(library(), nullptr));
  X509* raw = certificate.get();
  // A failing d2i lets go of what it was given.
  if (raw == nullptr || d2i_X509(&raw, &at, static_cast<long>(der_len)) == nullptr) {
    if (raw == nullptr) certificate.release();
    return 0;
  }
  const EVP_PKEY* key = X509_get0_pubkey(certificate.get());
  Writer w({out, *out_len});
  if (at != der + der_len || key == nullptr || !put_key(w, key) || !w.ok()) return 0;
  *out_len = w.len();
  return 1;
}

}  // namespace sshauth::openssl
