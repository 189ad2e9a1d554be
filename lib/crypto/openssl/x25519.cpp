// x25519, RFC 7748 §6.1 as RFC 8731 uses it. The private octets come from the engine's rng.
#include "lib/base/secret.hpp"
#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"

namespace sshauth::openssl {
namespace {

constexpr std::size_t kLen = 32;

struct State {
  EVP_PKEY* own;
};

// A fresh key pair; its public value goes to `value`. Null on failure.
Pkey generate(const Rng& rng, std::uint8_t* value, std::size_t* value_len) noexcept {
  Secret<kLen> scalar;
  if (!fill_random(rng, scalar.write())) return Pkey();
  Pkey own(
      EVP_PKEY_new_raw_private_key_ex(library(), "X25519", nullptr, scalar.write().data(), kLen));
  std::size_t len = kLen;
  if (!own || EVP_PKEY_get_raw_public_key(own.get(), value, &len) != 1 || len != kLen)
    return Pkey();
  *value_len = kLen;
  return own;
}

// RFC 8731 §3: a value of any other length is refused, and so is an all-zero result, which is
// what values of low order give.
bool agree(EVP_PKEY* own, Bytes peer_value, std::uint8_t* secret,
           std::size_t* secret_len) noexcept {
  if (own == nullptr || peer_value.size() != kLen) return false;
  Pkey peer(EVP_PKEY_new_raw_public_key_ex(library(), "X25519", nullptr, peer_value.data(), kLen));
  std::size_t len = kLen;
  if (!peer || !derive_with(own, peer.get(), secret, &len) || len != kLen ||
      ct_is_zero(Bytes(secret, kLen)))
    return false;
  *secret_len = kLen;
  return true;
}

int init(void* ctx, const Rng* rng, std::uint8_t* value, std::size_t* value_len) noexcept {
  const ErrorMark mark;
  State& s = state_in<State>(ctx);
  s.own = generate(*rng, value, value_len).release();
  return s.own != nullptr;
}

int respond(void* /*ctx*/, const Rng* rng, const std::uint8_t* peer, std::size_t peer_len,
            std::uint8_t* value, std::size_t* value_len, std::uint8_t* secret,
            std::size_t* secret_len) noexcept {
  const ErrorMark mark;
  const Pkey own = generate(*rng, value, value_len);
  return agree(own.get(), Bytes(peer, peer_len), secret, secret_len);
}

int finish(void* ctx, const std::uint8_t* peer, std::size_t peer_len, std::uint8_t* secret,
           std::size_t* secret_len) noexcept {
  const ErrorMark mark;
  return agree(state_in<State>(ctx).own, Bytes(peer, peer_len), secret, secret_len);
}

void wipe(void* ctx) noexcept {
  State& s = state_in<State>(ctx);
  EVP_PKEY_free(s.own);
  s.own = nullptr;
}

}  // namespace

constinit const AgreementAlg x25519 = {"x25519", kLen,    kLen,   kLen, sizeof(State),
                                       init,     respond, finish, wipe};

}  // namespace sshauth::openssl
