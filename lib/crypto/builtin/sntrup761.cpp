#include "lib/crypto/builtin/sntrup761.hpp"

#include <sodium.h>

#include <initializer_list>

#include "lib/base/secret.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kP = Sntrup761::kP;
constexpr std::int32_t kQ = 4591;
constexpr std::int32_t kHalf = (kQ - 1) / 2;
constexpr std::int32_t kWeight = 286;

// An array that is wiped when the scope ends.
template <class Value, std::size_t kLen>
struct Wiped {
  Wiped() noexcept = default;
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { secure_wipe(at, sizeof at); }
  Value at[kLen] = {};
};
using Small = Wiped<std::int8_t, kP>;        // coefficients -1, 0, 1
using Polynomial = Wiped<std::int16_t, kP>;  // coefficients -2295..2295

// ---- without branches ------------------------------------------------------------------------

inline std::int32_t hidden(std::int32_t value) noexcept {
  __asm__("" : "+r"(value));
  return value;
}
// All ones when it holds, else zero.
inline std::int32_t if_negative(std::int32_t x) noexcept { return hidden(x >> 31); }
inline std::int32_t if_nonzero(std::int32_t x) noexcept {
  return if_negative(x) |
         if_negative(static_cast<std::int32_t>(0u - static_cast<std::uint32_t>(x)));
}

template <class Value>
inline void swap_if(std::int32_t mask, Value& a, Value& b) noexcept {
  const auto change = static_cast<Value>((a ^ b) & static_cast<Value>(mask));
  a = static_cast<Value>(a ^ change);
  b = static_cast<Value>(b ^ change);
}

// ---- modulo 3 and modulo q -------------------------------------------------------------------
// Quotients come from products: a division takes longer for some dividends.

// To -1, 0, 1; |x| at most 65,000: 10923 is 2^15 / 3, rounded.
constexpr std::int8_t modulo_3(std::int32_t x) noexcept {
  return static_cast<std::int8_t>(x - 3 * ((10923 * x + 16384) >> 15));
}
// To -2295..2295; |x| at most 12 million. First near q (57 is 2^18 / q, rounded down), then exactly
// (29235 is 2^27 / q, rounded).
constexpr std::int16_t modulo_q(std::int32_t x) noexcept {
  x -= kQ * ((57 * x) >> 18);
  return static_cast<std::int16_t>(x - kQ * ((29235 * x + (1 << 26)) >> 27));
}
static_assert(modulo_q(kHalf) == kHalf && modulo_q(kHalf + 1) == -kHalf);
static_assert(modulo_q(2 * kHalf * kHalf) == 2 * kHalf * kHalf % kQ - kQ ||
              modulo_q(2 * kHalf * kHalf) == 2 * kHalf * kHalf % kQ);

// Fermat: x^(q - 2).
constexpr std::int16_t inverse_modulo_q(std::int16_t x) noexcept {
  std::int32_t out = 1, power = x;
  for (std::int32_t exponent = kQ - 2; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0) out = modulo_q(out * power);
    power = modulo_q(power * power);
  }
  return static_cast<std::int16_t>(out);
}
static_assert(modulo_q(inverse_modulo_q(3) * 3) == 1);

// ---- polynomials modulo x^p - x - 1 ----------------------------------------------------------

// out = reduced(a b), where one of them is small, so that no sum leaves 32 bits.
template <class A, class Out, class Reduced>
void multiply(const A (&a)[kP], const std::int8_t (&b)[kP], Out (&out)[kP],
              Reduced reduced) noexcept {
  Wiped<std::int32_t, 2 * kP> product;
  for (std::size_t i = 0; i < kP; ++i)
    for (std::size_t j = 0; j < kP; ++j) product.at[i + j] += a[j] * b[i];
  for (std::size_t i = 2 * kP - 2; i >= kP; --i) {  // x^p = x + 1
    product.at[i - kP] += product.at[i];
    product.at[i - kP + 1] += product.at[i];
  }
  for (std::size_t i = 0; i < kP; ++i) out[i] = reduced(product.at[i]);
}

