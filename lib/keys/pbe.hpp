// Password-based encryption named by an AlgorithmIdentifier: PBES2 with PBKDF2 or scrypt, PBES1 and
// the PKCS#12 schemes (RFC 8018 §6, RFC 7914 §7, RFC 7292 §B and §C), deciphered by libcrypto. Ours
// is to bound the work that the file may ask of the key derivation, before any of it is done.
#pragma once

#include "lib/keys/load.hpp"
#include "lib/keys/ossl.hpp"

namespace sshauth {

// Takes the cost off the limits, then deciphers. `needs_passphrase` where the options have none.
KeyError pbe_decrypt(const X509_ALGOR* alg, const ASN1_OCTET_STRING* octets, LoadOptions& options,
                     SecretBytes& out);

// PBKDF2, PBES1 and PKCS#12 iterations, taken off the limits.
KeyError spend_iterations(const ASN1_INTEGER* number, LoadLimits& limits);
KeyError spend_iterations(std::uint64_t number, LoadLimits& limits);
// scrypt's N, r and p likewise.
KeyError spend_scrypt(std::uint64_t n, std::uint64_t r, std::uint64_t p, LoadLimits& limits);

KeyError wrong_passphrase();
KeyError needs_passphrase();

}  // namespace sshauth
