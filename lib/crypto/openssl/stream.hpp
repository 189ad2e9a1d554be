// What the rows share that only encipher, and pair with a MAC: a cipher of libcrypto whose state
// goes on from packet to packet.
#pragma once

#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/rows.hpp"

namespace sshauth::openssl {

struct StreamSpec {
  const char* cipher;  // as libcrypto calls it
  std::size_t key_len;
  Source source = Source::usual;
};

struct StreamState {
  EVP_CIPHER_CTX* evp;
};

// Where it fails, `evp` is null or of no use but to be wiped.
[[nodiscard]] bool start_stream(StreamState& s, const StreamSpec& spec, bool encrypt,
                                const std::uint8_t* key, const std::uint8_t* iv) noexcept;
// In place; whole blocks only.
[[nodiscard]] bool run_stream(StreamState& s, std::uint8_t* data, std::size_t len) noexcept;

// The functions of a row whose context is a StreamState.
template <const StreamSpec& kSpec>
int init_stream(void* ctx, int encrypt, const std::uint8_t* key, const std::uint8_t* iv) noexcept {
  return start_stream(state_in<StreamState>(ctx), kSpec, encrypt != 0, key, iv);
}
int crypt_stream(void* ctx, std::uint8_t* data, std::size_t len) noexcept;
void wipe_stream(void* ctx) noexcept;

}  // namespace sshauth::openssl
