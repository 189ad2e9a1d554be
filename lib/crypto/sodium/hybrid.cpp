// mlkem768x25519 and sntrup761x25519: this library's mechanisms with libsodium's X25519 and hashes.
#include "lib/crypto/builtin/hybrid.hpp"

#include "lib/crypto/builtin/mlkem.hpp"
#include "lib/crypto/builtin/sntrup761.hpp"
#include "lib/crypto/sodium/rows.hpp"

namespace sshauth::sodium {

constinit const AgreementAlg mlkem768x25519 =
    Hybrid<mlkem::MlKem768, x25519, 32, 32, sha256, 32>::row("mlkem768x25519");
constinit const AgreementAlg sntrup761x25519 =
    Hybrid<Sntrup761, x25519, 32, 32, sha512, 64>::row("sntrup761x25519");

}  // namespace sshauth::sodium
