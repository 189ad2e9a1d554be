// The encryption in BCFKS key stores: PBES2 (RFC 8018 §6.2) with ciphers that libcrypto does not
// know there, AES-CCM (RFC 5084) and AES-KWP (RFC 5649), and keys that differ by what they are for.
#pragma once

#include <openssl/x509.h>

#include "lib/keys/load.hpp"

namespace sshauth {

enum class BcfksPurpose : std::uint8_t { integrity, store, private_key };

// The passphrase is there.
KeyError bcfks_derive(const X509_ALGOR* kdf, BcfksPurpose purpose, std::size_t len,
                      LoadOptions& options, SecretBytes& out);
KeyError bcfks_decrypt(const X509_SIG* sealed, BcfksPurpose purpose, LoadOptions& options,
                       SecretBytes& out);

}  // namespace sshauth
