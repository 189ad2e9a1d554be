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
template <const char* kName>
int init(void* ctx, int /*encrypt*/, const std::uint8_t* key, const std::uint8_t* iv) noexcept {
  const ErrorMark mark;
  State& s = state_in<State>(ctx);
  const Cipher type = fetch_cipher(kName);
  s.evp = EVP_CIPHER_CTX_new();
  return s.evp != nullptr && type && EVP_EncryptInit_ex2(s.evp, type.get(), key, iv, nullptr) == 1;
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

template <const char* kName>
constexpr CipherAlg row(const char* name, std::size_t key_len) noexcept {
  return {name,        IPWORKSAUTH_CIPHER_STREAM,
          0,           key_len,
          16,          16,
          0,           sizeof(State),
          init<kName>, crypt,
          nullptr,     nullptr,
          nullptr,     wipe};
}

constexpr char kAes256[] = "AES-256-CTR";
constexpr char kAes192[] = "AES-192-CTR";
constexpr char kAes128[] = "AES-128-CTR";

}  // namespace

constinit const CipherAlg aes256_ctr = row<kAes256>("aes256-ctr", 32);
constinit const CipherAlg aes192_ctr = row<kAes192>("aes192-ctr", 24);
constinit const CipherAlg aes128_ctr = row<kAes128>("aes128-ctr", 16);

}  // namespace sshauth::openssl
