// hmac-sha2-256, hmac-sha2-512 (RFC 6668) and their -etm forms (OpenSSH PROTOCOL 1.5). The keyed
// state stays in the context; each packet works on a copy of it, which is beside it.
#include "lib/crypto/sodium/rows.hpp"

namespace sshauth::sodium {
namespace {

template <class State, std::size_t kLen, auto kInit, auto kUpdate, auto kFinal>
struct Hmac {
  struct Both {
    State keyed, packet;
  };
  static int init(void* ctx, const std::uint8_t* key) noexcept {
    return ready() && kInit(&state_in<Both>(ctx).keyed, key, kLen) == 0;
  }
  // RFC 4253 §6.4: mac = MAC(key, sequence_number || packet).
  static int begin(void* ctx, std::uint32_t seq) noexcept {
    Both& both = state_in<Both>(ctx);
    both.packet = both.keyed;
    std::uint8_t number[4];
    store_u32(number, seq);
    return kUpdate(&both.packet, number, sizeof number) == 0;
  }
  static int update(void* ctx, const std::uint8_t* data, std::size_t data_len) noexcept {
    return kUpdate(&state_in<Both>(ctx).packet, data, data_len) == 0;
  }
  static int finish(void* ctx, std::uint8_t* tag) noexcept {
    State& packet = state_in<Both>(ctx).packet;
    const bool done = kFinal(&packet, tag) == 0;
    secure_wipe(&packet, sizeof packet);
    return done;
  }
  static int compute(void* ctx, std::uint32_t seq, const std::uint8_t* data, std::size_t data_len,
                     std::uint8_t* tag) noexcept {
    return begin(ctx, seq) == 1 && update(ctx, data, data_len) == 1 && finish(ctx, tag) == 1;
  }
  static void wipe(void* ctx) noexcept { secure_wipe(ctx, sizeof(Both)); }

  static constexpr MacAlg row(const char* name, std::uint32_t etm) noexcept {
    return {name, etm, 0, kLen, kLen, sizeof(Both), init, compute, wipe, begin, update, finish};
  }
};

using Hmac256 =
    Hmac<crypto_auth_hmacsha256_state, crypto_auth_hmacsha256_BYTES, crypto_auth_hmacsha256_init,
         crypto_auth_hmacsha256_update, crypto_auth_hmacsha256_final>;
using Hmac512 =
    Hmac<crypto_auth_hmacsha512_state, crypto_auth_hmacsha512_BYTES, crypto_auth_hmacsha512_init,
         crypto_auth_hmacsha512_update, crypto_auth_hmacsha512_final>;

}  // namespace

constinit const MacAlg hmac_sha2_256 = Hmac256::row("hmac-sha2-256", 0);
constinit const MacAlg hmac_sha2_512 = Hmac512::row("hmac-sha2-512", 0);
constinit const MacAlg hmac_sha2_256_etm = Hmac256::row("hmac-sha2-256-etm@openssh.com", 1);
constinit const MacAlg hmac_sha2_512_etm = Hmac512::row("hmac-sha2-512-etm@openssh.com", 1);

}  // namespace sshauth::sodium
