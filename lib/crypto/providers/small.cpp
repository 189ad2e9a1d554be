// small: what servers of the last ten years agree to, without finite-field Diffie-Hellman, SHA-1,
// MD5 and compression.
#include "lib/crypto/openssl/rows.hpp"
#include "lib/crypto/providers.hpp"
#include "lib/crypto/providers/make.hpp"
#include "lib/crypto/sodium/rows.hpp"

namespace sshauth {
namespace {

constexpr const HashAlg* kHashes[] = {&openssl::sha256, &openssl::sha512};
constexpr const CipherAlg* kCiphers[] = {&sodium::chacha20_poly1305, &openssl::aes256_gcm,
                                         &openssl::aes256_ctr, &openssl::aes128_ctr};
constexpr const MacAlg* kMacs[] = {&openssl::hmac_sha2_256_etm, &openssl::hmac_sha2_256};
constexpr const AgreementAlg* kAgreements[] = {&sodium::mlkem768x25519, &sodium::sntrup761x25519,
                                               &sodium::x25519, &openssl::nistp256};
constexpr const SigAlg* kSigs[] = {&sodium::ed25519, &openssl::ecdsa_nistp256,
                                   &openssl::rsa_sha2_512, &openssl::rsa_sha2_256};
constexpr Rows<CompressionAlg> kCompressions;

constinit const Provider kProvider =
    make_provider("small", kHashes, kCiphers, kMacs, kAgreements, kSigs, kCompressions,
                  sodium::rng_fill, openssl::x509_public_key);

}  // namespace

const Provider& small_provider() noexcept { return kProvider; }

}  // namespace sshauth
