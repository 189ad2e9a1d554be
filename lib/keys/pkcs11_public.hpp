// The public half of a token's object, as an SSH blob. For the PKCS#11 files alone.
#pragma once

#include "lib/keys/pkcs11_module.hpp"

namespace sshauth {

// Empty for what is no key of SSH's, or has its public half nowhere on the token.
Blob pkcs11_public_blob(const Pkcs11Session& session, CK_OBJECT_HANDLE object);

}  // namespace sshauth
