// modp2, modp14, modp16, modp18: finite-field Diffie-Hellman in Oakley group 2 of RFC 2409 and the
// groups 14, 16 and 18 of RFC 3526; modp: in a group that is given (RFC 4419).
//
// The exponent's length follows the group's strength (RFC 3526 §8, RFC 4419 §6.2: twice as many
// bits; RFC 4253 §8 asks only for 1 < x < q). RFC 8268 §4, RFC 4253 §8: a peer's value outside
// 1 < value < p-1 is refused; the groups' primes are safe ones, so no small subgroup is left.
#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"
#include "lib/crypto/openssl/safe_prime.hpp"

namespace sshauth::openssl {
namespace {

// The most that is taken: 8,192 bits, as RFC 4419 §3 has it.
constexpr std::size_t kMostLen = 1024;
// The least that safe_prime can tell about; how few bits are too few is the engine's business.
constexpr int kLeastBits = 17;

// A group by libcrypto's name, which its FIPS module insists on, or by its numbers.
struct Domain {
  const char* name;  // null: p and g say all
  const BIGNUM* p;
  const BIGNUM* g;

  std::size_t len() const noexcept { return static_cast<std::size_t>(BN_num_bytes(p)); }
};

// As libcrypto has it for the groups it knows by name: twice the strength, and some.
int exponent_bits(const BIGNUM* p) noexcept {
  const int bits = BN_num_bits(p);
  return bits <= 3072 ? 275 : bits <= 4096 ? 325 : bits <= 6144 ? 375 : 400;
}

bool push(const ParamBuilder& parts, const Domain& group) noexcept {
  OSSL_PARAM_BLD* const to = parts.get();
  if (group.name != nullptr)
    return OSSL_PARAM_BLD_push_utf8_string(to, OSSL_PKEY_PARAM_GROUP_NAME, group.name, 0) == 1;
  return OSSL_PARAM_BLD_push_BN(to, OSSL_PKEY_PARAM_FFC_P, group.p) == 1 &&
         OSSL_PARAM_BLD_push_BN(to, OSSL_PKEY_PARAM_FFC_G, group.g) == 1;
}

bool in_range(const Domain& group, const BIGNUM* value) noexcept {
  const BigNum limit(BN_dup(group.p));
  return limit && BN_sub_word(limit.get(), 1) == 1 && BN_is_negative(value) == 0 &&
         BN_cmp(value, BN_value_one()) > 0 && BN_cmp(value, limit.get()) < 0;
}

bool write_public(const Domain& group, const EVP_PKEY* own, std::uint8_t* value,
                  std::size_t* value_len) noexcept {
  BigNum number;
  if (EVP_PKEY_get_bn_param(own, OSSL_PKEY_PARAM_PUB_KEY, number.slot()) != 1 ||
      !in_range(group, number.get()))
    return false;
  *value_len = static_cast<std::size_t>(BN_bn2bin(number.get(), value));
  return true;
}

// The length is told to the generation: libcrypto loses one that comes with the group, and would
// make an exponent as long as p. Of a group that it knows by name it knows the length as well.
bool prepare_generation(EVP_PKEY_CTX* ctx, const Domain& group) noexcept {
  int bits = exponent_bits(group.p);
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_int(OSSL_PKEY_PARAM_DH_PRIV_LEN, &bits),
                               OSSL_PARAM_construct_end()};
  return EVP_PKEY_keygen_init(ctx) == 1 &&
         (group.name != nullptr || EVP_PKEY_CTX_set_params(ctx, params) == 1);
}

Pkey generate(const Domain& group, std::uint8_t* value, std::size_t* value_len) noexcept {
  const ParamBuilder parts(OSSL_PARAM_BLD_new());
  if (!parts || !push(parts, group)) return Pkey();
  const Pkey domain = key_from("DH", EVP_PKEY_KEY_PARAMETERS, parts);
  if (!domain) return Pkey();
  const PkeyCtx ctx(EVP_PKEY_CTX_new_from_pkey(library(), domain.get(), nullptr));
  Pkey own;
  if (!ctx || !prepare_generation(ctx.get(), group) ||
      EVP_PKEY_generate(ctx.get(), own.slot()) != 1 ||
      !write_public(group, own.get(), value, value_len))
    return Pkey();
  return own;
}

Pkey peer_key(const Domain& group, Bytes peer) noexcept {
  while (!peer.empty() && peer[0] == 0) peer = peer.subspan(1);
  if (peer.empty() || peer.size() > group.len()) return Pkey();
  const BigNum value = big_num(peer);
  const ParamBuilder parts(OSSL_PARAM_BLD_new());
  if (!value || !parts || !in_range(group, value.get()) || !push(parts, group) ||
      OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_PUB_KEY, value.get()) != 1)
    return Pkey();
  return key_from("DH", EVP_PKEY_PUBLIC_KEY, parts);
}

