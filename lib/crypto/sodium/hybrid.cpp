// mlkem768x25519: ML-KEM-768 of this library with libsodium's X25519 and SHA-256.
#include "lib/crypto/builtin/hybrid.hpp"

#include "lib/crypto/builtin/mlkem.hpp"
#include "lib/crypto/sodium/rows.hpp"

namespace sshauth::sodium {

constinit const AgreementAlg mlkem768x25519 =
    Hybrid<mlkem::MlKem768, x25519, 32, 32, sha256, 32>::row("mlkem768x25519");

}  // namespace sshauth::sodium