// The reciprocal by division steps (D. J. Bernstein and B.-Y. Yang, Fast constant-time gcd
// computation and modular inversion, 2019, §4): 2p - 1 of them, whatever the input. Field has
// Value, and the reduced f0 g - g0 f. False when there is none.
template <class Field, class Out>
bool invert(const std::int8_t (&in)[kP], typename Field::Value start, Out (&out)[kP]) noexcept {
  using Value = typename Field::Value;
  Wiped<Value, kP + 1> f, g, v, r;
  f.at[0] = 1;
  f.at[kP - 1] = f.at[kP] = -1;
  for (std::size_t i = 0; i < kP; ++i) g.at[kP - 1 - i] = in[i];
  r.at[0] = start;
  std::int32_t delta = 1;
  for (std::size_t step = 0; step < 2 * kP - 1; ++step) {
    std::memmove(v.at + 1, v.at, kP * sizeof(Value));
    v.at[0] = 0;
    const std::int32_t swap = if_negative(-delta) & if_nonzero(g.at[0]);
    delta = (delta ^ (swap & (delta ^ -delta))) + 1;
    for (std::size_t i = 0; i <= kP; ++i) {
      swap_if(swap, f.at[i], g.at[i]);
      swap_if(swap, v.at[i], r.at[i]);
    }
    const std::int32_t f0 = f.at[0], g0 = g.at[0];
    for (std::size_t i = 0; i <= kP; ++i) {
      g.at[i] = Field::reduced(f0 * g.at[i] - g0 * f.at[i]);
      r.at[i] = Field::reduced(f0 * r.at[i] - g0 * v.at[i]);
    }
    std::memmove(g.at, g.at + 1, kP * sizeof(Value));
    g.at[kP] = 0;
  }
  const std::int32_t scale = Field::inverse(f.at[0]);
  for (std::size_t i = 0; i < kP; ++i)
    out[i] = static_cast<Out>(Field::reduced(scale * v.at[kP - 1 - i]));
  return if_nonzero(delta) == 0;
}

struct Modulo3 {
  using Value = std::int16_t;
  static Value reduced(std::int32_t x) noexcept { return modulo_3(x); }
  static Value inverse(Value x) noexcept { return x; }
};
struct ModuloQ {
  using Value = std::int16_t;
  static Value reduced(std::int32_t x) noexcept { return modulo_q(x); }
  static Value inverse(Value x) noexcept { return inverse_modulo_q(x); }
};

// ---- random polynomials ----------------------------------------------------------------------

// Knuth, The Art of Computer Programming 5.2.2, algorithm M (Batcher): what is compared with what
// does not depend on the values.
void sort(std::uint32_t (&x)[kP]) noexcept {
  constexpr std::size_t kTop = 512;  // the largest power of two below p
  for (std::size_t p = kTop; p > 0; p /= 2) {
    std::size_t r = 0, d = p;
    for (std::size_t q = kTop;; q /= 2) {
      for (std::size_t i = 0; i + d < kP; ++i) {
        if ((i & p) != r) continue;
        const std::uint64_t less = (std::uint64_t{x[i + d]} - x[i]) >> 63;
        swap_if(-hidden(static_cast<std::int32_t>(less)), x[i], x[i + d]);
      }
      if (q == p) break;
      d = q - p;
      r = p;
    }
  }
}

bool random_words(const Rng& rng, std::uint32_t (&out)[kP]) noexcept {
  Secret<4 * kP> octets;
  if (!fill_random(rng, octets.write())) return false;
  const std::uint8_t* at = octets.write().data();
  for (std::uint32_t& word : out) {  // in the order of the published test values
    word = std::uint32_t{at[0]} | std::uint32_t{at[1]} << 8 | std::uint32_t{at[2]} << 16 |
           std::uint32_t{at[3]} << 24;
    at += 4;
  }
  return true;
}

