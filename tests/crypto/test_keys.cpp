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

KeyPair new_edwards_key(const char* curve, std::size_t len) {
  const Key key = checked(EVP_PKEY_Q_keygen(nullptr, nullptr, curve));
  KeyPair out;
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

// A group of 1024 and 160 bits, made anew.
KeyPair new_dsa_key() {
  using Ctx = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;
  std::size_t p_bits = 1024, q_bits = 160;
  OSSL_PARAM sizes[] = {OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_FFC_PBITS, &p_bits),
                        OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_FFC_QBITS, &q_bits),
                        OSSL_PARAM_construct_end()};
  const Ctx parameters(EVP_PKEY_CTX_new_from_name(nullptr, "DSA", nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY* raw = nullptr;
  EVP_PKEY_paramgen_init(parameters.get());
  EVP_PKEY_CTX_set_params(parameters.get(), sizes);
  EVP_PKEY_paramgen(parameters.get(), &raw);
  const Key group = checked(raw);
  const Ctx ctx(EVP_PKEY_CTX_new_from_pkey(nullptr, group.get(), nullptr), EVP_PKEY_CTX_free);
  raw = nullptr;
  EVP_PKEY_keygen_init(ctx.get());
  EVP_PKEY_keygen(ctx.get(), &raw);
  const Key key = checked(raw);
  KeyPair out;
  out.first = number(key, OSSL_PKEY_PARAM_FFC_P);
  out.second = number(key, OSSL_PKEY_PARAM_FFC_Q);
  out.third = number(key, OSSL_PKEY_PARAM_FFC_G);
  out.fourth = number(key, OSSL_PKEY_PARAM_PUB_KEY);
  out.d = number(key, OSSL_PKEY_PARAM_PRIV_KEY);
  return out;
}

}  // namespace

KeyPair new_rsa_key(unsigned bits) {
  const Key key = checked(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{bits}));
  return {number(key, OSSL_PKEY_PARAM_RSA_E),
          number(key, OSSL_PKEY_PARAM_RSA_N),
          number(key, OSSL_PKEY_PARAM_RSA_D),
          number(key, OSSL_PKEY_PARAM_RSA_FACTOR1),
          number(key, OSSL_PKEY_PARAM_RSA_FACTOR2),
          number(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1),
          {},
          {}};
}

KeyPair new_key(std::string_view key_type) {
  if (key_type == "ssh-ed25519") return new_edwards_key("ED25519", 32);
  if (key_type == "ssh-ed448") return new_edwards_key("ED448", 57);
  if (key_type == "ssh-dss") return new_dsa_key();
  if (key_type == "ecdsa-sha2-nistp256") return new_ec_key("P-256", 32);
  if (key_type == "ecdsa-sha2-nistp384") return new_ec_key("P-384", 48);
  if (key_type == "ecdsa-sha2-nistp521") return new_ec_key("P-521", 66);
  if (key_type == "ssh-rsa") return new_rsa_key(2048);
  throw std::runtime_error("no such key type");
}

}  // namespace sshauth::test
