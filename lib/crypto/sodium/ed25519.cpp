// ssh-ed25519: RFC 8032 in RFC 8709's wrapping. libsodium refuses s >= L, keys and R of small
// order, and keys that are not canonical.
#include "lib/base/secret.hpp"
#include "lib/crypto/sodium/rows.hpp"

namespace sshauth::sodium {
namespace {

constexpr std::size_t kKeyLen = crypto_sign_ed25519_PUBLICKEYBYTES;
constexpr std::size_t kSeedLen = crypto_sign_ed25519_SEEDBYTES;
constexpr std::size_t kSignatureLen = crypto_sign_ed25519_BYTES;

int verify(const ipworksauth_public_key* key, const std::uint8_t* message, std::size_t message_len,
           const std::uint8_t* signature, std::size_t signature_len) noexcept {
  return key->first_len == kKeyLen && signature_len == kSignatureLen && ready() &&
         crypto_sign_ed25519_verify_detached(signature, message, message_len, key->first) == 0;
}

// libsodium's secret key is the seed and the public key, one after the other.
int sign(const ipworksauth_private_key* key, const Rng* /*rng*/, const std::uint8_t* message,
         std::size_t message_len, std::uint8_t* signature, std::size_t* signature_len) noexcept {
  if (key->d_len != kSeedLen || key->pub.first_len != kKeyLen || *signature_len < kSignatureLen ||
      !ready())
    return 0;
  Secret<kSeedLen + kKeyLen> pair;
  std::memcpy(pair.write().data(), key->d, kSeedLen);
  std::memcpy(pair.write().data() + kSeedLen, key->pub.first, kKeyLen);
  if (crypto_sign_ed25519_detached(signature, nullptr, message, message_len, pair.write().data()) !=
      0)
    return 0;
  *signature_len = kSignatureLen;
  return 1;
}

}  // namespace

constinit const SigAlg ed25519 = {"ssh-ed25519", "ssh-ed25519", 0, verify, sign};

}  // namespace sshauth::sodium
