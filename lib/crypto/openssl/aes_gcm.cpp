// aes*-gcm@openssh.com: RFC 5647 §7 with OpenSSH's negotiation (PROTOCOL 1.6).
//
// RFC 5647 §7.1: the 12-octet nonce is 4 fixed octets and an invocation counter of 8, which starts
// at the derived IV and goes up by one with every packet. §7.2: packet_length is the AAD.
// libcrypto deciphers and authenticates in one pass; where the tag is wrong, what it deciphered is
// overwritten before anybody can read it.
#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"

namespace sshauth::openssl {
namespace {

constexpr std::size_t kNonceLen = 12;
constexpr std::size_t kFixedLen = 4;
constexpr int kTagLen = 16;
constexpr int kAadLen = 4;

struct State {
  EVP_CIPHER_CTX* evp;
  std::uint8_t nonce[kNonceLen];
};

template <const char* kName>
int init(void* ctx, int encrypt, const std::uint8_t* key, const std::uint8_t* iv) noexcept {
  const ErrorMark mark;
  State& s = state_in<State>(ctx);
  std::memcpy(s.nonce, iv, kNonceLen);
  const Cipher type = fetch_cipher(kName);
  s.evp = EVP_CIPHER_CTX_new();
  return s.evp != nullptr && type &&
         EVP_CipherInit_ex2(s.evp, type.get(), key, nullptr, encrypt != 0 ? 1 : 0, nullptr) == 1;
}

void count_up(std::uint8_t* nonce) noexcept {
  for (std::size_t i = kNonceLen; i > kFixedLen; --i)
    if (++nonce[i - 1] != 0) return;
}

// The AAD and the body, in place; the tag is the caller's.
bool run(State& s, std::uint8_t* packet, std::size_t packet_len) noexcept {
  if (packet_len < kAadLen || !fits_int(packet_len)) return false;
  const int body_len = static_cast<int>(packet_len) - kAadLen;
  std::uint8_t* const body = packet + kAadLen;
  int written = 0;
  return EVP_CipherInit_ex(s.evp, nullptr, nullptr, nullptr, s.nonce, -1) == 1 &&
         EVP_CipherUpdate(s.evp, nullptr, &written, packet, kAadLen) == 1 &&
         EVP_CipherUpdate(s.evp, body, &written, body, body_len) == 1 && written == body_len;
}

int seal(void* ctx, std::uint32_t /*seq*/, std::uint8_t* packet, std::size_t packet_len,
         std::uint8_t* tag) noexcept {
  State& s = state_in<State>(ctx);
  int written = 0;
  std::uint8_t none[kTagLen];
  if (!run(s, packet, packet_len) || EVP_CipherFinal_ex(s.evp, none, &written) != 1 ||
      EVP_CIPHER_CTX_ctrl(s.evp, EVP_CTRL_AEAD_GET_TAG, kTagLen, tag) != 1)
    return 0;
  count_up(s.nonce);
  return 1;
}

int open(void* ctx, std::uint32_t /*seq*/, std::uint8_t* packet, std::size_t packet_len,
         const std::uint8_t* tag) noexcept {
  State& s = state_in<State>(ctx);
  std::uint8_t expected[kTagLen];
  std::memcpy(expected, tag, kTagLen);
  int written = 0;
  std::uint8_t none[kTagLen];
  if (run(s, packet, packet_len) &&
      EVP_CIPHER_CTX_ctrl(s.evp, EVP_CTRL_AEAD_SET_TAG, kTagLen, expected) == 1 &&
      EVP_CipherFinal_ex(s.evp, none, &written) == 1) {
    count_up(s.nonce);
    return 1;
  }
  secure_wipe(packet, packet_len);
  return 0;
}

void wipe(void* ctx) noexcept {
  State& s = state_in<State>(ctx);
  EVP_CIPHER_CTX_free(s.evp);
  secure_wipe(&s, sizeof s);
}

template <const char* kName>
constexpr CipherAlg row(const char* name, std::size_t key_len) noexcept {
  return {name,        IPWORKSAUTH_CIPHER_GCM,
          0,           key_len,
          kNonceLen,   16,
          kTagLen,     sizeof(State),
          init<kName>, nullptr,
          nullptr,     seal,
          open,        wipe};
}

constexpr char kAes256[] = "AES-256-GCM";
constexpr char kAes128[] = "AES-128-GCM";

}  // namespace

constinit const CipherAlg aes256_gcm = row<kAes256>("aes256-gcm@openssh.com", 32);
constinit const CipherAlg aes128_gcm = row<kAes128>("aes128-gcm@openssh.com", 16);

}  // namespace sshauth::openssl
