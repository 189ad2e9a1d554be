// The integrity check of PKCS#12 (RFC 7292 §4), by the key derivation of its own or by PBMAC1
// (RFC 9579): that it fits is the proof that the password is right.
#pragma once

#include <openssl/x509.h>

#include "lib/keys/pbe.hpp"

namespace sshauth {

// `iterations` may be null, which stands for 1. `wrong_passphrase`: it does not fit.
KeyError check_pkcs12_mac(const X509_SIG* digest, const ASN1_OCTET_STRING* salt,
                          const ASN1_INTEGER* iterations, Bytes content,
                          const PbePassword& password, LoadLimits& limits);

}  // namespace sshauth
