// PKCS#8 in DER.
#pragma once

#include <openssl/x509.h>

#include "lib/keys/pbe.hpp"

namespace sshauth {

// PrivateKeyInfo (RFC 5208, RFC 5958), and the same where it was taken apart already.
KeyResult load_pkcs8(Bytes der, const char* format = "PKCS#8");
KeyResult load_pkcs8_info(const PKCS8_PRIV_KEY_INFO* info, const char* format);

// EncryptedPrivateKeyInfo likewise.
KeyResult load_pkcs8_encrypted(Bytes der, LoadOptions& options);
KeyResult load_pkcs8_sealed(const X509_SIG* sig, const PbePassword& password, LoadLimits& limits,
                            const char* format);

}  // namespace sshauth
