// The hybrids: ML-KEM of libcrypto or of our own, our own sntrup761, with libcrypto's classical
// agreement and hash.
#include "lib/crypto/builtin/hybrid.hpp"

#include "lib/crypto/builtin/sntrup761.hpp"
#include "lib/crypto/openssl/mlkem.hpp"
#include "lib/crypto/openssl/rows.hpp"

namespace sshauth::openssl {

constinit const AgreementAlg mlkem768x25519 =
    Hybrid<MlKem768, x25519, 32, 32, sha256, 32>::row("mlkem768x25519");
constinit const AgreementAlg mlkem768nistp256 =
    Hybrid<MlKem768, nistp256, 65, 32, sha256, 32>::row("mlkem768nistp256");
constinit const AgreementAlg mlkem1024nistp384 =
    Hybrid<MlKem1024, nistp384, 97, 48, sha384, 48>::row("mlkem1024nistp384");
constinit const AgreementAlg sntrup761x25519 =
    Hybrid<Sntrup761, x25519, 32, 32, sha512, 64>::row("sntrup761x25519");

}  // namespace sshauth::openssl
