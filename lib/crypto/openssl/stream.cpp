#include "lib/crypto/openssl/stream.hpp"

namespace sshauth::openssl {

// The key's length is told before the key, as RC4 takes keys of any.
bool start_stream(StreamState& s, const StreamSpec& spec, bool encrypt, const std::uint8_t* key,
                  const std::uint8_t* iv) noexcept {
  const ErrorMark mark;
  const Cipher type = fetch_cipher(spec.cipher, spec.source);
  s.evp = EVP_CIPHER_CTX_new();
  const int way = encrypt ? 1 : 0;
  return s.evp != nullptr && type &&
         EVP_CipherInit_ex2(s.evp, type.get(), nullptr, nullptr, way, nullptr) == 1 &&
         EVP_CIPHER_CTX_set_key_length(s.evp, static_cast<int>(spec.key_len)) == 1 &&
         EVP_CipherInit_ex2(s.evp, nullptr, key, iv, way, nullptr) == 1 &&
         EVP_CIPHER_CTX_set_padding(s.evp, 0) == 1;
}

bool run_stream(StreamState& s, std::uint8_t* data, std::size_t len) noexcept {
  int written = 0;
  return fits_int(len) &&
         EVP_CipherUpdate(s.evp, data, &written, data, static_cast<int>(len)) == 1 &&
         static_cast<std::size_t>(written) == len;
}

int crypt_stream(void* ctx, std::uint8_t* data, std::size_t len) noexcept {
  return run_stream(state_in<StreamState>(ctx), data, len);
}

void wipe_stream(void* ctx) noexcept {
  StreamState& s = state_in<StreamState>(ctx);
  EVP_CIPHER_CTX_free(s.evp);
  s.evp = nullptr;
}

}  // namespace sshauth::openssl
