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
bool run(EVP_MAC_CTX* mac, std::uint32_t seq, Bytes data, MutBytes out) noexcept {
  std::uint8_t number[4];
  store_u32(number, seq);
  std::size_t len = 0;
  return EVP_MAC_init(mac, nullptr, 0, nullptr) == 1 &&
         EVP_MAC_update(mac, number, sizeof number) == 1 &&
         EVP_MAC_update(mac, data.data(), data.size()) == 1 &&
         EVP_MAC_final(mac, out.data(), &len, out.size()) == 1 && len == out.size();
}

template <const Digest& kDigest>
int compute(void* ctx, std::uint32_t seq, const std::uint8_t* data, std::size_t data_len,
            std::uint8_t* tag) noexcept {
  return run(state_in<State>(ctx).mac, seq, Bytes(data, data_len), MutBytes(tag, kDigest.len));
}

template <const Digest& kDigest, std::size_t kTagLen>
int compute_part(void* ctx, std::uint32_t seq, const std::uint8_t* data, std::size_t data_len,
                 std::uint8_t* tag) noexcept {
  std::uint8_t whole[kDigest.len];
  const int done = compute<kDigest>(ctx, seq, data, data_len, whole);
  if (done == 1) std::memcpy(tag, whole, kTagLen);
  secure_wipe(whole, sizeof whole);
  return done;
}

void wipe(void* ctx) noexcept {
  State& s = state_in<State>(ctx);
  EVP_MAC_CTX_free(s.mac);
  s.mac = nullptr;
}

enum Mark : std::uint32_t { sound = 0, weak = 1 };

template <const Digest& kDigest>
constexpr MacAlg row(const char* name, Mark mark, std::uint32_t etm = 0) noexcept {
  return {name, etm, mark, kDigest.len, kDigest.len, sizeof(State), init<kDigest>, compute<kDigest>,
          wipe};
}

template <const Digest& kDigest>
constexpr MacAlg row_96(const char* name) noexcept {
  return {name, 0, weak, kDigest.len, 12, sizeof(State), init<kDigest>, compute_part<kDigest, 12>,
          wipe};
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
