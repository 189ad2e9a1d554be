// PKCS#8 in DER.
#pragma once

#include <openssl/x509.h>

#include "lib/keys/load.hpp"

namespace sshauth {

// PrivateKeyInfo (RFC 5208, RFC 5958).
KeyResult load_pkcs8(Bytes der);
// EncryptedPrivateKeyInfo, and the same where it was taken apart already.
KeyResult load_pkcs8_encrypted(Bytes der, LoadOptions& options);
KeyResult load_pkcs8_sealed(const X509_SIG* sig, LoadOptions& options);

}  // namespace sshauth
