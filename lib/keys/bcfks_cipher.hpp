// The encryption in BCFKS key stores: PBES2 (RFC 8018 §6.2) with ciphers that libcrypto does not
// know there, AES-CCM (RFC 5084) and AES-KWP (RFC 5649), and keys that differ by what they are for.
#pragma once

#include <openssl/x509.h>

#include "lib/keys/load.hpp"

namespace sshauth {

enum class BcfksPurpose : std::uint8_t { integrity, store, private_key };

// How the keys of one store are derived. BouncyCastle puts scrypt's r where its p belongs; whoever
// wrote the store, its integrity check tells which it was.
struct BcfksKdf {
  std::string_view password;
  bool r_for_p = false;
};

KeyError bcfks_derive(const X509_ALGOR* alg, const BcfksKdf& kdf, BcfksPurpose purpose,
                      std::size_t len, LoadLimits& limits, SecretBytes& out);
KeyError bcfks_decrypt(const X509_SIG* sealed, const BcfksKdf& kdf, BcfksPurpose purpose,
                       LoadLimits& limits, SecretBytes& out);

}  // namespace sshauth
