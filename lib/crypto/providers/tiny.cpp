// tiny: one choice of each, about the least that talks to a current OpenSSH. No heap in any row.
#include "lib/crypto/providers.hpp"
#include "lib/crypto/providers/make.hpp"
#include "lib/crypto/sodium/rows.hpp"

namespace sshauth {
namespace {

constexpr const HashAlg* kHashes[] = {&sodium::sha256};
constexpr const CipherAlg* kCiphers[] = {&sodium::chacha20_poly1305};
constexpr Rows<MacAlg> kMacs;
constexpr const AgreementAlg* kAgreements[] = {&sodium::x25519};
constexpr const SigAlg* kSigs[] = {&sodium::ed25519};
constexpr Rows<CompressionAlg> kCompressions;

constinit const Provider kProvider = make_provider("tiny", kHashes, kCiphers, kMacs, kAgreements,
                                                   kSigs, kCompressions, sodium::rng_fill);

}  // namespace

const Provider& tiny_provider() noexcept { return kProvider; }

}  // namespace sshauth
