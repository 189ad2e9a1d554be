#include "lib/keys/der.hpp"

#include "lib/keys/certificate.hpp"
#include "lib/keys/der_private.hpp"
#include "lib/keys/der_shape.hpp"
#include "lib/keys/pkcs8.hpp"
#include "lib/keys/pkey.hpp"

namespace sshauth {
namespace {

KeyResult load_der(Bytes der, DerShape shape, LoadOptions& options) {
  switch (shape) {
    case DerShape::rsa_private: return load_rsa_der(der, "DER PKCS#1 RSA");
    case DerShape::rsa_public: return load_public_der(der, true, "DER public key");
    case DerShape::ec_private: return load_ec_der(der, nullptr, "DER SEC1 EC");
    case DerShape::pkcs8: return load_pkcs8(der);
    case DerShape::pkcs8_encrypted: return load_pkcs8_encrypted(der, options);
    case DerShape::public_key: return load_public_der(der, false, "DER public key");
    case DerShape::certificate: return load_certificate(der);
    case DerShape::other:
    case DerShape::pkcs12:
    case DerShape::pkcs7:
    case DerShape::bcfks: break;
  }
  return KeyError(KeyErrc::unknown_format, "this DER structure is no key");
}

}  // namespace

bool is_der_key(Bytes data) noexcept {
  const DerShape shape = der_shape(data);
  return shape > DerShape::other && shape <= DerShape::certificate;
}

KeyError read_der(Bytes data, LoadOptions& options, KeyList& keys) {
  return keys.take(load_der(data, der_shape(data), options));
}

KeyResult load_public_der(Bytes der, bool pkcs1, const char* format) {
  const std::uint8_t* at = der.data();
  const long len = static_cast<long>(der.size());
  const ossl::Pkey pkey(pkcs1 ? d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, len)
                              : d2i_PUBKEY(nullptr, &at, len));
  if (pkey == nullptr || at != der.data() + der.size())
    return KeyError(KeyErrc::malformed,
                    "the public key is malformed: libcrypto cannot read the key inside");
  return public_identity_from_pkey(pkey.get(), format);
}

}  // namespace sshauth
