// Private keys in DER, each as the numbers in it.
//
// libcrypto's ASN.1 takes the structures apart, not its decoders: those give copies of the DER back
// to the heap unwiped. Nothing here outlives its function but the numbers, which are wiped.
#pragma once

#include <openssl/asn1.h>

#include "lib/keys/identity.hpp"

namespace sshauth {

// RSAPrivateKey of two primes (RFC 8017 §A.1.2).
KeyResult load_rsa_der(Bytes der, const char* format);

// ECPrivateKey (RFC 5915 §3). `curve` is the one named outside, null where there is none: then the
// structure has to name it. Without a public key in it, it follows from the private one.
KeyResult load_ec_der(Bytes der, const ASN1_TYPE* curve, const char* format);

// CurvePrivateKey of Ed25519 and Ed448 (RFC 8410 §7).
struct EdwardsType {
  int nid;  // libcrypto's
  const char* type;
  std::size_t len;  // octets of each half
};
const EdwardsType* edwards_type(int nid) noexcept;
KeyResult load_edwards_der(Bytes der, const EdwardsType& type, const char* format);

// DSA: openssl's DSAPrivateKey, version and the five numbers; and as PKCS#8 has it, x alone, with
// p, q and g outside (RFC 3279 §2.3.2).
KeyResult load_dsa_der(Bytes der, const char* format);
KeyResult load_dsa_der(Bytes der, const ASN1_TYPE* group, const char* format);

// Whether `der` is one SEQUENCE to its end: what every private key is, and what a wrong passphrase
// hardly ever makes.
bool is_sequence(Bytes der) noexcept;

}  // namespace sshauth
