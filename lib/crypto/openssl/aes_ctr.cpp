// aes*-ctr, RFC 4344 §4: the counter is the IV as a big-endian number and never restarts under
// one key, so the whole direction is one stream.
#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"

namespace sshauth::openssl {
namespace {

struct State {
  EVP_CIPHER_CTX* evp;
};

// Both directions add the same key stream.
template <auto kType>
int init(void* ctx, int /*encrypt*/, const std::uint8_t* key, const std::uint8_t* iv) noexcept {
  const ErrorMark mark;
  State& s = state_in<State>(ctx);
  s.evp = EVP_CIPHER_CTX_new();
  return s.evp != nullptr && EVP_EncryptInit_ex(s.evp, kType(), nullptr, key, iv) == 1;
}

int crypt(void* ctx, std::uint8_t* data, std::size_t len) noexcept {
  int written = 0;
  return fits_int(len) &&
         EVP_EncryptUpdate(state_in<State>(ctx).evp, data, &written, data, static_cast<int>(len)) ==
             1 &&
         static_cast<std::size_t>(written) == len;
}

void wipe(void* ctx) noexcept {
  State& s = state_in<State>(ctx);
  EVP_CIPHER_CTX_free(s.evp);
  s.evp = nullptr;
}

template <auto kType>
constexpr CipherAlg row(const char* name, std::size_t key_len) noexcept {
  return {name,
          IPWORKSAUTH_CIPHER_STREAM,
          key_len,
          16,
          16,
          0,
          sizeof(State),
          init<kType>,
          crypt,
          nullptr,
          nullptr,
          nullptr,
          wipe};
}

}  // namespace

constinit const CipherAlg aes256_ctr = row<EVP_aes_256_ctr>("aes256-ctr", 32);
constinit const CipherAlg aes192_ctr = row<EVP_aes_192_ctr>("aes192-ctr", 24);
constinit const CipherAlg aes128_ctr = row<EVP_aes_128_ctr>("aes128-ctr", 16);

}  // namespace sshauth::openssl
