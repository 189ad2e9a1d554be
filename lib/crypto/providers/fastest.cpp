#include "lib/crypto/builtin/hybrid.hpp"
#include "lib/crypto/openssl/legacy.hpp"
#include "lib/crypto/openssl/mlkem.hpp"
#include "lib/crypto/providers.hpp"
#include "lib/crypto/providers/make.hpp"
#include "lib/crypto/sodium/rows.hpp"
#include "lib/crypto/zlib/rows.hpp"

// Which library's row, where both have one. Instructions (callgrind, so without SHA extensions) and
// nanoseconds (AMD EPYC with them), OpenSSL 3.0.19 : libsodium 1.0.18, by tools/bench_crypto.py:
//
//                                 instructions          nanoseconds      taken
//   sha256, 100 octets               7809 :    8006        339 :   434   openssl
//   sha256, 1600 octets             50722 :   91539       1213 :  6499
//   sha512, 100 octets               6688 :    5414        465 :   443   openssl
//   sha512, 1600 octets             35594 :   58701       2233 :  3017
//   hmac-sha2-256, key              14455 :    8536        857 :   468   openssl
//   hmac-sha2-256, 64 octets         8539 :   11762        381 :   957
//   hmac-sha2-512, key              16369 :   11487       1874 :   997   openssl
//   hmac-sha2-512, 64 octets         8265 :   10283        747 :   564
//   chacha20-poly1305, key          11055 :     185       1402 :    14   sodium: a login is
//   chacha20-poly1305, 64 octets     4397 :    3070        657 :   367   a few small packets
//   chacha20-poly1305, 1024          8986 :   10544        857 :  1105
//   chacha20-poly1305, 32768       158654 :  260280       9363 : 35900
//   x25519, init                   608473 :  335341      53141 : 33841   sodium
//   x25519, finish                 558863 :  359816      47186 : 36763
//   ssh-ed25519, sign             1223012 :  243205      78608 : 27085   sodium
//   ssh-ed25519, verify           1550166 :  639095     104596 : 47281
//   random, 32 octets                6752 :     186       1022 :   441   sodium
namespace sshauth {
namespace {

constexpr const HashAlg* kHashes[] = {&openssl::sha256, &openssl::sha384, &openssl::sha512,
                                      &openssl::sha1, &openssl::md5};
constexpr const CipherAlg* kOwnCiphers[] = {
    &sodium::chacha20_poly1305, &openssl::aes256_gcm, &openssl::aes128_gcm, &openssl::aes256_ctr,
    &openssl::aes192_ctr,       &openssl::aes128_ctr, &openssl::aes256_cbc, &openssl::aes192_cbc,
    &openssl::aes128_cbc,       &openssl::tdes_ctr,   &openssl::tdes_cbc};
constexpr const MacAlg* kOwnMacs[] = {
    &openssl::hmac_sha2_256_etm, &openssl::hmac_sha2_512_etm, &openssl::umac_128_etm,
    &openssl::hmac_sha2_256,     &openssl::hmac_sha2_512,     &openssl::umac_128,
    &openssl::umac_64_etm,       &openssl::umac_64,           &openssl::hmac_sha2_256_96,
    &openssl::hmac_sha2_512_96,  &openssl::hmac_sha1,         &openssl::hmac_sha1_96,
    &openssl::hmac_md5,          &openssl::hmac_md5_96};
// libcrypto's mechanism where it has one (mlkem.hpp), libsodium's X25519 in any case.
constinit const AgreementAlg kMlkem768x25519 =
    Hybrid<openssl::MlKem768, sodium::x25519, 32, 32, openssl::sha256, 32>::row("mlkem768x25519");
constexpr const AgreementAlg* kAgreements[] = {&kMlkem768x25519,
                                               &sodium::sntrup761x25519,
                                               &sodium::x25519,
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
    &sodium::ed25519,         &openssl::ecdsa_nistp256,   &openssl::ecdsa_nistp384,
    &openssl::ecdsa_nistp521, &openssl::rsa_sha2_512,     &openssl::rsa_sha2_256,
    &openssl::ed448,          &openssl::rsa_sha1,         &openssl::dsa,
    &openssl::sk_ed25519,     &openssl::sk_ecdsa_nistp256};
constexpr const CompressionAlg* kCompressions[] = {&zlib::zlib_openssh, &zlib::zlib};

// Where libcrypto's provider "legacy" cannot be loaded, its rows are not there.
constexpr auto kCiphers = joined(kOwnCiphers, openssl::kLegacyCiphers);
constexpr auto kMacs = joined(kOwnMacs, openssl::kLegacyMacs);

constinit const Provider kWhole =
    with_groups(make_provider("fastest", kHashes, kCiphers, kMacs, kAgreements, kSigs,
                              kCompressions, sodium::rng_fill, openssl::x509_public_key),
                kGroups);
constinit const Provider kWithoutLegacy =
    with_groups(make_provider("fastest", kHashes, kOwnCiphers, kOwnMacs, kAgreements, kSigs,
                              kCompressions, sodium::rng_fill, openssl::x509_public_key),
                kGroups);

}  // namespace

const Provider& fastest_provider() noexcept {
  return openssl::has_legacy() ? kWhole : kWithoutLegacy;
}

}  // namespace sshauth
