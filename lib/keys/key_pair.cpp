// check_key_pair: do a private and a public half belong together? One place for every format, so
// that no format can be loaded without it.
#include <openssl/core_names.h>

#include "lib/keys/identity.hpp"
#include "lib/keys/ossl.hpp"

namespace sshauth {
namespace {

KeyError mismatch(std::string_view type, std::string_view why) {
  return {KeyErrc::malformed, "the halves of this " + std::string(type) +
                                  " key do not belong together: " + std::string(why)};
}
KeyError failed() { return {KeyErrc::crypto_failed, "libcrypto could not check the key"}; }

// RFC 8032 §5.1.5, §5.2.5: the public key follows from the seed.
KeyError check_edwards(std::string_view type, int curve, std::size_t key_len,
                       const ipworksauth_private_key& key) {
  if (key.d_len != key_len || key.pub.first_len != key_len)
    return mismatch(type, "seed and public key have " + std::to_string(key_len) + " octets each");
  const ossl::Pkey pkey(EVP_PKEY_new_raw_private_key(curve, nullptr, key.d, key.d_len));
  std::uint8_t derived[57];
  std::size_t len = sizeof derived;
  if (pkey == nullptr || EVP_PKEY_get_raw_public_key(pkey.get(), derived, &len) != 1 ||
      len != key_len)
    return failed();
  if (!same_bytes(Bytes(derived).first(len), {key.pub.first, key.pub.first_len}))
    return mismatch(type, "another public key follows from the seed");
  return {};
}

// FIPS 186-2 §4: y = g^x mod p, 0 < x < q.
KeyError check_dsa(const ipworksauth_private_key& key) {
  const ossl::Bn p = ossl::secret_number(key.pub.first, key.pub.first_len);
  const ossl::Bn q = ossl::secret_number(key.pub.second, key.pub.second_len);
  const ossl::Bn g = ossl::secret_number(key.pub.third, key.pub.third_len);
  const ossl::Bn y = ossl::secret_number(key.pub.fourth, key.pub.fourth_len);
  const ossl::Bn x =
      key.d_len <= key.pub.second_len ? ossl::secret_number(key.d, key.d_len) : nullptr;
  const ossl::Bn derived(BN_secure_new());
  const ossl::BnCtx ctx(BN_CTX_secure_new());
  if (!x || BN_is_zero(x.get()) || !q || BN_cmp(x.get(), q.get()) >= 0)
    return mismatch("ssh-dss", "x is not between 0 and q");
  if (!p || !g || !y || !derived || !ctx) return failed();
  BN_set_flags(x.get(), BN_FLG_CONSTTIME);
  if (!BN_is_odd(p.get()) || BN_mod_exp(derived.get(), g.get(), x.get(), p.get(), ctx.get()) != 1)
    return mismatch("ssh-dss", "p is even");
  if (BN_cmp(derived.get(), y.get()) != 0) return mismatch("ssh-dss", "another y follows from x");
  return {};
}

ossl::Pkey ec_key(const char* group, const ipworksauth_private_key& key) {
  const ossl::Bn d = ossl::secret_number(key.d, key.d_len);
  const ossl::ParamBuild build(OSSL_PARAM_BLD_new());
  if (d == nullptr || build == nullptr) return nullptr;
  if (OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, key.pub.first,
                                       key.pub.first_len) != 1 ||
      OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, d.get()) != 1)
    return nullptr;
  const ossl::Params params(OSSL_PARAM_BLD_to_param(build.get()));
  const ossl::PkeyCtx ctx(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* pkey = nullptr;
  if (params == nullptr || ctx == nullptr || EVP_PKEY_fromdata_init(ctx.get()) != 1 ||
      EVP_PKEY_fromdata(ctx.get(), &pkey, EVP_PKEY_KEYPAIR, params.get()) != 1)
    return nullptr;
  return ossl::Pkey(pkey);
}

// The point is on the curve, the scalar in range, and the point is scalar times generator.
KeyError check_ec(std::string_view type, const char* group, const ipworksauth_private_key& key) {
  constexpr std::size_t kMaxScalar = 66;
  if (key.d_len == 0 || key.d_len > kMaxScalar) return mismatch(type, "no scalar of this curve");
  const ossl::Pkey pkey = ec_key(group, key);
  if (pkey == nullptr) return mismatch(type, "not a point or not a scalar of this curve");
  const ossl::PkeyCtx ctx(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey.get(), nullptr));
  if (ctx == nullptr) return failed();
  if (EVP_PKEY_check(ctx.get()) != 1)
    return mismatch(type, "another point follows from the scalar");
  return {};
}

