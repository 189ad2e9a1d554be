#include "test_keys.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace sshauth::test {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Key checked(EVP_PKEY* key) {
  if (key == nullptr) throw std::runtime_error("libcrypto makes no key");
  return {key, EVP_PKEY_free};
}

Octets number(const Key& key, const char* what, int len = 0) {
  BIGNUM* bn = nullptr;
  if (EVP_PKEY_get_bn_param(key.get(), what, &bn) != 1) throw std::runtime_error(what);
  Octets out(static_cast<std::size_t>(len != 0 ? len : BN_num_bytes(bn)));
  BN_bn2binpad(bn, out.data(), static_cast<int>(out.size()));
  BN_clear_free(bn);
  return out;
}

KeyPair new_ed25519_key() {
  const Key key = checked(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  KeyPair out;
  std::size_t len = 32;
  out.first.resize(len);
  EVP_PKEY_get_raw_public_key(key.get(), out.first.data(), &len);
  out.d.resize(len);
  EVP_PKEY_get_raw_private_key(key.get(), out.d.data(), &len);
  return out;
}

KeyPair new_ec_key(const char* group, int field_len) {
  const Key key = checked(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", group));
  KeyPair out;
  std::size_t len = 0;
  out.first.resize(static_cast<std::size_t>(1 + 2 * field_len));
  EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, out.first.data(),
                                  out.first.size(), &len);
  out.d = number(key, OSSL_PKEY_PARAM_PRIV_KEY, field_len);
  return out;
}

}  // namespace

KeyPair new_rsa_key(unsigned bits) {
  const Key key = checked(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{bits}));
  return {number(key, OSSL_PKEY_PARAM_RSA_E),       number(key, OSSL_PKEY_PARAM_RSA_N),
          number(key, OSSL_PKEY_PARAM_RSA_D),       number(key, OSSL_PKEY_PARAM_RSA_FACTOR1),
          number(key, OSSL_PKEY_PARAM_RSA_FACTOR2), number(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1)};
}

KeyPair new_key(std::string_view key_type) {
  if (key_type == "ssh-ed25519") return new_ed25519_key();
  if (key_type == "ecdsa-sha2-nistp256") return new_ec_key("P-256", 32);
  if (key_type == "ecdsa-sha2-nistp384") return new_ec_key("P-384", 48);
  if (key_type == "ecdsa-sha2-nistp521") return new_ec_key("P-521", 66);
  if (key_type == "ssh-rsa") return new_rsa_key(2048);
  throw std::runtime_error("no such key type");
}

}  // namespace sshauth::test
