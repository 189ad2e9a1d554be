// modp14 and modp16: finite-field Diffie-Hellman in the groups 14 and 16 of RFC 3526.
//
// The exponent's length follows the group's strength (libcrypto picks it for named groups; RFC
// 4253 §8 asks only for 1 < x < q). RFC 8268 §4, RFC 4253 §8: a peer's value outside
// 1 < value < p-1 is refused; the groups' primes are safe ones, so no small subgroup is left.
#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"

namespace sshauth::openssl {
namespace {

struct Group {
  const char* name;
  BIGNUM* (*prime)(BIGNUM*);
  std::size_t len;
};

constexpr Group kGroup14 = {"modp_2048", BN_get_rfc3526_prime_2048, 256};
constexpr Group kGroup16 = {"modp_4096", BN_get_rfc3526_prime_4096, 512};

struct State {
  EVP_PKEY* own;
};

bool in_range(const Group& group, const BIGNUM* value) noexcept {
  const BigNum limit(group.prime(nullptr));
  return limit && BN_sub_word(limit.get(), 1) == 1 && BN_is_negative(value) == 0 &&
         BN_cmp(value, BN_value_one()) > 0 && BN_cmp(value, limit.get()) < 0;
}

bool write_public(const Group& group, const EVP_PKEY* own, std::uint8_t* value,
                  std::size_t* value_len) noexcept {
  BigNum number;
  if (EVP_PKEY_get_bn_param(own, OSSL_PKEY_PARAM_PUB_KEY, number.slot()) != 1 ||
      !in_range(group, number.get()) || BN_num_bytes(number.get()) > static_cast<int>(group.len))
    return false;
  *value_len = static_cast<std::size_t>(BN_bn2bin(number.get(), value));
  return true;
}

Pkey generate(const Group& group, std::uint8_t* value, std::size_t* value_len) noexcept {
  PkeyCtx ctx(EVP_PKEY_CTX_new_from_name(library(), "DH", nullptr));
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                                                const_cast<char*>(group.name), 0),
                               OSSL_PARAM_construct_end()};
  Pkey own;
  if (!ctx || EVP_PKEY_keygen_init(ctx.get()) != 1 ||
      EVP_PKEY_CTX_set_params(ctx.get(), params) != 1 ||
      EVP_PKEY_generate(ctx.get(), own.slot()) != 1 ||
      !write_public(group, own.get(), value, value_len))
    return Pkey();
  return own;
}

Pkey peer_key(const Group& group, Bytes peer) noexcept {
  while (!peer.empty() && peer[0] == 0) peer = peer.subspan(1);
  if (peer.empty() || peer.size() > group.len) return Pkey();
  const BigNum value = big_num(peer);
  const ParamBuilder parts(OSSL_PARAM_BLD_new());
  if (!value || !parts || !in_range(group, value.get()) ||
      OSSL_PARAM_BLD_push_utf8_string(parts.get(), OSSL_PKEY_PARAM_GROUP_NAME, group.name, 0) !=
          1 ||
      OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_PUB_KEY, value.get()) != 1)
    return Pkey();
  return key_from("DH", EVP_PKEY_PUBLIC_KEY, parts);
}

// libcrypto strips zeros in front unless told to pad; the caller takes either.
bool agree(const Group& group, EVP_PKEY* own, Bytes peer_value, std::uint8_t* secret,
           std::size_t* secret_len) noexcept {
  if (own == nullptr) return false;
  const Pkey peer = peer_key(group, peer_value);
  std::size_t len = group.len;
  if (!peer || !derive_with(own, peer.get(), secret, &len) || len == 0 || len > group.len)
    return false;
  *secret_len = len;
  return true;
}

template <const Group& kGroup>
int init(void* ctx, const Rng* /*rng*/, std::uint8_t* value, std::size_t* value_len) noexcept {
  const ErrorMark mark;
  State& s = state_in<State>(ctx);
  s.own = generate(kGroup, value, value_len).release();
  return s.own != nullptr;
}

template <const Group& kGroup>
int respond(void* /*ctx*/, const Rng* /*rng*/, const std::uint8_t* peer, std::size_t peer_len,
            std::uint8_t* value, std::size_t* value_len, std::uint8_t* secret,
            std::size_t* secret_len) noexcept {
  const ErrorMark mark;
  const Pkey own = generate(kGroup, value, value_len);
  return agree(kGroup, own.get(), Bytes(peer, peer_len), secret, secret_len);
}

template <const Group& kGroup>
int finish(void* ctx, const std::uint8_t* peer, std::size_t peer_len, std::uint8_t* secret,
           std::size_t* secret_len) noexcept {
  const ErrorMark mark;
  return agree(kGroup, state_in<State>(ctx).own, Bytes(peer, peer_len), secret, secret_len);
}

void wipe(void* ctx) noexcept {
  State& s = state_in<State>(ctx);
  EVP_PKEY_free(s.own);
  s.own = nullptr;
}

template <const Group& kGroup>
constexpr AgreementAlg row(const char* name) noexcept {
  return {name,         kGroup.len,      kGroup.len,     kGroup.len, sizeof(State),
          init<kGroup>, respond<kGroup>, finish<kGroup>, wipe};
}

}  // namespace

constinit const AgreementAlg modp14 = row<kGroup14>("modp14");
constinit const AgreementAlg modp16 = row<kGroup16>("modp16");

}  // namespace sshauth::openssl