// libcrypto strips zeros in front unless told to pad; the caller takes either.
bool agree(const Domain& group, EVP_PKEY* own, Bytes peer_value, std::uint8_t* secret,
           std::size_t* secret_len) noexcept {
  if (own == nullptr) return false;
  const Pkey peer = peer_key(group, peer_value);
  std::size_t len = group.len();
  if (!peer || !derive_with(own, peer.get(), secret, &len) || len == 0 || len > group.len())
    return false;
  *secret_len = len;
  return true;
}

// ---- groups of the RFCs ----------------------------------------------------------------------

struct Known {
  const char* name;  // libcrypto's, or null where it has none
  BIGNUM* (*prime)(BIGNUM*);
  std::size_t len;
};

constexpr Known kModp2 = {nullptr, BN_get_rfc2409_prime_1024, 128};
constexpr Known kModp14 = {"modp_2048", BN_get_rfc3526_prime_2048, 256};
constexpr Known kModp15 = {"modp_3072", BN_get_rfc3526_prime_3072, 384};
constexpr Known kModp16 = {"modp_4096", BN_get_rfc3526_prime_4096, 512};
constexpr Known kModp17 = {"modp_6144", BN_get_rfc3526_prime_6144, 768};
constexpr Known kModp18 = {"modp_8192", BN_get_rfc3526_prime_8192, 1024};

// RFC 2409 §6.2, RFC 3526: the generator of all of them.
constexpr std::uint8_t kGenerator = 2;

class KnownDomain {
 public:
  explicit KnownDomain(const Known& group) noexcept
      : p_(group.prime(nullptr)), g_(BN_bin2bn(&kGenerator, 1, nullptr)), name_(group.name) {}
  explicit operator bool() const noexcept { return p_ && g_; }
  Domain get() const noexcept { return {name_, p_.get(), g_.get()}; }

 private:
  BigNum p_, g_;
  const char* name_;
};

struct State {
  EVP_PKEY* own;
};

template <const Known& kGroup>
int init(void* ctx, const Rng* /*rng*/, std::uint8_t* value, std::size_t* value_len) noexcept {
  const ErrorMark mark;
  const KnownDomain group(kGroup);
  State& s = state_in<State>(ctx);
  if (group) s.own = generate(group.get(), value, value_len).release();
  return s.own != nullptr;
}

template <const Known& kGroup>
int respond(void* /*ctx*/, const Rng* /*rng*/, const std::uint8_t* peer, std::size_t peer_len,
            std::uint8_t* value, std::size_t* value_len, std::uint8_t* secret,
            std::size_t* secret_len) noexcept {
  const ErrorMark mark;
  const KnownDomain group(kGroup);
  if (!group) return 0;
  const Pkey own = generate(group.get(), value, value_len);
  return agree(group.get(), own.get(), Bytes(peer, peer_len), secret, secret_len);
}

template <const Known& kGroup>
int finish(void* ctx, const std::uint8_t* peer, std::size_t peer_len, std::uint8_t* secret,
           std::size_t* secret_len) noexcept {
  const ErrorMark mark;
  const KnownDomain group(kGroup);
  return group &&
         agree(group.get(), state_in<State>(ctx).own, Bytes(peer, peer_len), secret, secret_len);
}

void wipe(void* ctx) noexcept {
  State& s = state_in<State>(ctx);
  EVP_PKEY_free(s.own);
  s.own = nullptr;
}

template <const Known& kGroup>
constexpr AgreementAlg row(const char* name) noexcept {
  return {name,         kGroup.len,      kGroup.len,     kGroup.len, sizeof(State),
          init<kGroup>, respond<kGroup>, finish<kGroup>, wipe};
}

// ---- a group that is given -------------------------------------------------------------------

struct GivenState {
  EVP_PKEY* own;
  BIGNUM *p, *g;

