// OneAsymmetricKey (RFC 5958 §2): PKCS#8 with the public key at its end, as several libraries write
// Ed25519 keys. libcrypto reads the form without.
#include <openssl/asn1t.h>

#include "lib/keys/ossl.hpp"
#include "lib/keys/pkcs8_v2.hpp"

namespace sshauth {
namespace {

// NOLINTBEGIN: the macros are libcrypto's way to describe ASN.1.
// clang-format off
struct OneKey {
  ASN1_INTEGER* version;
  X509_ALGOR* algorithm;
  ASN1_OCTET_STRING* private_key;
  STACK_OF(X509_ATTRIBUTE)* attributes;
  ASN1_BIT_STRING* public_key;
};

ASN1_SEQUENCE(OneKey) = {
  ASN1_SIMPLE(OneKey, version, ASN1_INTEGER),
  ASN1_SIMPLE(OneKey, algorithm, X509_ALGOR),
  ASN1_SIMPLE(OneKey, private_key, ASN1_OCTET_STRING),
  ASN1_IMP_SET_OF_OPT(OneKey, attributes, X509_ATTRIBUTE, 0),
  ASN1_IMP_OPT(OneKey, public_key, ASN1_BIT_STRING, 1),
} static_ASN1_SEQUENCE_END(OneKey)
    // clang-format on
    // NOLINTEND

    struct Release {
  void operator()(OneKey* key) const noexcept {
    if (key->private_key != nullptr)
      OPENSSL_cleanse(key->private_key->data, static_cast<std::size_t>(key->private_key->length));
    ASN1_item_free(ossl::asn1_value(key), ASN1_ITEM_rptr(OneKey));
  }
};

}  // namespace

bool pkcs8_without_public_key(Bytes der, SecretBytes& out, Blob& public_key) {
  const std::uint8_t* at = der.data();
  const std::unique_ptr<OneKey, Release> key(static_cast<OneKey*>(static_cast<void*>(
      ASN1_item_d2i(nullptr, &at, static_cast<long>(der.size()), ASN1_ITEM_rptr(OneKey)))));
  if (key == nullptr || at != der.data() + der.size() || key->public_key == nullptr) return false;
  const std::uint8_t* octets = ASN1_STRING_get0_data(key->public_key);
  public_key.assign(octets, octets + ASN1_STRING_length(key->public_key));
  ASN1_BIT_STRING_free(key->public_key);
  key->public_key = nullptr;
  std::uint8_t* v1 = nullptr;
  const int len = ASN1_INTEGER_set(key->version, 0) == 1
                      ? ASN1_item_i2d(ossl::asn1_value(key.get()), &v1, ASN1_ITEM_rptr(OneKey))
                      : -1;
  if (len <= 0) return false;
  out = SecretBytes(Bytes(v1, static_cast<std::size_t>(len)));
  OPENSSL_clear_free(v1, static_cast<std::size_t>(len));
  return true;
}

}  // namespace sshauth
