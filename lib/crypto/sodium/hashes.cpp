// sha256 and sha512 (FIPS 180-4).
#include "lib/crypto/sodium/rows.hpp"

namespace sshauth::sodium {
namespace {

template <class State, auto kInit, auto kUpdate, auto kFinal>
struct Sha {
  static int init(void* ctx) noexcept { return ready() && kInit(&state_in<State>(ctx)) == 0; }
  static int update(void* ctx, const std::uint8_t* in, std::size_t in_len) noexcept {
    return kUpdate(&state_in<State>(ctx), in, in_len) == 0;
  }
  static int finish(void* ctx, std::uint8_t* hash) noexcept {
    return kFinal(&state_in<State>(ctx), hash) == 0;
  }
  static void wipe(void* ctx) noexcept { secure_wipe(ctx, sizeof(State)); }

  static constexpr HashAlg row(const char* name, std::size_t hash_len) noexcept {
    return {name, hash_len, sizeof(State), init, update, finish, wipe};
  }
};

using Sha256 = Sha<crypto_hash_sha256_state, crypto_hash_sha256_init, crypto_hash_sha256_update,
                   crypto_hash_sha256_final>;
using Sha512 = Sha<crypto_hash_sha512_state, crypto_hash_sha512_init, crypto_hash_sha512_update,
                   crypto_hash_sha512_final>;

}  // namespace

constinit const HashAlg sha256 = Sha256::row("sha256", crypto_hash_sha256_BYTES);
constinit const HashAlg sha512 = Sha512::row("sha512", crypto_hash_sha512_BYTES);

}  // namespace sshauth::sodium
