// rsa-sha2-256 and rsa-sha2-512: RSASSA-PKCS1-v1_5 (RFC 8017 §8.2) as RFC 8332 §3 uses it, and
// ssh-rsa, the same with SHA-1 (RFC 4253 §6.6).
//
// The modulus has 1024 to 16384 bits, so a peer's key cannot make one verification take minutes,
// and a signature is exactly as long as the modulus.
#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"

namespace sshauth::openssl {
namespace {

constexpr int kLeastBits = 1024;
constexpr int kMostBits = 16384;

bool push(const ParamBuilder& parts, const char* what, const BigNum& value) noexcept {
  return OSSL_PARAM_BLD_push_BN(parts.get(), what, value.get()) == 1;
}

// The public numbers, kept for the builder, which refers to them until the key is made.
struct PublicNumbers {
  explicit PublicNumbers(const ipworksauth_public_key& key) noexcept
      : e(big_num(Bytes(key.first, key.first_len))),
        n(big_num(Bytes(key.second, key.second_len))) {}

  // e is odd and at least 3, n odd and of a size that is allowed.
  bool sound() const noexcept {
    if (!e || !n || BN_is_odd(e.get()) != 1 || BN_is_one(e.get()) == 1) return false;
    const int bits = BN_num_bits(n.get());
    return BN_is_odd(n.get()) == 1 && bits >= kLeastBits && bits <= kMostBits &&
           BN_cmp(e.get(), n.get()) < 0;
  }
  std::size_t modulus_len() const noexcept {
    return static_cast<std::size_t>(BN_num_bytes(n.get()));
  }
  bool push_to(const ParamBuilder& parts) const noexcept {
    return push(parts, OSSL_PKEY_PARAM_RSA_E, e) && push(parts, OSSL_PKEY_PARAM_RSA_N, n);
  }

  BigNum e;
  BigNum n;
};

template <const char* kMd>
int verify(const ipworksauth_public_key* key, const std::uint8_t* message, std::size_t message_len,
           const std::uint8_t* signature, std::size_t signature_len) noexcept {
  const ErrorMark mark;
  const PublicNumbers numbers(*key);
  const ParamBuilder parts(OSSL_PARAM_BLD_new());
  if (!parts || !numbers.sound() || signature_len != numbers.modulus_len() ||
      !numbers.push_to(parts))
    return 0;
  const Pkey pkey = key_from("RSA", EVP_PKEY_PUBLIC_KEY, parts);
  return pkey &&
         verify_with(pkey.get(), kMd, Bytes(message, message_len), Bytes(signature, signature_len));
}

// d mod (prime - 1), for signing by the Chinese remainder theorem (RFC 8017 §3.2).
bool reduce(const BigNum& out, const BigNum& d, const BigNum& prime) noexcept {
  using BnCtx = Owned<BN_CTX, BN_CTX_free>;
  const BnCtx ctx(BN_CTX_secure_new());
  const BigNum less(BN_dup(prime.get()));
  if (!ctx || !less || !out || BN_sub_word(less.get(), 1) != 1) return false;
  BN_set_flags(less.get(), BN_FLG_CONSTTIME);
  BN_set_flags(d.get(), BN_FLG_CONSTTIME);
  return BN_mod(out.get(), d.get(), less.get(), ctx.get()) == 1;
}

Pkey private_rsa_key(const PublicNumbers& numbers, const ipworksauth_private_key& key) noexcept {
  const BigNum d = secret_num(Bytes(key.d, key.d_len));
  const BigNum p = secret_num(Bytes(key.p, key.p_len));
  const BigNum q = secret_num(Bytes(key.q, key.q_len));
  const BigNum iqmp = secret_num(Bytes(key.iqmp, key.iqmp_len));
  const BigNum dp(BN_secure_new());
  const BigNum dq(BN_secure_new());
  const ParamBuilder parts(OSSL_PARAM_BLD_new());
  if (!parts || !d || !p || !q || !iqmp || BN_is_zero(d.get()) == 1 || BN_is_odd(p.get()) != 1 ||
      BN_is_odd(q.get()) != 1 || BN_is_one(p.get()) == 1 || BN_is_one(q.get()) == 1 ||
      !reduce(dp, d, p) || !reduce(dq, d, q) || !numbers.push_to(parts) ||
      !push(parts, OSSL_PKEY_PARAM_RSA_D, d) || !push(parts, OSSL_PKEY_PARAM_RSA_FACTOR1, p) ||
      !push(parts, OSSL_PKEY_PARAM_RSA_FACTOR2, q) ||
      !push(parts, OSSL_PKEY_PARAM_RSA_EXPONENT1, dp) ||
      !push(parts, OSSL_PKEY_PARAM_RSA_EXPONENT2, dq) ||
      !push(parts, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, iqmp))
    return Pkey();
  return key_from("RSA", EVP_PKEY_KEYPAIR, parts);
}

template <const char* kMd>
int sign(const ipworksauth_private_key* key, const Rng* /*rng*/, const std::uint8_t* message,
         std::size_t message_len, std::uint8_t* signature, std::size_t* signature_len) noexcept {
  const ErrorMark mark;
  const PublicNumbers numbers(key->pub);
  if (!numbers.sound() || *signature_len < numbers.modulus_len()) return 0;
  const Pkey pkey = private_rsa_key(numbers, *key);
  return pkey &&
         sign_with(pkey.get(), kMd, Bytes(message, message_len), signature, signature_len) &&
         *signature_len == numbers.modulus_len();
}

constexpr char kSha1[] = "SHA1";
constexpr char kSha256[] = "SHA256";
constexpr char kSha512[] = "SHA512";

}  // namespace

constinit const SigAlg rsa_sha2_256 = {"rsa-sha2-256", "ssh-rsa", 0, verify<kSha256>,
                                       sign<kSha256>};
constinit const SigAlg rsa_sha2_512 = {"rsa-sha2-512", "ssh-rsa", 0, verify<kSha512>,
                                       sign<kSha512>};
constinit const SigAlg rsa_sha1 = {"ssh-rsa", "ssh-rsa", 1, verify<kSha1>, sign<kSha1>};

}  // namespace sshauth::openssl
