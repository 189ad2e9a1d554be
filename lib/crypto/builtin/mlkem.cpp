#include "lib/crypto/builtin/mlkem.hpp"

#include "lib/base/secret.hpp"
#include "lib/crypto/builtin/keccak.hpp"

namespace sshauth::mlkem {
namespace {

constexpr std::int32_t kQ = 3329;
constexpr std::size_t kPolyLen = 384;  // a polynomial of full coefficients, encoded

// One whose coefficients keep `bits` each.
constexpr std::size_t compressed_len(unsigned bits) noexcept { return std::size_t{32} * bits; }

// Keeps the compiler from knowing that a value is a bit, from which it might make a branch.
inline std::uint32_t hidden(std::uint32_t value) noexcept {
  __asm__("" : "+r"(value));
  return value;
}

// ---- arithmetic modulo q ---------------------------------------------------------------------
// Products are Montgomery's, with R = 2^16: mul(a, b) = a b / R. Both factors lie between -q and q,
// or one of them is any int16; so does the product.

constexpr std::int16_t reduce(std::int32_t a) noexcept {
  constexpr std::uint32_t kInverse = 62209;  // of q modulo R
  const auto low = static_cast<std::int16_t>(static_cast<std::uint32_t>(a) * kInverse);
  return static_cast<std::int16_t>((a - low * kQ) >> 16);
}
constexpr std::int16_t mul(std::int16_t a, std::int16_t b) noexcept {
  return reduce(std::int32_t{a} * b);
}

// Between -q/2 and q/2, by Barrett's method: 20159 is 2^26 / q, rounded.
constexpr std::int16_t centred(std::int16_t a) noexcept {
  const std::int32_t quotient = (20159 * std::int32_t{a} + (1 << 25)) >> 26;
  return static_cast<std::int16_t>(a - quotient * kQ);
}

// From between -q and q to 0..q-1.
constexpr std::uint32_t positive(std::int16_t a) noexcept {
  return static_cast<std::uint32_t>(a + ((a >> 15) & kQ));
}

constexpr std::int32_t power_of_17(unsigned exponent) noexcept {
  std::int32_t out = 1;
  for (unsigned i = 0; i < exponent; ++i) out = out * 17 % kQ;
  return out;
}

// The powers of the root 17 in bit-reversed order (§4.3), times R.
struct Zetas {
  std::int16_t at[128] = {};
  constexpr Zetas() noexcept {
    for (unsigned i = 0; i < 128; ++i) {
      unsigned reversed = 0;
      for (unsigned bit = 0; bit < 7; ++bit) reversed |= (i >> bit & 1) << (6 - bit);
      at[i] = centred(static_cast<std::int16_t>(power_of_17(reversed) * (65536 % kQ) % kQ));
    }
  }
};
constexpr Zetas kZetas;
constexpr std::int16_t kR2 = 1353;       // R^2: mul(a, kR2) = a R
constexpr std::int16_t kR2By128 = 1441;  // R^2 / 128
static_assert((std::int64_t{65536} * 65536) % kQ == kR2 && kR2By128 * 128 % kQ == kR2);

// ---- polynomials -----------------------------------------------------------------------------

void add(Poly& to, const Poly& b) noexcept {
  for (std::size_t i = 0; i < kN; ++i) to.at[i] = static_cast<std::int16_t>(to.at[i] + b.at[i]);
}

void centre(Poly& p) noexcept {
  for (std::int16_t& a : p.at) a = centred(a);
}

// §4.3, algorithm 9. Each of the seven layers adds at most q, so nothing runs over.
void ntt(Poly& p) noexcept {
  unsigned k = 1;
  for (std::size_t len = 128; len >= 2; len /= 2)
    for (std::size_t start = 0; start < kN; start += 2 * len) {
      const std::int16_t zeta = kZetas.at[k++];
      for (std::size_t i = start; i < start + len; ++i) {
        const std::int16_t t = mul(zeta, p.at[i + len]);
        p.at[i + len] = static_cast<std::int16_t>(p.at[i] - t);
        p.at[i] = static_cast<std::int16_t>(p.at[i] + t);
      }
    }
  centre(p);
}

// §4.3, algorithm 10; and times R, which takes back what `multiply` took away.
void inverse_ntt(Poly& p) noexcept {
  unsigned k = 127;
  for (std::size_t len = 2; len <= 128; len *= 2)
    for (std::size_t start = 0; start < kN; start += 2 * len) {
      const std::int16_t zeta = kZetas.at[k--];
      for (std::size_t i = start; i < start + len; ++i) {
        const std::int16_t t = p.at[i];
        p.at[i] = centred(static_cast<std::int16_t>(t + p.at[i + len]));
        p.at[i + len] = mul(zeta, static_cast<std::int16_t>(p.at[i + len] - t));
      }
    }
  for (std::int16_t& a : p.at) a = mul(a, kR2By128);
}

// §4.3.1, algorithms 11 and 12: to += a b / R, in the NTT domain.
void multiply_and_add(Poly& to, const Poly& a, const Poly& b) noexcept {
  for (std::size_t i = 0; i < kN; i += 2) {
    const std::int16_t zeta = kZetas.at[64 + i / 4];
    const std::int16_t high = mul(a.at[i + 1], b.at[i + 1]);
    const auto turned = static_cast<std::int16_t>(i % 4 == 0 ? mul(high, zeta) : -mul(high, zeta));
    to.at[i] = centred(static_cast<std::int16_t>(to.at[i] + turned + mul(a.at[i], b.at[i])));
    to.at[i + 1] = centred(static_cast<std::int16_t>(to.at[i + 1] + mul(a.at[i], b.at[i + 1]) +
                                                     mul(a.at[i + 1], b.at[i])));
  }
}

// ---- octets ----------------------------------------------------------------------------------

// §4.2.1, algorithm 5: `bits` of each value, from the low end.
template <class Value>
void pack(unsigned bits, std::uint8_t* out, Value value) noexcept {
  std::uint32_t held = 0;
  unsigned num = 0;
  for (std::size_t i = 0; i < kN; ++i) {
    held |= value(i) << num;
    for (num += bits; num >= 8; num -= 8, held >>= 8) *out++ = static_cast<std::uint8_t>(held);
  }
}

template <class Take>
void unpack(unsigned bits, const std::uint8_t* in, Take take) noexcept {
  std::uint32_t held = 0;
  unsigned num = 0;
  for (std::size_t i = 0; i < kN; ++i) {
    for (; num < bits; num += 8) held |= std::uint32_t{*in++} << num;
    take(i, held & ((1u << bits) - 1));
    held >>= bits;
    num -= bits;
  }
}

// §4.2.1: round(2^bits x / q) modulo 2^bits. The quotient comes from a product, since a division
// takes longer for some dividends (KyberSlash); 20642679 is 2^36 / q, rounded up, which is exact
// for every dividend below 2^23.
std::uint32_t compressed(unsigned bits, std::int16_t a) noexcept {
  const std::uint64_t dividend = (std::uint64_t{positive(a)} << bits) + kQ / 2;
  return static_cast<std::uint32_t>(dividend * 20642679 >> 36) & ((1u << bits) - 1);
}

void compress(unsigned bits, const Poly& p, std::uint8_t* out) noexcept {
  pack(bits, out, [&](std::size_t i) { return compressed(bits, p.at[i]); });
}

void decompress(unsigned bits, const std::uint8_t* in, Poly& out) noexcept {
  unpack(bits, in, [&](std::size_t i, std::uint32_t value) {
    out.at[i] = static_cast<std::int16_t>((value * kQ + (1u << (bits - 1))) >> bits);
  });
}

void encode(const Poly& p, std::uint8_t* out) noexcept {
  pack(12, out, [&](std::size_t i) { return positive(p.at[i]); });
}

// False when a coefficient is not below q (§7.2: modulus check).
bool decode(const std::uint8_t* in, Poly& out) noexcept {
  bool all_below = true;
  unpack(12, in, [&](std::size_t i, std::uint32_t value) {
    all_below = all_below && value < kQ;
    out.at[i] = static_cast<std::int16_t>(value);
  });
  return all_below;
}

// Decompress of one bit: 0 or (q + 1) / 2.
void add_message(Poly& to, const std::uint8_t* message) noexcept {
  for (std::size_t i = 0; i < kN; ++i) {
    const std::uint32_t bit = hidden(message[i / 8] >> (i % 8) & 1u);
    to.at[i] = static_cast<std::int16_t>(to.at[i] + static_cast<std::int16_t>((0u - bit) & 1665u));
  }
}

// ---- sampling --------------------------------------------------------------------------------

// §4.2.2, algorithm 7: a polynomial of the NTT domain out of the public seed. Appendix B: a limit
// of 280 rounds is met with less than 2^-256 probability; ours is higher. False above it.
bool sample_uniform(const std::uint8_t* rho, std::uint8_t x, std::uint8_t y, Poly& out) noexcept {
  constexpr unsigned kMostBlocks = 8;
  std::uint8_t block[Keccak::kShake128.rate];
  Keccak xof(Keccak::kShake128);
  const std::uint8_t indices[2] = {x, y};
  xof.absorb(Bytes(rho, kSeedLen)).absorb(indices);
  std::size_t have = 0;
  for (unsigned n = 0; n < kMostBlocks && have < kN; ++n) {
    xof.squeeze(block);
    for (std::size_t i = 0; i < sizeof block; i += 3) {
      const int first = block[i] | (block[i + 1] & 15) << 8;
      const int second = block[i + 1] >> 4 | block[i + 2] << 4;
      if (first < kQ && have < kN) out.at[have++] = static_cast<std::int16_t>(first);
      if (second < kQ && have < kN) out.at[have++] = static_cast<std::int16_t>(second);
    }
  }
  return have == kN;
}

// §4.2.2, algorithm 8 with eta 2: each coefficient is the difference of two sums of two bits.
void sample_small(Bytes seed, std::uint8_t nonce, Poly& out) noexcept {
  Secret<kN / 2> octets;
  Keccak(Keccak::kShake256).absorb(seed).absorb({&nonce, 1}).squeeze(octets.write());
  const MutBytes from = octets.write();
  for (std::size_t i = 0; i < kN; ++i) {
    const unsigned four = from[i / 2] >> 4 * (i % 2) & 15u;
    const int plus = static_cast<int>((four & 1) + (four >> 1 & 1));
    const int minus = static_cast<int>((four >> 2 & 1) + (four >> 3));
    out.at[i] = static_cast<std::int16_t>(plus - minus);
  }
}

// Polynomials that are wiped when the scope ends.
template <std::size_t kNum>
struct SecretPolys {
  SecretPolys() noexcept = default;
  SecretPolys(const SecretPolys&) = delete;
  SecretPolys& operator=(const SecretPolys&) = delete;
  ~SecretPolys() { secure_wipe(at, sizeof at); }
  Poly& operator[](std::size_t i) noexcept { return at[i]; }
  Poly at[kNum] = {};
};

// ---- K-PKE (§5) ------------------------------------------------------------------------------

// One product of a row of the matrix with a vector: to += sum of A[i][j] v[j] / R. The matrix is
// made of its seed as it is needed; `transposed` turns its indices round.
template <std::size_t kK>
bool multiply_row(const std::uint8_t* rho, std::size_t i, bool transposed, const Poly* v,
                  Poly& to) noexcept {
  for (std::size_t j = 0; j < kK; ++j) {
    Poly entry;
    const auto row = static_cast<std::uint8_t>(i), column = static_cast<std::uint8_t>(j);
    if (!sample_uniform(rho, transposed ? row : column, transposed ? column : row, entry))
      return false;
    multiply_and_add(to, entry, v[j]);
  }
  return true;
}

// Algorithm 13, from the two halves of G(d || k).
template <std::size_t kK>
bool generate_pke(Bytes rho, Bytes sigma, Poly* s, std::uint8_t* public_key) noexcept {
  for (std::size_t i = 0; i < kK; ++i) {
    sample_small(sigma, static_cast<std::uint8_t>(i), s[i]);
    ntt(s[i]);
  }
  for (std::size_t i = 0; i < kK; ++i) {
    SecretPolys<2> parts;
    Poly &t = parts[0], &e = parts[1];
    if (!multiply_row<kK>(rho.data(), i, false, s, t)) return false;
    for (std::int16_t& a : t.at) a = mul(a, kR2);
    sample_small(sigma, static_cast<std::uint8_t>(kK + i), e);
    ntt(e);
    add(t, e);
    centre(t);
    encode(t, public_key + kPolyLen * i);
  }
  copy_bytes(public_key + kPolyLen * kK, rho);
  return true;
}

// Algorithm 14. False when the key is none; what was written then is void.
template <std::size_t kK, unsigned kDu, unsigned kDv>
bool encrypt(const std::uint8_t* public_key, const std::uint8_t* message, Bytes coins,
             std::uint8_t* out) noexcept {
  const std::uint8_t* const rho = public_key + kPolyLen * kK;
  SecretPolys<kK> y;
  for (std::size_t i = 0; i < kK; ++i) {
    sample_small(coins, static_cast<std::uint8_t>(i), y[i]);
    ntt(y[i]);
  }
  SecretPolys<3> parts;
  Poly &u = parts[0], &v = parts[1], &e = parts[2];
  for (std::size_t i = 0; i < kK; ++i) {
    u = {};
    if (!multiply_row<kK>(rho, i, true, y.at, u)) return false;
    inverse_ntt(u);
    sample_small(coins, static_cast<std::uint8_t>(kK + i), e);
    add(u, e);
    centre(u);
    compress(kDu, u, out + compressed_len(kDu) * i);
  }
  bool sound = true;
  for (std::size_t i = 0; i < kK; ++i) {
    Poly t;
    sound = decode(public_key + kPolyLen * i, t) && sound;
    multiply_and_add(v, t, y[i]);
  }
  inverse_ntt(v);
  sample_small(coins, static_cast<std::uint8_t>(2 * kK), e);
  add(v, e);
  add_message(v, message);
  centre(v);
  compress(kDv, v, out + compressed_len(kDu) * kK);
  return sound;
}

// Algorithm 15.
template <std::size_t kK, unsigned kDu, unsigned kDv>
void decrypt(const Poly* s, const std::uint8_t* in, std::uint8_t* message) noexcept {
  SecretPolys<2> parts;
  Poly &w = parts[0], &u = parts[1];
  for (std::size_t i = 0; i < kK; ++i) {
    decompress(kDu, in + compressed_len(kDu) * i, u);
    ntt(u);
    multiply_and_add(w, s[i], u);
  }
  inverse_ntt(w);
  Poly v;
  decompress(kDv, in + compressed_len(kDu) * kK, v);
  for (std::size_t i = 0; i < kN; ++i) w.at[i] = static_cast<std::int16_t>(v.at[i] - w.at[i]);
  centre(w);
  compress(1, w, message);
}

}  // namespace

// ---- ML-KEM (§6, §7) -------------------------------------------------------------------------

template <std::size_t kK, unsigned kDu, unsigned kDv>
bool MlKem<kK, kDu, kDv>::generate(PrivateKey& key, const Rng& rng) noexcept {
  Secret<2 * kSeedLen> d_and_z, rho_and_sigma;
  if (!fill_random(rng, d_and_z.write())) return false;
  const MutBytes d = d_and_z.write().first(kSeedLen);
  const auto rank = static_cast<std::uint8_t>(kK);
  Keccak(Keccak::kSha3_512).absorb(d).absorb({&rank, 1}).squeeze(rho_and_sigma.write());
  const MutBytes rho = rho_and_sigma.write().first(kSeedLen);
  const MutBytes sigma = rho_and_sigma.write().last(kSeedLen);
  if (!generate_pke<kK>(rho, sigma, key.s, key.public_key)) return false;
  Keccak(Keccak::kSha3_256).absorb(key.public_key).squeeze(key.public_hash);
  copy_bytes(key.z, d_and_z.write().last(kSeedLen));
  return true;
}

template <std::size_t kK, unsigned kDu, unsigned kDv>
bool MlKem<kK, kDu, kDv>::encapsulate(const Rng& rng, Bytes public_key, std::uint8_t* ciphertext,
                                      std::uint8_t* secret) noexcept {
  Secret<32> message;
  Secret<64> secret_and_coins;
  std::uint8_t public_hash[32];
  if (public_key.size() != kPublicLen || !fill_random(rng, message.write())) return false;
  Keccak(Keccak::kSha3_256).absorb(public_key).squeeze(public_hash);
  Keccak(Keccak::kSha3_512)
      .absorb(message.write())
      .absorb(public_hash)
      .squeeze(secret_and_coins.write());
  if (!encrypt<kK, kDu, kDv>(public_key.data(), message.write().data(),
                             secret_and_coins.write().last(32), ciphertext))
    return false;
  copy_bytes(secret, secret_and_coins.write().first(kSecretLen));
  return true;
}

template <std::size_t kK, unsigned kDu, unsigned kDv>
bool MlKem<kK, kDu, kDv>::decapsulate(const PrivateKey& key, Bytes ciphertext,
                                      std::uint8_t* secret) noexcept {
  if (ciphertext.size() != kCipherLen) return false;
  Secret<32> message, rejection;
  Secret<64> secret_and_coins;
  Secret<kCipherLen> again;
  decrypt<kK, kDu, kDv>(key.s, ciphertext.data(), message.write().data());
  Keccak(Keccak::kSha3_512)
      .absorb(message.write())
      .absorb(key.public_hash)
      .squeeze(secret_and_coins.write());
  Keccak(Keccak::kShake256).absorb(key.z).absorb(ciphertext).squeeze(rejection.write());
  const MutBytes coins = secret_and_coins.write().last(32);
  if (!encrypt<kK, kDu, kDv>(key.public_key, message.write().data(), coins, again.write().data()))
    return false;  // cannot be: the key is our own
  std::uint32_t differs = 0;
  for (std::size_t i = 0; i < kCipherLen; ++i)
    differs |= std::uint32_t{again.write()[i]} ^ ciphertext[i];
  // All ones when the ciphertexts differ, without a branch on whether they do.
  const auto mask = static_cast<std::uint8_t>(0u - hidden((0u - differs) >> 31));
  for (std::size_t i = 0; i < kSecretLen; ++i) {
    const std::uint8_t right = secret_and_coins.write()[i], wrong = rejection.write()[i];
    secret[i] = static_cast<std::uint8_t>(right ^ (mask & (right ^ wrong)));
  }
  return true;
}

template struct MlKem<3, 10, 4>;
template struct MlKem<4, 11, 5>;

}  // namespace sshauth::mlkem
