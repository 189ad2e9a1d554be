// How Sun's Java key stores protect what is in them. Of no standard, and of no library outside
// Java: SHA-1 over the store; over a private key either Sun's own cipher, a key stream of SHA-1
// (JKS), or PBEWithMD5AndTripleDES (JCEKS), whose ciphers are libcrypto's.
#pragma once

#include "lib/keys/load.hpp"

namespace sshauth {

// Whether `digest` is that of `entries` under this password; in constant time.
bool java_digest_fits(Bytes entries, std::string_view password, Bytes digest);

// The PrivateKeyInfo in an EncryptedPrivateKeyInfo of either kind.
KeyError open_java_key(Bytes sealed, LoadOptions& options, SecretBytes& out);

}  // namespace sshauth
