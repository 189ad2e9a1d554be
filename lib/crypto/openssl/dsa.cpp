// ssh-dss: RFC 4253 §6.6, DSA of FIPS 186-2 with SHA-1: r and s have 20 octets each, so q has 160
// bits. p has 1024 bits wherever it follows the standard; up to 3072 are taken, as peers have made
// such keys, and no more, so that a peer's key cannot cost minutes.
#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"
#include "lib/crypto/openssl/rs.hpp"

namespace sshauth::openssl {
namespace {

constexpr int kLeastBits = 1024;
constexpr int kMostBits = 3072;
constexpr std::size_t kNumberLen = 20;
constexpr char kSha1[] = "SHA1";

bool push(const ParamBuilder& parts, const char* what, const BigNum& value) noexcept {
  return OSSL_PARAM_BLD_push_BN(parts.get(), what, value.get()) == 1;
}

// The public numbers, kept for the builder, which refers to them until the key is made.
struct DsaNumbers {
  explicit DsaNumbers(const ipworksauth_public_key& key) noexcept
      : p(big_num(Bytes(key.first, key.first_len))),
        q(big_num(Bytes(key.second, key.second_len))),
        g(big_num(Bytes(key.third, key.third_len))),
        y(big_num(Bytes(key.fourth, key.fourth_len))) {}

  // What libcrypto does not ask for: sizes, and 1 < g, y < p (FIPS 186-4 appendix A.2, SP 800-89
  // §5.3.1 in short: whether y is in the subgroup matters to its owner alone).
  bool sound() const noexcept {
    if (!p || !q || !g || !y) return false;
    const int bits = BN_num_bits(p.get());
    return bits >= kLeastBits && bits <= kMostBits && BN_num_bits(q.get()) == 8 * kNumberLen &&
           BN_is_odd(p.get()) == 1 && BN_is_odd(q.get()) == 1 && inside(g) && inside(y);
  }
  bool inside(const BigNum& value) const noexcept {
    return BN_is_zero(value.get()) == 0 && BN_is_one(value.get()) == 0 &&
           BN_cmp(value.get(), p.get()) < 0;
  }
  bool push_to(const ParamBuilder& parts) const noexcept {
    return push(parts, OSSL_PKEY_PARAM_FFC_P, p) && push(parts, OSSL_PKEY_PARAM_FFC_Q, q) &&
           push(parts, OSSL_PKEY_PARAM_FFC_G, g) && push(parts, OSSL_PKEY_PARAM_PUB_KEY, y);
  }

  BigNum p, q, g, y;
};

int verify(const ipworksauth_public_key* key, const std::uint8_t* message, std::size_t message_len,
           const std::uint8_t* signature, std::size_t signature_len) noexcept {
  if (signature_len != 2 * kNumberLen) return 0;
  const ErrorMark mark;
  const DsaNumbers numbers(*key);
  const ParamBuilder parts(OSSL_PARAM_BLD_new());
  std::uint8_t der[kMostDer];
  std::size_t der_len = 0;
  if (!parts || !numbers.sound() || !numbers.push_to(parts)) return 0;
  const Pkey pkey = key_from("DSA", EVP_PKEY_PUBLIC_KEY, parts);
  return pkey && rs_to_der(kNumberLen, Bytes(signature, signature_len), der, &der_len) &&
         verify_with(pkey.get(), kSha1, Bytes(message, message_len), Bytes(der, der_len));
}

int sign(const ipworksauth_private_key* key, const Rng* /*rng*/, const std::uint8_t* message,
         std::size_t message_len, std::uint8_t* signature, std::size_t* signature_len) noexcept {
  if (*signature_len < 2 * kNumberLen) return 0;
  const ErrorMark mark;
  const DsaNumbers numbers(key->pub);
  const BigNum x = secret_num(Bytes(key->d, key->d_len));
  const ParamBuilder parts(OSSL_PARAM_BLD_new());
  if (!parts || !x || !numbers.sound() || BN_is_zero(x.get()) == 1 ||
      BN_cmp(x.get(), numbers.q.get()) >= 0 || !numbers.push_to(parts) ||
      !push(parts, OSSL_PKEY_PARAM_PRIV_KEY, x))
    return 0;
  const Pkey pkey = key_from("DSA", EVP_PKEY_KEYPAIR, parts);
  std::uint8_t der[kMostDer];
  std::size_t der_len = sizeof der;
  if (!pkey || !sign_with(pkey.get(), kSha1, Bytes(message, message_len), der, &der_len) ||
      !rs_from_der(kNumberLen, Bytes(der, der_len), signature))
    return 0;
  *signature_len = 2 * kNumberLen;
  return 1;
}

}  // namespace

constinit const SigAlg dsa = {"ssh-dss", "ssh-dss", 1, verify, sign};

}  // namespace sshauth::openssl
