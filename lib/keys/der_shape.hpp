// What a DER or BER structure is, judged by the tags at its beginning: enough to tell the formats
// that keys come in from one another. Whether it is well formed, its reader finds out.
#pragma once

#include "lib/base/bytes.hpp"

namespace sshauth {

enum class DerShape : std::uint8_t {
  other,
  rsa_private,      // RSAPrivateKey: two INTEGERs and more
  rsa_public,       // RSAPublicKey: two INTEGERs
  ec_private,       // ECPrivateKey: INTEGER, OCTET STRING
  pkcs8,            // PrivateKeyInfo: INTEGER 0 or 1, SEQUENCE
  pkcs8_encrypted,  // EncryptedPrivateKeyInfo: SEQUENCE, OCTET STRING
  public_key,       // SubjectPublicKeyInfo: SEQUENCE, BIT STRING
  certificate,      // SEQUENCE, SEQUENCE, BIT STRING
  pkcs12,           // PFX: INTEGER 3, SEQUENCE
  pkcs7,            // ContentInfo of SignedData: its OBJECT IDENTIFIER
  bcfks,            // ObjectStore: two SEQUENCEs
};

DerShape der_shape(Bytes der) noexcept;

}  // namespace sshauth