  Domain domain() const noexcept { return {nullptr, p, g}; }
};

// The smallest of at least `preferred` bits, else the largest, of those within the limits.
const Known* fitting(std::uint32_t least, std::uint32_t preferred, std::uint32_t most) noexcept {
  const Known* best = nullptr;
  for (const Known* group : {&kModp14, &kModp15, &kModp16, &kModp17, &kModp18}) {
    const std::size_t bits = group->len * 8;
    if (bits < least || bits > most) continue;
    best = group;
    if (bits >= preferred) break;
  }
  return best;
}

int pick(std::uint32_t least, std::uint32_t preferred, std::uint32_t most, std::uint8_t* p,
         std::size_t* p_len, std::uint8_t* g, std::size_t* g_len) noexcept {
  const ErrorMark mark;
  const Known* const group = fitting(least, preferred, most);
  if (group == nullptr || *p_len < group->len || *g_len < 1) return 0;
  const BigNum prime(group->prime(nullptr));
  if (!prime) return 0;
  *p_len = static_cast<std::size_t>(BN_bn2bin(prime.get(), p));
  *g = kGenerator;
  *g_len = 1;
  return 1;
}

int set_group(void* ctx, const std::uint8_t* p, std::size_t p_len, const std::uint8_t* g,
              std::size_t g_len) noexcept {
  const ErrorMark mark;
  GivenState& s = state_in<GivenState>(ctx);
  if (p_len > kMostLen || g_len > kMostLen) return 0;
  BigNum prime = big_num({p, p_len});
  BigNum generator = big_num({g, g_len});
  if (!prime || !generator) return 0;
  if (BN_is_odd(prime.get()) == 0) return IPWORKSAUTH_GROUP_NOT_PRIME;
  if (BN_num_bits(prime.get()) < kLeastBits ||
      !in_range({nullptr, prime.get(), nullptr}, generator.get()))
    return 0;
  switch (safe_prime(prime.get())) {
    case Primality::unknown: return 0;
    case Primality::composite: return IPWORKSAUTH_GROUP_NOT_PRIME;
    case Primality::not_safe: return IPWORKSAUTH_GROUP_NOT_SAFE;
    case Primality::safe: break;
  }
  s.p = prime.release();
  s.g = generator.release();
  return 1;
}

int given_init(void* ctx, const Rng* /*rng*/, std::uint8_t* value,
               std::size_t* value_len) noexcept {
  const ErrorMark mark;
  GivenState& s = state_in<GivenState>(ctx);
  if (s.p != nullptr) s.own = generate(s.domain(), value, value_len).release();
  return s.own != nullptr;
}

int given_respond(void* ctx, const Rng* /*rng*/, const std::uint8_t* peer, std::size_t peer_len,
                  std::uint8_t* value, std::size_t* value_len, std::uint8_t* secret,
                  std::size_t* secret_len) noexcept {
  const ErrorMark mark;
  const GivenState& s = state_in<GivenState>(ctx);
  if (s.p == nullptr) return 0;
  const Pkey own = generate(s.domain(), value, value_len);
  return agree(s.domain(), own.get(), Bytes(peer, peer_len), secret, secret_len);
}

int given_finish(void* ctx, const std::uint8_t* peer, std::size_t peer_len, std::uint8_t* secret,
                 std::size_t* secret_len) noexcept {
  const ErrorMark mark;
  const GivenState& s = state_in<GivenState>(ctx);
  return s.p != nullptr && agree(s.domain(), s.own, Bytes(peer, peer_len), secret, secret_len);
}

void given_wipe(void* ctx) noexcept {
  GivenState& s = state_in<GivenState>(ctx);
  EVP_PKEY_free(s.own);
  BN_free(s.p);
  BN_free(s.g);
  s = {};
}

}  // namespace

constinit const AgreementAlg modp2 = row<kModp2>("modp2");
constinit const AgreementAlg modp14 = row<kModp14>("modp14");
constinit const AgreementAlg modp16 = row<kModp16>("modp16");
constinit const AgreementAlg modp18 = row<kModp18>("modp18");

constinit const GroupAlg modp = {"modp",
                                 pick,
                                 set_group,
                                 {"modp", kMostLen, kMostLen, kMostLen, sizeof(GivenState),
                                  given_init, given_respond, given_finish, given_wipe}};

}  // namespace sshauth::openssl
