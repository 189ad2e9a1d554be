// The public half of a token's object, as an SSH blob. For the PKCS#11 files alone.
#pragma once

#include "lib/keys/identity.hpp"
#include "lib/keys/pkcs11_module.hpp"

namespace sshauth {

// Empty for what is no key of SSH's, or has its public half nowhere on the token.
Blob pkcs11_public_blob(const Pkcs11Session& session, CK_OBJECT_HANDLE object);

// Gives the key of that object the X.509 certificate of its own beside it, where there is one.
void add_pkcs11_certificate(const Pkcs11Session& session, CK_OBJECT_HANDLE object, Identity& key);

}  // namespace sshauth
