// PEM blocks (RFC 7468 and the older headers of RFC 1421) with keys in them.
#pragma once

#include "lib/keys/load.hpp"

namespace sshauth {

// `text` holds "-----BEGIN " somewhere; the first block that holds a key counts. Certificates and
// EC PARAMETERS before it are passed over.
KeyResult load_pem(Bytes text, const LoadOptions& options);

// DER of PrivateKeyInfo (RFC 5208, RFC 5958) and of EncryptedPrivateKeyInfo.
KeyResult load_pkcs8(Bytes der);
KeyResult load_pkcs8_encrypted(Bytes der, const LoadOptions& options);

}  // namespace sshauth
