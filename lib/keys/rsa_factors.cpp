#include "lib/keys/rsa_factors.hpp"

#include <span>

namespace sshauth {
namespace {

// A base finds the factors of a good key with a chance of at least one half; numbers that are no
// key are found out by the first, so a file full of them costs one exponentiation each.
constexpr BN_ULONG kBases[] = {2,  3,  5,  7,  11, 13, 17, 19, 23, 29, 31, 37,
                               41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89};
constexpr int kMaxBits = 4096;
constexpr std::size_t kMaxExponent = 8;  // octets; as of every RSA key here

KeyError crypto_failed() {
  return {KeyErrc::crypto_failed, "libcrypto could not complete the RSA key"};
}
KeyError no_factors() {
  return {KeyErrc::malformed,
          "the halves of this ssh-rsa key do not belong together: no factors of its modulus follow "
          "from its exponents"};
}

ossl::Bn secret() { return ossl::Bn(BN_secure_new()); }

ossl::Bn number(const SecretBytes& from) {
  return ossl::secret_number(from.reveal().data(), from.size());
}

bool store(const BIGNUM* value, SecretBytes& out) {
  out = SecretBytes(static_cast<std::size_t>(BN_num_bytes(value)));
  return BN_bn2binpad(value, out.write().data(), static_cast<int>(out.size())) >= 0;
}

// e*d - 1 is odd * 2^twos.
struct Exponent {
  ossl::Bn odd = secret();
  int twos = 0;
};

bool split(const KeyNumbers& from, BN_CTX* ctx, Exponent& out) {
  const ossl::Bn e = number(from.first), d = number(from.d);
  if (!e || !d || !out.odd || BN_mul(out.odd.get(), e.get(), d.get(), ctx) != 1 ||
      BN_sub_word(out.odd.get(), 1) != 1)
    return false;
  while (!BN_is_zero(out.odd.get()) && !BN_is_odd(out.odd.get())) {
    if (BN_rshift1(out.odd.get(), out.odd.get()) != 1) return false;
    ++out.twos;
  }
  BN_set_flags(out.odd.get(), BN_FLG_CONSTTIME);
  return true;
}

// A root of 1 modulo n that is neither 1 nor -1, less one, shares a factor with n.
// `no_key`: e*d - 1 is no multiple of the order, whatever the base.
enum class Found { none, factor, no_key, failed };
Found try_base(BN_ULONG base, const Exponent& exponent, const BIGNUM* n, BN_CTX* ctx, BIGNUM* p) {
  const ossl::Bn x = secret(), square = secret(), less_one(BN_dup(n));
  if (!x || !square || !less_one || BN_sub_word(less_one.get(), 1) != 1 ||
      BN_set_word(square.get(), base) != 1 ||
      BN_mod_exp(x.get(), square.get(), exponent.odd.get(), n, ctx) != 1)
    return Found::failed;
  for (int i = 0; i < exponent.twos; ++i) {
    if (BN_is_one(x.get()) || BN_cmp(x.get(), less_one.get()) == 0) return Found::none;
    if (BN_mod_sqr(square.get(), x.get(), n, ctx) != 1) return Found::failed;
    if (BN_is_one(square.get()))
      return BN_sub_word(x.get(), 1) == 1 && BN_gcd(p, x.get(), n, ctx) == 1 ? Found::factor
                                                                             : Found::failed;
    if (BN_copy(x.get(), square.get()) == nullptr) return Found::failed;
  }
  return Found::no_key;
}

// The greater factor first, as everybody has it.
bool store_factors(const BIGNUM* p, const BIGNUM* n, BN_CTX* ctx, KeyNumbers& out) {
  const ossl::Bn q = secret();
  if (!q || BN_div(q.get(), nullptr, n, p, ctx) != 1) return false;
  const bool greater = BN_cmp(p, q.get()) > 0;
  return store(greater ? p : q.get(), out.p) && store(greater ? q.get() : p, out.q);
}

KeyError find_factors(KeyNumbers& out, BN_CTX* ctx) {
  const ossl::Bn n = number(out.second);
  const ossl::Bn p = secret();
  Exponent exponent;
  if (!n || !p) return crypto_failed();
  if (BN_num_bits(n.get()) > kMaxBits || out.d.size() > out.second.size())
    return {KeyErrc::unsupported_type,
            "the RSA key lacks its factors, which are worked out for keys of at most " +
                std::to_string(kMaxBits) + " bits"};
  if (!BN_is_odd(n.get()) || BN_is_one(n.get()) || out.first.size() > kMaxExponent)
    return no_factors();
  if (!split(out, ctx, exponent)) return crypto_failed();
  for (const BN_ULONG base : kBases) {
    const Found found = try_base(base, exponent, n.get(), ctx, p.get());
    if (found == Found::failed) return crypto_failed();
    if (found == Found::no_key) break;
    if (found == Found::factor)
      return store_factors(p.get(), n.get(), ctx, out) ? KeyError() : crypto_failed();
  }
  return no_factors();
}

}  // namespace

KeyError complete_rsa(KeyNumbers& numbers) {
  const ossl::ErrorMark mark;
  const ossl::BnCtx ctx(BN_CTX_secure_new());
  if (ctx == nullptr) return crypto_failed();
  if (numbers.p.size() == 0 || numbers.q.size() == 0)
    if (KeyError bad = find_factors(numbers, ctx.get()); !bad.ok()) return bad;
  const ossl::Bn p = number(numbers.p), q = number(numbers.q), iqmp = secret();
  if (!p || !q || !iqmp) return crypto_failed();
  if (BN_mod_inverse(iqmp.get(), q.get(), p.get(), ctx.get()) == nullptr) return no_factors();
  return store(iqmp.get(), numbers.iqmp) ? KeyError() : crypto_failed();
}

}  // namespace sshauth
