#include "lib/crypto/openssl/legacy.hpp"
#include "lib/crypto/providers.hpp"
#include "lib/crypto/providers/make.hpp"
#include "lib/crypto/zlib/rows.hpp"

namespace sshauth {
namespace {

constexpr const HashAlg* kHashes[] = {&openssl::sha256, &openssl::sha384, &openssl::sha512,
                                      &openssl::sha1, &openssl::md5};
constexpr const CipherAlg* kOwnCiphers[] = {
    &openssl::chacha20_poly1305, &openssl::aes256_gcm, &openssl::aes128_gcm, &openssl::aes256_ctr,
    &openssl::aes192_ctr,        &openssl::aes128_ctr, &openssl::aes256_cbc, &openssl::aes192_cbc,
    &openssl::aes128_cbc,        &openssl::tdes_ctr,   &openssl::tdes_cbc};
constexpr const MacAlg* kOwnMacs[] = {
    &openssl::hmac_sha2_256_etm, &openssl::hmac_sha2_512_etm, &openssl::umac_128_etm,
    &openssl::hmac_sha2_256,     &openssl::hmac_sha2_512,     &openssl::umac_128,
    &openssl::umac_64_etm,       &openssl::umac_64,           &openssl::hmac_sha2_256_96,
    &openssl::hmac_sha2_512_96,  &openssl::hmac_sha1,         &openssl::hmac_sha1_96,
    &openssl::hmac_md5,          &openssl::hmac_md5_96};
constexpr const AgreementAlg* kAgreements[] = {&openssl::mlkem768x25519,
                                               &openssl::sntrup761x25519,
                                               &openssl::x25519,
                                               &openssl::mlkem768nistp256,
                                               &openssl::mlkem1024nistp384,
                                               &openssl::nistp256,
                                               &openssl::nistp384,
                                               &openssl::nistp521,
                                               &openssl::modp16,
                                               &openssl::modp18,
                                               &openssl::modp14,
                                               &openssl::modp2};
constexpr const GroupAlg* kGroups[] = {&openssl::modp};
constexpr const SigAlg* kSigs[] = {
    &openssl::ed25519,        &openssl::ecdsa_nistp256,   &openssl::ecdsa_nistp384,
    &openssl::ecdsa_nistp521, &openssl::rsa_sha2_512,     &openssl::rsa_sha2_256,
    &openssl::ed448,          &openssl::rsa_sha1,         &openssl::dsa,
    &openssl::sk_ed25519,     &openssl::sk_ecdsa_nistp256};
constexpr const CompressionAlg* kCompressions[] = {&zlib::zlib_openssh, &zlib::zlib};

// Where libcrypto's provider "legacy" cannot be loaded, its rows are not there.
constexpr auto kCiphers = joined(kOwnCiphers, openssl::kLegacyCiphers);
constexpr auto kMacs = joined(kOwnMacs, openssl::kLegacyMacs);

constinit const Provider kWhole =
    with_groups(make_provider("openssl", kHashes, kCiphers, kMacs, kAgreements, kSigs,
                              kCompressions, openssl::rng_fill, openssl::x509_public_key),
                kGroups);
constinit const Provider kWithoutLegacy =
    with_groups(make_provider("openssl", kHashes, kOwnCiphers, kOwnMacs, kAgreements, kSigs,
                              kCompressions, openssl::rng_fill, openssl::x509_public_key),
                kGroups);

}  // namespace

const Provider& openssl_provider() noexcept {
  return openssl::has_legacy() ? kWhole : kWithoutLegacy;
}

}  // namespace sshauth
