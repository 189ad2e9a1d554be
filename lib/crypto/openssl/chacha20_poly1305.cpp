// chacha20-poly1305@openssh.com (OpenSSH PROTOCOL.chacha20poly1305), over EVP's ChaCha20 and
// Poly1305.
//
// Of the 64 key octets the first 32 are K_2, which enciphers the packet, and the last 32 K_1, which
// enciphers packet_length. The nonce of both is the sequence number. Block 0 of K_2's stream gives
// the Poly1305 key, the packet's own stream starts at block 1.
#include "lib/base/secret.hpp"
#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"

namespace sshauth::openssl {
namespace {

constexpr std::size_t kKeyLen = 32;
constexpr std::size_t kTagLen = 16;
constexpr std::size_t kBlockLen = 64;
constexpr std::size_t kHeadLen = 4;

struct State {
  EVP_CIPHER_CTX* head;
  EVP_CIPHER_CTX* body;
  EVP_MAC_CTX* poly;
};

EVP_CIPHER_CTX* stream(const std::uint8_t* key) noexcept {
  EVP_CIPHER_CTX* const evp = EVP_CIPHER_CTX_new();
  if (evp != nullptr && EVP_EncryptInit_ex(evp, EVP_chacha20(), nullptr, key, nullptr) == 1)
    return evp;
  EVP_CIPHER_CTX_free(evp);
  return nullptr;
}

int init(void* ctx, int /*encrypt*/, const std::uint8_t* key, const std::uint8_t* /*iv*/) noexcept {
  const ErrorMark mark;
  State& s = state_in<State>(ctx);
  s.body = stream(key);
  s.head = stream(key + kKeyLen);
  s.poly = new_mac_ctx("POLY1305");
  return s.body != nullptr && s.head != nullptr && s.poly != nullptr;
}

// EVP's ChaCha20 takes 16 octets: the block counter (little-endian, zero here), then the nonce.
bool rewind(EVP_CIPHER_CTX* evp, std::uint32_t seq) noexcept {
  std::uint8_t iv[16] = {};
  store_u32(iv + 12, seq);
  return EVP_EncryptInit_ex(evp, nullptr, nullptr, nullptr, iv) == 1;
}

bool add_stream(EVP_CIPHER_CTX* evp, std::uint8_t* out, const std::uint8_t* in,
                std::size_t len) noexcept {
  int written = 0;
  return fits_int(len) && EVP_EncryptUpdate(evp, out, &written, in, static_cast<int>(len)) == 1 &&
         static_cast<std::size_t>(written) == len;
}

// Takes block 0 for the Poly1305 key and leaves the body's stream at block 1.
bool begin(State& s, std::uint32_t seq) noexcept {
  Secret<kBlockLen> block;
  std::uint8_t* const key = block.write().data();
  return rewind(s.body, seq) && add_stream(s.body, key, key, kBlockLen) &&
         EVP_MAC_init(s.poly, key, kKeyLen, nullptr) == 1;
}

bool authenticate(State& s, const std::uint8_t* packet, std::size_t packet_len,
                  std::uint8_t* tag) noexcept {
  std::size_t tag_len = 0;
  return EVP_MAC_update(s.poly, packet, packet_len) == 1 &&
         EVP_MAC_final(s.poly, tag, &tag_len, kTagLen) == 1 && tag_len == kTagLen;
}

int read_length(void* ctx, std::uint32_t seq, const std::uint8_t* head,
                std::uint8_t* length) noexcept {
  State& s = state_in<State>(ctx);
  return rewind(s.head, seq) && add_stream(s.head, length, head, kHeadLen);
}

int seal(void* ctx, std::uint32_t seq, std::uint8_t* packet, std::size_t packet_len,
         std::uint8_t* tag) noexcept {
  State& s = state_in<State>(ctx);
  std::uint8_t* const body = packet + kHeadLen;
  return packet_len >= kHeadLen && read_length(ctx, seq, packet, packet) == 1 && begin(s, seq) &&
         add_stream(s.body, body, body, packet_len - kHeadLen) &&
         authenticate(s, packet, packet_len, tag);
}

int open(void* ctx, std::uint32_t seq, std::uint8_t* packet, std::size_t packet_len,
         const std::uint8_t* tag) noexcept {
  State& s = state_in<State>(ctx);
  std::uint8_t expected[kTagLen];
  std::uint8_t* const body = packet + kHeadLen;
  return packet_len >= kHeadLen && begin(s, seq) && authenticate(s, packet, packet_len, expected) &&
         ct_equal(expected, Bytes(tag, kTagLen)) &&
         add_stream(s.body, body, body, packet_len - kHeadLen);
}

void wipe(void* ctx) noexcept {
  State& s = state_in<State>(ctx);
  EVP_CIPHER_CTX_free(s.head);
  EVP_CIPHER_CTX_free(s.body);
  EVP_MAC_CTX_free(s.poly);
  s = {};
}

}  // namespace

constinit const CipherAlg chacha20_poly1305 = {"chacha20-poly1305@openssh.com",
                                               IPWORKSAUTH_CIPHER_CHACHAPOLY,
                                               0,
                                               2 * kKeyLen,
                                               0,
                                               8,
                                               kTagLen,
                                               sizeof(State),
                                               init,
                                               nullptr,
                                               read_length,
                                               seal,
                                               open,
                                               wipe};

}  // namespace sshauth::openssl
