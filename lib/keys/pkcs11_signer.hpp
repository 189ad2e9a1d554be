// Signs with a private object of a token. For the PKCS#11 files alone.
#pragma once

#include <memory>

#include "lib/keys/pkcs11_module.hpp"
#include "lib/keys/secret_bytes.hpp"
#include "lib/keys/signer.hpp"

namespace sshauth {

// `pin` and `last_try`, as in Pkcs11Spec, are kept for keys that want the PIN before each signature
// (CKA_ALWAYS_AUTHENTICATE).
std::unique_ptr<Signer> make_pkcs11_signer(std::shared_ptr<Pkcs11Session> session,
                                           CK_OBJECT_HANDLE key, SecretBytes pin, bool last_try);

}  // namespace sshauth
