// fips: rows of algorithms that NIST approved, over libcrypto. Which module they come from is
// library.hpp's business; without one they are the default provider's.
//
// Ed25519 is approved (FIPS 186-5) but not served as such by the module of OpenSSL 3.0, so it is no
// row here. Hash sha1 is for fingerprints; diffie-hellman-group14-sha1 finds it too. What is
// approved and weak (names.def) is taken only where a configuration names it, and so is that
// method, which is not approved. A group that a server names is not approved either.
#include "lib/crypto/openssl/rows.hpp"
#include "lib/crypto/providers.hpp"
#include "lib/crypto/providers/make.hpp"
#include "lib/crypto/zlib/rows.hpp"

namespace sshauth {
namespace {

constexpr const HashAlg* kHashes[] = {&openssl::sha256, &openssl::sha384, &openssl::sha512,
                                      &openssl::sha1};
constexpr const CipherAlg* kCiphers[] = {
    &openssl::aes256_gcm, &openssl::aes128_gcm, &openssl::aes256_ctr, &openssl::aes192_ctr,
    &openssl::aes128_ctr, &openssl::aes256_cbc, &openssl::aes192_cbc, &openssl::aes128_cbc};
constexpr const MacAlg* kMacs[] = {&openssl::hmac_sha2_256_etm, &openssl::hmac_sha2_512_etm,
                                   &openssl::hmac_sha2_256,     &openssl::hmac_sha2_512,
                                   &openssl::hmac_sha2_256_96,  &openssl::hmac_sha2_512_96,
                                   &openssl::hmac_sha1,         &openssl::hmac_sha1_96};
constexpr const AgreementAlg* kAgreements[] = {&openssl::nistp256, &openssl::nistp384,
                                               &openssl::nistp521, &openssl::modp16,
                                               &openssl::modp18,   &openssl::modp14};
constexpr const SigAlg* kSigs[] = {&openssl::ecdsa_nistp256, &openssl::ecdsa_nistp384,
                                   &openssl::ecdsa_nistp521, &openssl::rsa_sha2_512,
                                   &openssl::rsa_sha2_256,   &openssl::sk_ecdsa_nistp256};
constexpr const CompressionAlg* kCompressions[] = {&zlib::zlib_openssh, &zlib::zlib};

constinit const Provider kProvider =
    make_provider("fips", kHashes, kCiphers, kMacs, kAgreements, kSigs, kCompressions,
                  openssl::rng_fill, openssl::x509_public_key);

}  // namespace

const Provider& fips_provider() noexcept { return kProvider; }

}  // namespace sshauth