// Exactly 286 coefficients are 1 or -1: those places get even words, and all are sorted.
bool random_short(const Rng& rng, std::int8_t (&out)[kP]) noexcept {
  Wiped<std::uint32_t, kP> words;
  if (!random_words(rng, words.at)) return false;
  for (std::size_t i = 0; i < kP; ++i)
    words.at[i] = i < kWeight ? words.at[i] & ~1u : (words.at[i] & ~3u) | 1u;
  sort(words.at);
  for (std::size_t i = 0; i < kP; ++i)
    out[i] = static_cast<std::int8_t>(static_cast<std::int32_t>(words.at[i] & 3) - 1);
  return true;
}

bool random_small(const Rng& rng, std::int8_t (&out)[kP]) noexcept {
  Wiped<std::uint32_t, kP> words;
  if (!random_words(rng, words.at)) return false;
  for (std::size_t i = 0; i < kP; ++i)
    out[i] = static_cast<std::int8_t>(
        static_cast<std::int32_t>((words.at[i] & 0x3fffffff) * std::uint64_t{3} >> 30) - 1);
  return true;
}

// ---- octets ----------------------------------------------------------------------------------

// Four coefficients in an octet, two bits each.
void encode_small(const std::int8_t (&in)[kP], std::uint8_t* out) noexcept {
  for (std::size_t i = 0; i < kP; i += 4) {
    std::uint32_t octet = 0;
    for (std::size_t k = 0; k < 4 && i + k < kP; ++k)
      octet |= static_cast<std::uint32_t>(in[i + k] + 1) << 2 * k;
    *out++ = static_cast<std::uint8_t>(octet);
  }
}

// The sequence encoding of the specification (§4.3): values below m, two by two, become one below
// m^2, of which low octets leave until less than 2^14 is left. Sets of values are so halved until
// there is one. `m` is that of all values but the last, `m_last` that one's.
struct Radix {
  std::uint32_t m, m_last;
};
constexpr std::uint32_t kLimit = 16384;

constexpr unsigned octets_out(std::uint32_t& m) noexcept {
  unsigned octets = 0;
  for (; m >= kLimit; m = (m + 255) >> 8) ++octets;
  return octets;
}

// One halving of `len` values with that radix.
constexpr Radix halved(Radix radix, std::size_t len) noexcept {
  Radix out{radix.m * radix.m, len % 2 == 0 ? radix.m * radix.m_last : radix.m_last};
  octets_out(out.m);
  if (len % 2 == 0) octets_out(out.m_last);
  return out;
}

void encode_values(std::uint16_t (&values)[kP], std::uint32_t m, std::uint8_t* out) noexcept {
  Radix radix{m, m};
  for (std::size_t len = kP; len > 1; len = (len + 1) / 2) {
    for (std::size_t i = 0; i + 1 < len; i += 2) {
      std::uint32_t value = values[i] + values[i + 1] * radix.m;
      std::uint32_t most = radix.m * (i + 2 == len ? radix.m_last : radix.m);
      for (unsigned n = octets_out(most); n > 0; --n, value >>= 8)
        *out++ = static_cast<std::uint8_t>(value);
      values[i / 2] = static_cast<std::uint16_t>(value);
    }
    if (len % 2 != 0) values[len / 2] = values[len - 1];
    radix = halved(radix, len);
  }
  std::uint32_t value = values[0];
  for (std::uint32_t most = radix.m_last; most > 1; most = (most + 255) >> 8, value >>= 8)
    *out++ = static_cast<std::uint8_t>(value);
}

// Only for what the peer sent, which is public: this one divides. Octets that encode nothing give
// some values all the same, each below `m`.
class Decoder {
 public:
  Decoder(const std::uint8_t* in, std::uint16_t (&out)[kP]) noexcept : in_(in), out_(out) {}
  void decode(std::uint32_t m) noexcept { decode({m, m}, kP); }

