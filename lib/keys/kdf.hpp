// Key derivation from passwords, as key files ask for it: PBKDF2 (RFC 8018 §5.2) and scrypt
// (RFC 7914). The work that a file may ask for is bounded before any of it is done.
#pragma once

#include "lib/keys/load.hpp"
#include "lib/keys/ossl.hpp"

namespace sshauth {

// PBKDF2, PBES1 and PKCS#12 iterations, taken off the limits.
KeyError spend_iterations(const ASN1_INTEGER* number, LoadLimits& limits);
// What the key derivation `alg` costs, likewise.
KeyError spend_kdf(const X509_ALGOR* alg, LoadLimits& limits);

// Takes the cost off the limits, then derives as many octets as the parameters say, else `len`.
// `r_for_p`: scrypt's r stands for its p too, whatever p says, which is how BouncyCastle does it.
KeyError derive_key(const X509_ALGOR* alg, Bytes password, std::size_t len, LoadLimits& limits,
                    SecretBytes& out, bool r_for_p = false);

// As RFC 7292 §B.1 has it: UTF-16, the high octet first, with a NUL behind.
SecretBytes password_in_utf16(std::string_view password);

}  // namespace sshauth
