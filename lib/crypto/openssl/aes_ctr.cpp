// aes*-ctr, RFC 4344 §4: the counter is the IV as a big-endian number and never restarts under
// one key, so the whole direction is one stream.
#include "lib/crypto/openssl/rows.hpp"
#include "lib/crypto/openssl/stream.hpp"

namespace sshauth::openssl {
namespace {

template <const StreamSpec& kSpec>
constexpr CipherAlg row(const char* name) noexcept {
  return {name,
          IPWORKSAUTH_CIPHER_STREAM,
          0,
          kSpec.key_len,
          16,
          16,
          0,
          sizeof(StreamState),
          init_stream<kSpec>,
          crypt_stream,
          nullptr,
          nullptr,
          nullptr,
          wipe_stream};
}

constexpr StreamSpec kAes256{"AES-256-CTR", 32};
constexpr StreamSpec kAes192{"AES-192-CTR", 24};
constexpr StreamSpec kAes128{"AES-128-CTR", 16};

}  // namespace

constinit const CipherAlg aes256_ctr = row<kAes256>("aes256-ctr");
constinit const CipherAlg aes192_ctr = row<kAes192>("aes192-ctr");
constinit const CipherAlg aes128_ctr = row<kAes128>("aes128-ctr");

}  // namespace sshauth::openssl
