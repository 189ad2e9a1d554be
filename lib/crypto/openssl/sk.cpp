// sk-ssh-ed25519@openssh.com and sk-ecdsa-sha2-nistp256@openssh.com: OpenSSH PROTOCOL.u2f. A
// security key does not sign the message but its own word about it: the hash of the application,
// the flags, the counter and the hash of the message. These rows only verify; making is the
// authenticator's.
#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"

namespace sshauth::openssl {
namespace {

constexpr std::size_t kHashLen = 32;
constexpr std::size_t kBareLen = 64;  // of either signature alone
constexpr std::size_t kTailLen = 5;   // flags, counter

bool sha256_of(const std::uint8_t* data, std::size_t len, std::uint8_t* out) noexcept {
  std::size_t out_len = 0;
  return EVP_Q_digest(library(), "SHA256", nullptr, data, len, out, &out_len) == 1 &&
         out_len == kHashLen;
}

template <const SigAlg& kInner>
int verify(const ipworksauth_public_key* key, const std::uint8_t* message, std::size_t message_len,
           const std::uint8_t* signature, std::size_t signature_len) noexcept {
  if (signature_len != kBareLen + kTailLen) return 0;
  const ErrorMark mark;
  std::uint8_t word[kHashLen + kTailLen + kHashLen];
  if (!sha256_of(key->second, key->second_len, word) ||
      !sha256_of(message, message_len, word + kHashLen + kTailLen))
    return 0;
  std::memcpy(word + kHashLen, signature + kBareLen, kTailLen);
  return kInner.verify(key, word, sizeof word, signature, kBareLen);
}

template <const SigAlg& kInner>
constexpr SigAlg row(const char* name) noexcept {
  return {name, name, 0, verify<kInner>, nullptr};
}

}  // namespace

constinit const SigAlg sk_ed25519 = row<ed25519>("sk-ssh-ed25519@openssh.com");
constinit const SigAlg sk_ecdsa_nistp256 =
    row<ecdsa_nistp256>("sk-ecdsa-sha2-nistp256@openssh.com");

}  // namespace sshauth::openssl
