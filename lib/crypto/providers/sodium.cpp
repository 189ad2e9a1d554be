#include "lib/crypto/providers.hpp"
#include "lib/crypto/providers/make.hpp"
#include "lib/crypto/sodium/rows.hpp"
#include "lib/crypto/zlib/rows.hpp"

namespace sshauth {
namespace {

constexpr const HashAlg* kHashes[] = {&sodium::sha256, &sodium::sha512};
constexpr const CipherAlg* kCiphers[] = {&sodium::chacha20_poly1305};
constexpr const MacAlg* kMacs[] = {&sodium::hmac_sha2_256_etm, &sodium::hmac_sha2_512_etm,
                                   &sodium::hmac_sha2_256, &sodium::hmac_sha2_512};
constexpr const AgreementAlg* kAgreements[] = {&sodium::mlkem768x25519, &sodium::sntrup761x25519,
                                               &sodium::x25519};
constexpr const SigAlg* kSigs[] = {&sodium::ed25519};
constexpr const CompressionAlg* kCompressions[] = {&zlib::zlib_openssh, &zlib::zlib};

constinit const Provider kProvider = make_provider("sodium", kHashes, kCiphers, kMacs, kAgreements,
                                                   kSigs, kCompressions, sodium::rng_fill);

}  // namespace

const Provider& sodium_provider() noexcept { return kProvider; }

}  // namespace sshauth
