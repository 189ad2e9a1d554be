// x25519, RFC 7748 §6.1 as RFC 8731 uses it. The private octets come from the engine's rng.
#include "lib/base/secret.hpp"
#include "lib/crypto/sodium/rows.hpp"

namespace sshauth::sodium {
namespace {

constexpr std::size_t kLen = crypto_scalarmult_curve25519_BYTES;

struct State {
  std::uint8_t scalar[kLen];
};

bool generate(const Rng& rng, MutBytes scalar, std::uint8_t* value,
              std::size_t* value_len) noexcept {
  if (!ready() || !fill_random(rng, scalar) ||
      crypto_scalarmult_curve25519_base(value, scalar.data()) != 0)
    return false;
  *value_len = kLen;
  return true;
}

// RFC 8731 §3: a value of any other length is refused, and so is an all-zero result, which is
// what values of low order give.
bool agree(Bytes scalar, Bytes peer, std::uint8_t* secret, std::size_t* secret_len) noexcept {
  if (peer.size() != kLen ||
      crypto_scalarmult_curve25519(secret, scalar.data(), peer.data()) != 0 ||
      ct_is_zero(Bytes(secret, kLen)))
    return false;
  *secret_len = kLen;
  return true;
}

int init(void* ctx, const Rng* rng, std::uint8_t* value, std::size_t* value_len) noexcept {
  return generate(*rng, state_in<State>(ctx).scalar, value, value_len);
}

int respond(void* /*ctx*/, const Rng* rng, const std::uint8_t* peer, std::size_t peer_len,
            std::uint8_t* value, std::size_t* value_len, std::uint8_t* secret,
            std::size_t* secret_len) noexcept {
  Secret<kLen> scalar;
  return generate(*rng, scalar.write(), value, value_len) &&
         agree(scalar.write(), Bytes(peer, peer_len), secret, secret_len);
}

int finish(void* ctx, const std::uint8_t* peer, std::size_t peer_len, std::uint8_t* secret,
           std::size_t* secret_len) noexcept {
  return agree(state_in<State>(ctx).scalar, Bytes(peer, peer_len), secret, secret_len);
}

void wipe(void* ctx) noexcept { secure_wipe(ctx, sizeof(State)); }

}  // namespace

constinit const AgreementAlg x25519 = {"x25519", kLen,    kLen,   kLen, sizeof(State),
                                       init,     respond, finish, wipe};

}  // namespace sshauth::sodium
