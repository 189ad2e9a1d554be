// Primes of the RFCs are known by their looks; any other is tested here.
//
// With q = (p-1)/2 prime, one exponentiation proves p (Pocklington: 2^(p-1) = 1 mod p, and 2^2 - 1
// = 3 does not divide p), so the rounds of Miller and Rabin go to q alone. Their bases are random,
// so that a number made to pass them cannot be prepared: it gets through with 4^-8 at most, and
// all that its maker gains is an exchange that others may read, of which he has the secret anyway.
//
// libcrypto's BN_check_prime makes 64 to 128 rounds: of 8,192 bits that would take half a minute
// for what is a second here, 8 + 1 exponentiations (106 ms each on an AMD EPYC, 14 ms of 4,096
// bits).
#include "lib/crypto/openssl/safe_prime.hpp"

namespace sshauth::openssl {
namespace {

using BnCtx = Owned<BN_CTX, BN_CTX_free>;
using Mont = Owned<BN_MONT_CTX, BN_MONT_CTX_free>;

constexpr int kRounds = 8;

constexpr BIGNUM* (*kKnown[])(BIGNUM*) = {BN_get_rfc2409_prime_1024, BN_get_rfc3526_prime_1536,
                                          BN_get_rfc3526_prime_2048, BN_get_rfc3526_prime_3072,
                                          BN_get_rfc3526_prime_4096, BN_get_rfc3526_prime_6144,
                                          BN_get_rfc3526_prime_8192};

bool is_known(const BIGNUM* p) noexcept {
  for (const auto known : kKnown) {
    const BigNum prime(known(nullptr));
    if (prime && BN_cmp(prime.get(), p) == 0) return true;
  }
  return false;
}

// Odd primes up to 251: nine composites of ten go no further.
bool has_small_factor(const BIGNUM* n) noexcept {
  for (unsigned d = 3; d < 256; d += 2) {
    const bool prime = (d % 3 != 0 || d == 3) && (d % 5 != 0 || d == 5) && (d % 7 != 0 || d == 7) &&
                       (d % 11 != 0 || d == 11) && (d % 13 != 0 || d == 13);
    if (prime && BN_mod_word(n, d) == 0) return true;
  }
  return false;
}

struct Modulus {
  const BIGNUM* n;
  BigNum less_one;
  Mont mont;
};

bool prepare(Modulus& m, const BIGNUM* n, BN_CTX* ctx) noexcept {
  m.n = n;
  *m.less_one.slot() = BN_dup(n);
  *m.mont.slot() = BN_MONT_CTX_new();
  return m.less_one && m.mont && BN_sub_word(m.less_one.get(), 1) == 1 &&
         BN_MONT_CTX_set(m.mont.get(), n, ctx) == 1;
}

enum class Round : std::uint8_t { passed, failed, broken };

// 2^(n-1) = 1 mod n (Fermat).
Round fermat(const Modulus& m, BN_CTX* ctx) noexcept {
  const BigNum x(BN_new());
  const BigNum two(BN_new());
  if (!x || !two || BN_set_word(two.get(), 2) != 1 ||
      BN_mod_exp_mont(x.get(), two.get(), m.less_one.get(), m.n, ctx, m.mont.get()) != 1)
    return Round::broken;
  return BN_is_one(x.get()) == 1 ? Round::passed : Round::failed;
}

// Miller and Rabin, FIPS 186-5 §B.3.1, with a random base; n - 1 = odd * 2^twos.
Round miller_rabin(const Modulus& m, const BIGNUM* odd, int twos, BN_CTX* ctx) noexcept {
  const BigNum x(BN_new());
  if (!x || BN_priv_rand_range_ex(x.get(), m.less_one.get(), 0, ctx) != 1) return Round::broken;
  if (BN_is_zero(x.get()) == 1 || BN_is_one(x.get()) == 1) return Round::passed;  // says nothing
  if (BN_mod_exp_mont(x.get(), x.get(), odd, m.n, ctx, m.mont.get()) != 1) return Round::broken;
  if (BN_is_one(x.get()) == 1) return Round::passed;
  for (int i = 0; i < twos; ++i) {
    if (BN_cmp(x.get(), m.less_one.get()) == 0) return Round::passed;
    if (BN_mod_sqr(x.get(), x.get(), m.n, ctx) != 1) return Round::broken;
  }
  return Round::failed;
}

Round all_rounds(const Modulus& m, BN_CTX* ctx) noexcept {
  int twos = 1;
  while (BN_is_bit_set(m.less_one.get(), twos) == 0) ++twos;  // n - 1 is even and not 0
  const BigNum odd(BN_new());
  if (!odd || BN_rshift(odd.get(), m.less_one.get(), twos) != 1) return Round::broken;
  Round round = Round::passed;
  for (int i = 0; i < kRounds && round == Round::passed; ++i)
    round = miller_rabin(m, odd.get(), twos, ctx);
  return round;
}

}  // namespace

Primality safe_prime(const BIGNUM* p) noexcept {
  if (is_known(p)) return Primality::safe;
  if (has_small_factor(p)) return Primality::composite;
  const BnCtx ctx(BN_CTX_new_ex(library()));
  const BigNum q(BN_new());
  Modulus mod_p, mod_q;
  if (!ctx || !q || BN_rshift1(q.get(), p) != 1 || !prepare(mod_p, p, ctx.get()))
    return Primality::unknown;
  const Round whole = fermat(mod_p, ctx.get());
  if (whole != Round::passed)
    return whole == Round::failed ? Primality::composite : Primality::unknown;
  if (BN_is_odd(q.get()) == 0 || has_small_factor(q.get())) return Primality::not_safe;
  if (!prepare(mod_q, q.get(), ctx.get())) return Primality::unknown;
  const Round half = all_rounds(mod_q, ctx.get());
  if (half == Round::broken) return Primality::unknown;
  return half == Round::passed ? Primality::safe : Primality::not_safe;
}

}  // namespace sshauth::openssl