 private:
  // The low octets of this halving stand before those of the next.
  void decode(Radix radix, std::size_t len) noexcept {
    if (len == 1) return decode_last(radix.m_last);
    for (std::size_t i = 0; i + 1 < len; i += 2) in_ += num_low(radix, i, len);
    const std::uint8_t* low = in_;  // read backwards
    decode(halved(radix, len), (len + 1) / 2);
    if (len % 2 != 0) out_[len - 1] = out_[len / 2];
    for (std::size_t i = (len & ~std::size_t{1}); i > 0;) {
      i -= 2;
      std::uint32_t value = out_[i / 2];
      for (unsigned n = num_low(radix, i, len); n > 0; --n) value = value << 8 | *--low;
      const std::uint32_t m_second = i + 2 == len ? radix.m_last : radix.m;
      out_[i + 1] = static_cast<std::uint16_t>(value / radix.m % m_second);
      out_[i] = static_cast<std::uint16_t>(value % radix.m);
    }
  }
  void decode_last(std::uint32_t m) noexcept {
    std::uint32_t value = 0, shift = 0;
    for (std::uint32_t most = m; most > 1; most = (most + 255) >> 8, shift += 8)
      value |= std::uint32_t{*in_++} << shift;
    out_[0] = static_cast<std::uint16_t>(value % m);
  }
  static unsigned num_low(Radix radix, std::size_t i, std::size_t len) noexcept {
    std::uint32_t most = radix.m * (i + 2 == len ? radix.m_last : radix.m);
    return octets_out(most);
  }

  const std::uint8_t* in_;
  std::uint16_t (&out_)[kP];
};

void encode_public(const std::int16_t (&h)[kP], std::uint8_t* out) noexcept {
  std::uint16_t values[kP];
  for (std::size_t i = 0; i < kP; ++i) values[i] = static_cast<std::uint16_t>(h[i] + kHalf);
  encode_values(values, kQ, out);
}
void decode_public(const std::uint8_t* in, std::int16_t (&h)[kP]) noexcept {
  std::uint16_t values[kP] = {};
  Decoder(in, values).decode(kQ);
  for (std::size_t i = 0; i < kP; ++i) h[i] = static_cast<std::int16_t>(values[i] - kHalf);
}

// Rounded coefficients are multiples of 3: 1531 of them.
constexpr std::uint32_t kNumRounded = (kQ + 2) / 3;
void encode_rounded(const std::int16_t (&c)[kP], std::uint8_t* out) noexcept {
  Wiped<std::uint16_t, kP> values;
  for (std::size_t i = 0; i < kP; ++i)
    values.at[i] = static_cast<std::uint16_t>((c[i] + kHalf) * 10923 >> 15);
  encode_values(values.at, kNumRounded, out);
}
void decode_rounded(const std::uint8_t* in, std::int16_t (&c)[kP]) noexcept {
  std::uint16_t values[kP] = {};
  Decoder(in, values).decode(kNumRounded);
  for (std::size_t i = 0; i < kP; ++i) c[i] = static_cast<std::int16_t>(values[i] * 3 - kHalf);
}

// ---- hashes ----------------------------------------------------------------------------------

// The first half of SHA-512 of a number and the parts.
void hash(std::uint8_t number, std::initializer_list<Bytes> parts, std::uint8_t* out) noexcept {
  crypto_hash_sha512_state state;
  Secret<crypto_hash_sha512_BYTES> whole;
  crypto_hash_sha512_init(&state);
  crypto_hash_sha512_update(&state, &number, 1);
  for (const Bytes part : parts) crypto_hash_sha512_update(&state, part.data(), part.size());
  crypto_hash_sha512_final(&state, whole.write().data());
  copy_bytes(out, whole.write().first(Sntrup761::kHashLen));
  secure_wipe(&state, sizeof state);
}

// What belongs to one short polynomial r: its octets, their hash, the ciphertext.
struct Hidden {
  Secret<Sntrup761::kSmallLen> octets;
  Secret<Sntrup761::kHashLen> hashed;
};

void rehash(Hidden& r) noexcept { hash(3, {r.octets.write()}, r.hashed.write().data()); }

