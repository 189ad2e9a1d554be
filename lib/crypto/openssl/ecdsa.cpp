// ecdsa-sha2-nistp256, -384, -521: RFC 5656 §3. A signature here is r and s, each of the curve's
// length; libcrypto speaks DER and refuses r and s outside 1 .. n-1.
#include "lib/crypto/openssl/ec.hpp"
#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"
#include "lib/crypto/openssl/rs.hpp"

namespace sshauth::openssl {
namespace {

template <const Curve& kCurve>
int verify(const ipworksauth_public_key* key, const std::uint8_t* message, std::size_t message_len,
           const std::uint8_t* signature, std::size_t signature_len) noexcept {
  if (signature_len != 2 * kCurve.field_len) return 0;
  const ErrorMark mark;
  std::uint8_t der[kMostDer];
  std::size_t der_len = 0;
  const Pkey pkey = public_ec_key(kCurve, Bytes(key->first, key->first_len));
  return pkey && rs_to_der(kCurve.field_len, Bytes(signature, signature_len), der, &der_len) &&
         verify_with(pkey.get(), kCurve.md, Bytes(message, message_len), Bytes(der, der_len));
}

// 0 < d < n, which libcrypto does not ask for when it takes a key in.
bool scalar_in_range(const Pkey& key, const BigNum& d) noexcept {
  BigNum order;
  return EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_EC_ORDER, order.slot()) == 1 &&
         BN_is_zero(d.get()) == 0 && BN_cmp(d.get(), order.get()) < 0;
}

Pkey private_ec_key(const Curve& curve, const ipworksauth_private_key& key) noexcept {
  const ParamBuilder parts = ec_parts(curve, Bytes(key.pub.first, key.pub.first_len));
  const BigNum d = secret_num(Bytes(key.d, key.d_len));
  if (!parts || !d || key.d_len > curve.field_len ||
      OSSL_PARAM_BLD_push_BN_pad(parts.get(), OSSL_PKEY_PARAM_PRIV_KEY, d.get(), curve.field_len) !=
          1)
    return Pkey();
  Pkey pair = key_from("EC", EVP_PKEY_KEYPAIR, parts);
  if (!pair || !scalar_in_range(pair, d)) return Pkey();
  return pair;
}

template <const Curve& kCurve>
int sign(const ipworksauth_private_key* key, const Rng* /*rng*/, const std::uint8_t* message,
         std::size_t message_len, std::uint8_t* signature, std::size_t* signature_len) noexcept {
  if (*signature_len < 2 * kCurve.field_len) return 0;
  const ErrorMark mark;
  std::uint8_t der[kMostDer];
  std::size_t der_len = sizeof der;
  const Pkey pkey = private_ec_key(kCurve, *key);
  if (!pkey || !sign_with(pkey.get(), kCurve.md, Bytes(message, message_len), der, &der_len) ||
      !rs_from_der(kCurve.field_len, Bytes(der, der_len), signature))
    return 0;
  *signature_len = 2 * kCurve.field_len;
  return 1;
}

template <const Curve& kCurve>
constexpr SigAlg row(const char* name) noexcept {
  return {name, name, 0, verify<kCurve>, sign<kCurve>};
}

}  // namespace

constinit const SigAlg ecdsa_nistp256 = row<kP256>("ecdsa-sha2-nistp256");
constinit const SigAlg ecdsa_nistp384 = row<kP384>("ecdsa-sha2-nistp384");
constinit const SigAlg ecdsa_nistp521 = row<kP521>("ecdsa-sha2-nistp521");

}  // namespace sshauth::openssl