// Whether a * b leaves 1 when divided by m.
bool inverse(const BIGNUM* a, const BIGNUM* b, const BIGNUM* m, BN_CTX* ctx) {
  const ossl::Bn product(BN_secure_new());
  return product != nullptr && BN_mod_mul(product.get(), a, b, m, ctx) == 1 &&
         BN_is_one(product.get());
}

// d undoes e modulo prime - 1. Exponents are what signing by remainders needs; whether the factors
// are prime only their owner could have got wrong, and testing it costs seconds for large keys.
bool exponents_fit(const BIGNUM* d, const BIGNUM* e, const BIGNUM* prime, BN_CTX* ctx) {
  const ossl::Bn less_one(BN_secure_new());
  return less_one != nullptr && BN_is_odd(prime) && BN_num_bits(prime) > 1 &&
         BN_copy(less_one.get(), prime) != nullptr && BN_sub_word(less_one.get(), 1) == 1 &&
         inverse(d, e, less_one.get(), ctx);
}

// RFC 8017 §3.2.
KeyError check_rsa(const ipworksauth_private_key& key) {
  constexpr std::size_t kMax = kMaxRsaBits / 8;
  if (key.d_len > kMax || key.p_len > kMax || key.q_len > kMax || key.iqmp_len > kMax)
    return mismatch("ssh-rsa", "a private number is longer than a modulus may be");
  const ossl::Bn e = ossl::secret_number(key.pub.first, key.pub.first_len);
  const ossl::Bn n = ossl::secret_number(key.pub.second, key.pub.second_len);
  const ossl::Bn d = ossl::secret_number(key.d, key.d_len);
  const ossl::Bn p = ossl::secret_number(key.p, key.p_len);
  const ossl::Bn q = ossl::secret_number(key.q, key.q_len);
  const ossl::Bn iqmp = ossl::secret_number(key.iqmp, key.iqmp_len);
  const ossl::Bn product(BN_secure_new());
  const ossl::BnCtx ctx(BN_CTX_secure_new());
  if (!e || !n || !d || !p || !q || !iqmp || !product || !ctx ||
      BN_mul(product.get(), p.get(), q.get(), ctx.get()) != 1)
    return failed();
  if (BN_cmp(product.get(), n.get()) != 0)
    return mismatch("ssh-rsa", "the modulus is not the product of the two factors");
  if (BN_cmp(d.get(), n.get()) >= 0 || BN_cmp(iqmp.get(), p.get()) >= 0 ||
      !exponents_fit(d.get(), e.get(), p.get(), ctx.get()) ||
      !exponents_fit(d.get(), e.get(), q.get(), ctx.get()))
    return mismatch("ssh-rsa", "the exponents do not undo each other");
  if (!inverse(iqmp.get(), q.get(), p.get(), ctx.get()))
    return mismatch("ssh-rsa", "the coefficient is not the inverse of q");
  return {};
}

}  // namespace

KeyError check_key_pair(std::string_view type, const ipworksauth_private_key& numbers) {
  const ossl::ErrorMark mark;
  // The public half by the same rules as one that came from a peer.
  PublicKeyView view;
  const Blob blob = encode_public_blob(type, numbers.pub);
  if (KeyError bad = decode_public_blob(blob, view); !bad.ok()) return bad;
  if (type == "ssh-ed25519") return check_edwards(type, EVP_PKEY_ED25519, 32, numbers);
  if (type == "ssh-ed448") return check_edwards(type, EVP_PKEY_ED448, 57, numbers);
  if (type == "ssh-dss") return check_dsa(numbers);
  if (type == "ssh-rsa") return check_rsa(numbers);
  if (view.curve == "nistp256") return check_ec(type, "P-256", numbers);
  if (view.curve == "nistp384") return check_ec(type, "P-384", numbers);
  return check_ec(type, "P-521", numbers);
}

}  // namespace sshauth
