// HMAC over EVP_MAC: RFC 4253 §6.4 (SHA-1, MD5), RFC 6668 (SHA-2), RIPEMD-160, the -etm forms
// (OpenSSH PROTOCOL 1.5) and the -96 ones, which send the first 96 bits. The key is as long as the
// hash. The keyed state stays in the context; each packet starts from it.
#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"

namespace sshauth::openssl {
namespace {

struct Digest {
  const char* name;  // as libcrypto calls it
  std::size_t len;
  Source source = Source::usual;
};

struct State {
  EVP_MAC_CTX* mac;
};

template <const Digest& kDigest>
int init(void* ctx, const std::uint8_t* key) noexcept {
  const ErrorMark mark;
  State& s = state_in<State>(ctx);
  s.mac = new_mac_ctx("HMAC", kDigest.source);
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(kDigest.name), 0),
      OSSL_PARAM_construct_end()};
  return s.mac != nullptr && EVP_MAC_init(s.mac, key, kDigest.len, params) == 1;
}

// RFC 4253 §6.4: mac = MAC(key, sequence_number || packet).
int begin(void* ctx, std::uint32_t seq) noexcept {
  EVP_MAC_CTX* const mac = state_in<State>(ctx).mac;
  std::uint8_t number[4];
  store_u32(number, seq);
  return EVP_MAC_init(mac, nullptr, 0, nullptr) == 1 &&
         EVP_MAC_update(mac, number, sizeof number) == 1;
}

int update(void* ctx, const std::uint8_t* data, std::size_t data_len) noexcept {
  return EVP_MAC_update(state_in<State>(ctx).mac, data, data_len) == 1;
}

template <const Digest& kDigest, std::size_t kTagLen>
int finish(void* ctx, std::uint8_t* tag) noexcept {
  std::uint8_t whole[kDigest.len];
  std::size_t len = 0;
  const bool done = EVP_MAC_final(state_in<State>(ctx).mac, whole, &len, sizeof whole) == 1 &&
                    len == sizeof whole;
  if (done) std::memcpy(tag, whole, kTagLen);
  secure_wipe(whole, sizeof whole);
  return done;
}

template <const Digest& kDigest, std::size_t kTagLen>
int compute(void* ctx, std::uint32_t seq, const std::uint8_t* data, std::size_t data_len,
            std::uint8_t* tag) noexcept {
  return begin(ctx, seq) == 1 && update(ctx, data, data_len) == 1 &&
         finish<kDigest, kTagLen>(ctx, tag) == 1;
}

void wipe(void* ctx) noexcept {
  State& s = state_in<State>(ctx);
  EVP_MAC_CTX_free(s.mac);
  s.mac = nullptr;
}

enum Mark : std::uint32_t { sound = 0, weak = 1 };

template <const Digest& kDigest, std::size_t kTagLen = kDigest.len>
constexpr MacAlg row(const char* name, Mark mark, std::uint32_t etm = 0) noexcept {
  return {name,    etm,           mark,          kDigest.len,
          kTagLen, sizeof(State), init<kDigest>, compute<kDigest, kTagLen>,
          wipe,    begin,         update,        finish<kDigest, kTagLen>};
}

template <const Digest& kDigest>
constexpr MacAlg row_96(const char* name) noexcept {
  return row<kDigest, 12>(name, weak);
}

constexpr Digest kSha1{"SHA1", 20};
constexpr Digest kSha256{"SHA256", 32};
constexpr Digest kSha512{"SHA512", 64};
constexpr Digest kMd5{"MD5", 16};
// Before OpenSSL 3.0.7 the provider "legacy" alone has it; since then both do.
constexpr Digest kRipemd160{"RIPEMD160", 20, Source::legacy};

}  // namespace

constinit const MacAlg hmac_sha2_256 = row<kSha256>("hmac-sha2-256", sound);
constinit const MacAlg hmac_sha2_512 = row<kSha512>("hmac-sha2-512", sound);
constinit const MacAlg hmac_sha2_256_etm = row<kSha256>("hmac-sha2-256-etm@openssh.com", sound, 1);
constinit const MacAlg hmac_sha2_512_etm = row<kSha512>("hmac-sha2-512-etm@openssh.com", sound, 1);
constinit const MacAlg hmac_sha2_256_96 = row_96<kSha256>("hmac-sha2-256-96");
constinit const MacAlg hmac_sha2_512_96 = row_96<kSha512>("hmac-sha2-512-96");
constinit const MacAlg hmac_sha1 = row<kSha1>("hmac-sha1", weak);
constinit const MacAlg hmac_sha1_96 = row_96<kSha1>("hmac-sha1-96");
constinit const MacAlg hmac_md5 = row<kMd5>("hmac-md5", weak);
constinit const MacAlg hmac_md5_96 = row_96<kMd5>("hmac-md5-96");
constinit const MacAlg hmac_ripemd160 = row<kRipemd160>("hmac-ripemd160", weak);
constinit const MacAlg hmac_ripemd160_96 = row_96<kRipemd160>("hmac-ripemd160-96");

}  // namespace sshauth::openssl
