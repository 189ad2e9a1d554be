// ssh-ed25519: RFC 8032 in RFC 8709's wrapping. libcrypto refuses s >= L (RFC 8032 §5.1.7).
#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"

namespace sshauth::openssl {
namespace {

constexpr std::size_t kKeyLen = 32;
constexpr std::size_t kSignatureLen = 64;

int verify(const ipworksauth_public_key* key, const std::uint8_t* message, std::size_t message_len,
           const std::uint8_t* signature, std::size_t signature_len) noexcept {
  if (key->first_len != kKeyLen || signature_len != kSignatureLen) return 0;
  const ErrorMark mark;
  const Pkey pkey(
      EVP_PKEY_new_raw_public_key_ex(library(), "ED25519", nullptr, key->first, kKeyLen));
  return pkey && verify_with(pkey.get(), nullptr, Bytes(message, message_len),
                             Bytes(signature, signature_len));
}

int sign(const ipworksauth_private_key* key, const Rng* /*rng*/, const std::uint8_t* message,
         std::size_t message_len, std::uint8_t* signature, std::size_t* signature_len) noexcept {
  if (key->d_len != kKeyLen || *signature_len < kSignatureLen) return 0;
  const ErrorMark mark;
  const Pkey pkey(EVP_PKEY_new_raw_private_key_ex(library(), "ED25519", nullptr, key->d, kKeyLen));
  return pkey &&
         sign_with(pkey.get(), nullptr, Bytes(message, message_len), signature, signature_len) &&
         *signature_len == kSignatureLen;
}

}  // namespace

constinit const SigAlg ed25519 = {"ssh-ed25519", "ssh-ed25519", 0, verify, sign};

}  // namespace sshauth::openssl
