// hmac-sha2-256, hmac-sha2-512 (RFC 6668) and their -etm forms (OpenSSH PROTOCOL 1.5), over
// EVP_MAC. The keyed state stays in the context; each packet starts from it.
#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"

namespace sshauth::openssl {
namespace {

struct State {
  EVP_MAC_CTX* mac;
};

int start(void* ctx, const char* digest, const std::uint8_t* key, std::size_t key_len) noexcept {
  const ErrorMark mark;
  State& s = state_in<State>(ctx);
  s.mac = new_mac_ctx("HMAC");
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(digest), 0),
      OSSL_PARAM_construct_end()};
  return s.mac != nullptr && EVP_MAC_init(s.mac, key, key_len, params) == 1;
}

int init_256(void* ctx, const std::uint8_t* key) noexcept { return start(ctx, "SHA256", key, 32); }
int init_512(void* ctx, const std::uint8_t* key) noexcept { return start(ctx, "SHA512", key, 64); }

// RFC 4253 §6.4: mac = MAC(key, sequence_number || packet).
template <std::size_t kTagLen>
int compute(void* ctx, std::uint32_t seq, const std::uint8_t* data, std::size_t data_len,
            std::uint8_t* tag) noexcept {
  EVP_MAC_CTX* const mac = state_in<State>(ctx).mac;
  std::uint8_t number[4];
  store_u32(number, seq);
  std::size_t tag_len = 0;
  return EVP_MAC_init(mac, nullptr, 0, nullptr) == 1 &&
         EVP_MAC_update(mac, number, sizeof number) == 1 &&
         EVP_MAC_update(mac, data, data_len) == 1 &&
         EVP_MAC_final(mac, tag, &tag_len, kTagLen) == 1 && tag_len == kTagLen;
}

void wipe(void* ctx) noexcept {
  State& s = state_in<State>(ctx);
  EVP_MAC_CTX_free(s.mac);
  s.mac = nullptr;
}

constexpr MacAlg row_256(const char* name, std::uint32_t etm) noexcept {
  return {name, etm, 0, 32, 32, sizeof(State), init_256, compute<32>, wipe};
}
constexpr MacAlg row_512(const char* name, std::uint32_t etm) noexcept {
  return {name, etm, 0, 64, 64, sizeof(State), init_512, compute<64>, wipe};
}

}  // namespace

constinit const MacAlg hmac_sha2_256 = row_256("hmac-sha2-256", 0);
constinit const MacAlg hmac_sha2_512 = row_512("hmac-sha2-512", 0);
constinit const MacAlg hmac_sha2_256_etm = row_256("hmac-sha2-256-etm@openssh.com", 1);
constinit const MacAlg hmac_sha2_512_etm = row_512("hmac-sha2-512-etm@openssh.com", 1);

}  // namespace sshauth::openssl
