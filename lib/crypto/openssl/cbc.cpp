// aes*-cbc, 3des-cbc, blowfish-cbc and cast128-cbc, RFC 4253 §6.3: all packets of a direction are
// one chain, each packet's IV the last block of the one before.
//
// Two things are wrong with that. Of a block that was put in place of a packet's first, the
// receiver takes the length before it can know better (CVE-2008-5161): lib/packet/mac.cpp answers
// that one. And the IV is known before the clear text is chosen, so who chooses the text can test a
// guess of an earlier block (RFC 4344 §1; others send an SSH_MSG_IGNORE first). A login needs no
// remedy: nobody but the user and the server chooses what it sends, and behind the password, which
// is what is worth a guess, comes nothing that a third party could choose.
#include "lib/crypto/openssl/rows.hpp"
#include "lib/crypto/openssl/stream.hpp"

namespace sshauth::openssl {
namespace {

template <const StreamSpec& kSpec>
constexpr CipherAlg row(const char* name, std::size_t block_len) noexcept {
  return {name,
          IPWORKSAUTH_CIPHER_CBC,
          1,
          kSpec.key_len,
          block_len,
          block_len,
          0,
          sizeof(StreamState),
          init_stream<kSpec>,
          crypt_stream,
          nullptr,
          nullptr,
          nullptr,
          wipe_stream};
}

constexpr StreamSpec kAes256{"AES-256-CBC", 32};
constexpr StreamSpec kAes192{"AES-192-CBC", 24};
constexpr StreamSpec kAes128{"AES-128-CBC", 16};
constexpr StreamSpec kTripleDes{"DES-EDE3-CBC", 24};
constexpr StreamSpec kBlowfish{"BF-CBC", 16, Source::legacy};
constexpr StreamSpec kCast128{"CAST5-CBC", 16, Source::legacy};

}  // namespace

constinit const CipherAlg aes256_cbc = row<kAes256>("aes256-cbc", 16);
constinit const CipherAlg aes192_cbc = row<kAes192>("aes192-cbc", 16);
constinit const CipherAlg aes128_cbc = row<kAes128>("aes128-cbc", 16);
constinit const CipherAlg tdes_cbc = row<kTripleDes>("3des-cbc", 8);
constinit const CipherAlg blowfish_cbc = row<kBlowfish>("blowfish-cbc", 8);
constinit const CipherAlg cast128_cbc = row<kCast128>("cast128-cbc", 8);

}  // namespace sshauth::openssl