void hide(const std::int8_t (&r)[kP], const std::uint8_t* public_key, Bytes public_hash,
          Hidden& hidden_r, std::uint8_t* ciphertext) noexcept {
  std::int16_t h[kP] = {};
  Polynomial c;
  decode_public(public_key, h);
  multiply(h, r, c.at, modulo_q);
  for (std::int16_t& a : c.at) a = static_cast<std::int16_t>(a - modulo_3(a));
  encode_rounded(c.at, ciphertext);
  encode_small(r, hidden_r.octets.write().data());
  rehash(hidden_r);
  hash(2, {hidden_r.hashed.write(), public_hash}, ciphertext + Sntrup761::kRoundedLen);
}

// The ciphertext back to r; where it was made for no r, to a fixed one.
void open(const Sntrup761::PrivateKey& key, const std::uint8_t* ciphertext,
          std::int8_t (&r)[kP]) noexcept {
  std::int16_t c[kP] = {};
  Polynomial cf;
  Small e, ev;
  decode_rounded(ciphertext, c);
  multiply(c, key.f, cf.at, modulo_q);
  for (std::size_t i = 0; i < kP; ++i) e.at[i] = modulo_3(modulo_q(3 * cf.at[i]));
  multiply(e.at, key.g_inverse, ev.at, modulo_3);
  std::int32_t weight = 0;
  for (const std::int8_t a : ev.at) weight += a & 1;
  const std::int32_t wrong = if_nonzero(weight - kWeight);
  for (std::size_t i = 0; i < kP; ++i) {
    const std::int32_t fixed = i < kWeight ? 1 : 0;
    r[i] = static_cast<std::int8_t>((ev.at[i] & ~wrong) | (fixed & wrong));
  }
}

}  // namespace

bool Sntrup761::generate(PrivateKey& key, const Rng& rng) noexcept {
  Small g;
  Polynomial f_inverse, h;
  // Nearly every g has a reciprocal modulo 3; which of them had none tells nothing of the one
  // taken.
  bool found = false;
  for (int tries = 0; tries < 16 && !found; ++tries) {
    if (!random_small(rng, g.at)) return false;
    found = invert<Modulo3>(g.at, 1, key.g_inverse);
  }
  if (!found || !random_short(rng, key.f) || !fill_random(rng, key.rho)) return false;
  // Modulo q everything but zero has a reciprocal: here that of 3 f.
  if (!invert<ModuloQ>(key.f, inverse_modulo_q(3), f_inverse.at)) return false;
  multiply(f_inverse.at, g.at, h.at, modulo_q);
  encode_public(h.at, key.public_key);
  hash(4, {key.public_key}, key.public_hash);
  return true;
}

bool Sntrup761::encapsulate(const Rng& rng, Bytes public_key, std::uint8_t* ciphertext,
                            std::uint8_t* secret) noexcept {
  Small r;
  if (public_key.size() != kPublicLen || !random_short(rng, r.at)) return false;
  std::uint8_t public_hash[kHashLen];
  Hidden hidden_r;
  hash(4, {public_key}, public_hash);
  hide(r.at, public_key.data(), public_hash, hidden_r, ciphertext);
  hash(1, {hidden_r.hashed.write(), Bytes(ciphertext, kCipherLen)}, secret);
  return true;
}

bool Sntrup761::decapsulate(const PrivateKey& key, Bytes ciphertext,
                            std::uint8_t* secret) noexcept {
  if (ciphertext.size() != kCipherLen) return false;
  Small r;
  Secret<kCipherLen> again;
  Hidden hidden_r;
  open(key, ciphertext.data(), r.at);
  hide(r.at, key.public_key, key.public_hash, hidden_r, again.write().data());
  std::int32_t differs = 0;
  for (std::size_t i = 0; i < kCipherLen; ++i) differs |= again.write()[i] ^ ciphertext[i];
  const std::int32_t wrong = if_nonzero(differs);
  for (std::size_t i = 0; i < kSmallLen; ++i) {
    std::uint8_t& octet = hidden_r.octets.write()[i];
    octet = static_cast<std::uint8_t>(octet ^ ((octet ^ key.rho[i]) & wrong));
  }
  rehash(hidden_r);
  hash(static_cast<std::uint8_t>(1 + wrong), {hidden_r.hashed.write(), ciphertext}, secret);
  return true;
}

}  // namespace sshauth
