// ssh-ed25519 and ssh-ed448: RFC 8032 in RFC 8709's wrapping. libcrypto refuses s >= L (RFC 8032
// §5.1.7, §5.2.7).
#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"

namespace sshauth::openssl {
namespace {

struct Edwards {
  const char* name;     // as libcrypto calls it
  std::size_t key_len;  // of the public key and of the seed
  std::size_t signature_len;
};
constexpr Edwards kEd25519 = {"ED25519", 32, 64};
constexpr Edwards kEd448 = {"ED448", 57, 114};

template <const Edwards& kCurve>
int verify(const ipworksauth_public_key* key, const std::uint8_t* message, std::size_t message_len,
           const std::uint8_t* signature, std::size_t signature_len) noexcept {
  if (key->first_len != kCurve.key_len || signature_len != kCurve.signature_len) return 0;
  const ErrorMark mark;
  const Pkey pkey(
      EVP_PKEY_new_raw_public_key_ex(library(), kCurve.name, nullptr, key->first, kCurve.key_len));
  return pkey && verify_with(pkey.get(), nullptr, Bytes(message, message_len),
                             Bytes(signature, signature_len));
}

template <const Edwards& kCurve>
int sign(const ipworksauth_private_key* key, const Rng* /*rng*/, const std::uint8_t* message,
         std::size_t message_len, std::uint8_t* signature, std::size_t* signature_len) noexcept {
  if (key->d_len != kCurve.key_len || *signature_len < kCurve.signature_len) return 0;
  const ErrorMark mark;
  const Pkey pkey(
      EVP_PKEY_new_raw_private_key_ex(library(), kCurve.name, nullptr, key->d, kCurve.key_len));
  return pkey &&
         sign_with(pkey.get(), nullptr, Bytes(message, message_len), signature, signature_len) &&
         *signature_len == kCurve.signature_len;
}

}  // namespace

constinit const SigAlg ed25519 = {"ssh-ed25519", "ssh-ed25519", 0, verify<kEd25519>,
                                  sign<kEd25519>};
constinit const SigAlg ed448 = {"ssh-ed448", "ssh-ed448", 0, verify<kEd448>, sign<kEd448>};

}  // namespace sshauth::openssl
