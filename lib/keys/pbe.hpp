// Password-based encryption named by an AlgorithmIdentifier: PBES2 with PBKDF2 or scrypt, PBES1 and
// the PKCS#12 schemes (RFC 8018 §6, RFC 7292 §B and §C), deciphered by libcrypto. Ours is to bound
// the work that the file may ask of the key derivation, before any of it is done.
#pragma once

#include "lib/keys/load.hpp"
#include "lib/keys/ossl.hpp"

namespace sshauth {

// A password as libcrypto takes it. RFC 7292 §B.1: none, a null `text`, is not the empty one.
struct PbePassword {
  const char* text = nullptr;
  int len = 0;
};

// Takes the cost off the limits, then deciphers.
KeyError pbe_decrypt(const X509_ALGOR* alg, const ASN1_OCTET_STRING* octets,
                     const PbePassword& password, LoadLimits& limits, SecretBytes& out);
// With the passphrase of the options; `needs_passphrase` where there is none.
KeyError pbe_decrypt(const X509_ALGOR* alg, const ASN1_OCTET_STRING* octets, LoadOptions& options,
                     SecretBytes& out);

KeyError wrong_passphrase();
KeyError needs_passphrase();

}  // namespace sshauth
