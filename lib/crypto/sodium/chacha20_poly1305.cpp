// chacha20-poly1305@openssh.com (OpenSSH PROTOCOL.chacha20poly1305): the original ChaCha20 with its
// 8-octet nonce, and Poly1305.
//
// Of the 64 key octets the first 32 are K_2, which enciphers the packet, and the last 32 K_1, which
// enciphers packet_length. The nonce of both is the sequence number. Block 0 of K_2's stream gives
// the Poly1305 key, the packet's own stream starts at block 1.
#include "lib/base/secret.hpp"
#include "lib/crypto/sodium/rows.hpp"

namespace sshauth::sodium {
namespace {

constexpr std::size_t kKeyLen = crypto_stream_chacha20_KEYBYTES;
constexpr std::size_t kTagLen = crypto_onetimeauth_poly1305_BYTES;
constexpr std::size_t kHeadLen = 4;

struct State {
  std::uint8_t body_key[kKeyLen];
  std::uint8_t head_key[kKeyLen];
};

struct Nonce {
  explicit Nonce(std::uint32_t seq) noexcept { store_u32(octets + 4, seq); }
  std::uint8_t octets[crypto_stream_chacha20_NONCEBYTES] = {};
};

int init(void* ctx, int /*encrypt*/, const std::uint8_t* key, const std::uint8_t* /*iv*/) noexcept {
  std::memcpy(ctx, key, sizeof(State));
  return ready();
}

int read_length(void* ctx, std::uint32_t seq, const std::uint8_t* head,
                std::uint8_t* length) noexcept {
  return crypto_stream_chacha20_xor(length, head, kHeadLen, Nonce(seq).octets,
                                    state_in<State>(ctx).head_key) == 0;
}

bool crypt_body(const State& s, std::uint32_t seq, std::uint8_t* packet,
                std::size_t packet_len) noexcept {
  std::uint8_t* const body = packet + kHeadLen;
  return crypto_stream_chacha20_xor_ic(body, body, packet_len - kHeadLen, Nonce(seq).octets, 1,
                                       s.body_key) == 0;
}

bool authenticate(const State& s, std::uint32_t seq, const std::uint8_t* packet,
                  std::size_t packet_len, std::uint8_t* tag) noexcept {
  Secret<crypto_onetimeauth_poly1305_KEYBYTES> key;
  return crypto_stream_chacha20(key.write().data(), key.write().size(), Nonce(seq).octets,
                                s.body_key) == 0 &&
         crypto_onetimeauth_poly1305(tag, packet, packet_len, key.write().data()) == 0;
}

int seal(void* ctx, std::uint32_t seq, std::uint8_t* packet, std::size_t packet_len,
         std::uint8_t* tag) noexcept {
  const State& s = state_in<State>(ctx);
  return packet_len >= kHeadLen && read_length(ctx, seq, packet, packet) == 1 &&
         crypt_body(s, seq, packet, packet_len) && authenticate(s, seq, packet, packet_len, tag);
}

int open(void* ctx, std::uint32_t seq, std::uint8_t* packet, std::size_t packet_len,
         const std::uint8_t* tag) noexcept {
  const State& s = state_in<State>(ctx);
  std::uint8_t expected[kTagLen];
  return packet_len >= kHeadLen && authenticate(s, seq, packet, packet_len, expected) &&
         ct_equal(expected, Bytes(tag, kTagLen)) && crypt_body(s, seq, packet, packet_len);
}

void wipe(void* ctx) noexcept { secure_wipe(ctx, sizeof(State)); }

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

}  // namespace sshauth::sodium
