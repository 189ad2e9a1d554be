// arcfour (RFC 4253 §6.3: 128-bit keys, the stream from its first octet), arcfour128 and arcfour256
// (RFC 4345 §4: the first 1536 octets of the stream, which tell most of the key, are not used).
#include "lib/crypto/openssl/rows.hpp"
#include "lib/crypto/openssl/stream.hpp"

namespace sshauth::openssl {
namespace {

constexpr std::size_t kDiscarded = 1536;

constexpr StreamSpec kRc4With128{"RC4", 16, Source::legacy};
constexpr StreamSpec kRc4With256{"RC4", 32, Source::legacy};

template <const StreamSpec& kSpec>
int init_later(void* ctx, int encrypt, const std::uint8_t* key, const std::uint8_t* iv) noexcept {
  if (init_stream<kSpec>(ctx, encrypt, key, iv) != 1) return 0;
  std::uint8_t unused[kDiscarded] = {};
  const int done = crypt_stream(ctx, unused, sizeof unused);
  secure_wipe(unused, sizeof unused);
  return done;
}

template <const StreamSpec& kSpec>
constexpr CipherAlg row(const char* name, decltype(CipherAlg::init) init) noexcept {
  return {name,    IPWORKSAUTH_CIPHER_STREAM,
          1,       kSpec.key_len,
          0,       8,
          0,       sizeof(StreamState),
          init,    crypt_stream,
          nullptr, nullptr,
          nullptr, wipe_stream};
}

}  // namespace

constinit const CipherAlg arcfour = row<kRc4With128>("arcfour", init_stream<kRc4With128>);
constinit const CipherAlg arcfour128 = row<kRc4With128>("arcfour128", init_later<kRc4With128>);
constinit const CipherAlg arcfour256 = row<kRc4With256>("arcfour256", init_later<kRc4With256>);

}  // namespace sshauth::openssl
