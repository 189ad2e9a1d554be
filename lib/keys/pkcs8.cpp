// PKCS#8: plain (RFC 5958) and encrypted, decoded by libcrypto.
#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>

#include "lib/keys/der_private.hpp"
#include "lib/keys/ossl.hpp"
#include "lib/keys/pbe.hpp"
#include "lib/keys/pkcs8.hpp"
#include "lib/keys/pkcs8_v2.hpp"

namespace sshauth {
namespace {

using Sig = ossl::Owned<X509_SIG, X509_SIG_free>;

KeyError malformed(std::string_view why) {
  return {KeyErrc::malformed, "the PKCS#8 key is malformed: " + std::string(why)};
}

using Info = ossl::Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;

Info parse_info(Bytes der) {
  const std::uint8_t* at = der.data();
  Info info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  return at == der.data() + der.size() ? std::move(info) : nullptr;
}

KeyResult from_info(const PKCS8_PRIV_KEY_INFO* info, const char* format) {
  const ASN1_OBJECT* oid = nullptr;
  const std::uint8_t* at = nullptr;
  int len = 0;
  const X509_ALGOR* alg = nullptr;
  if (PKCS8_pkey_get0(&oid, &at, &len, &alg, info) != 1) return malformed("no key inside");
  const Bytes der(at, static_cast<std::size_t>(len));
  if (const EdwardsType* type = edwards_type(OBJ_obj2nid(oid)))
    return load_edwards_der(der, *type, format);
  switch (OBJ_obj2nid(oid)) {
    case NID_rsaEncryption: return load_rsa_der(der, format);
    case NID_X9_62_id_ecPublicKey: return load_ec_der(der, alg->parameter, format);
    case NID_dsa: return load_dsa_der(der, alg->parameter, format);
    default:
      return KeyError(
          KeyErrc::unsupported_type,
          "the type of this PKCS#8 key is not supported; RSA, EC, Ed25519, Ed448 and DSA are");
  }
}

// PrivateKeyInfo, or the newer form with the public key, which then must be the right one.
KeyResult from_der(Bytes der, const char* format) {
  if (const Info info = parse_info(der)) return from_info(info.get(), format);
  SecretBytes v1;
  Blob stated;
  Info info;
  if (!pkcs8_without_public_key(der, v1, stated) || !(info = parse_info(v1.reveal())))
    return malformed("not a PrivateKeyInfo");
  KeyResult result = from_info(info.get(), format);
  // The bit string of RSA and DSA is DER again.
  if (!result.ok() || result->type() == "ssh-rsa" || result->type() == "ssh-dss") return result;
  const ipworksauth_public_key& derived = result->private_key()->pub;
  if (!same_bytes(stated, {derived.first, derived.first_len}))
    return malformed("the public key in it is not the one that follows from the private one");
  return result;
}

// One wrong passphrase in 256 leaves padding that looks right, and nonsense before it.
KeyResult from_deciphered(Bytes der, const char* format) {
  if (!is_sequence(der)) return wrong_passphrase();
  KeyResult result = from_der(der, format);
  if (result.ok()) result->set_encrypted(true);
  return result;
}

}  // namespace

KeyResult load_pkcs8(Bytes der, const char* format) { return from_der(der, format); }

KeyResult load_pkcs8_info(const PKCS8_PRIV_KEY_INFO* info, const char* format) {
  return info != nullptr ? from_info(info, format) : malformed("not a PrivateKeyInfo");
}

KeyResult load_pkcs8_encrypted(Bytes der, LoadOptions& options) {
  const std::uint8_t* at = der.data();
  const Sig sig(d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (sig == nullptr || at != der.data() + der.size())
    return malformed("not an EncryptedPrivateKeyInfo");
  const X509_ALGOR* alg = nullptr;
  const ASN1_OCTET_STRING* octets = nullptr;
  X509_SIG_get0(sig.get(), &alg, &octets);
  SecretBytes plain;
  if (KeyError bad = pbe_decrypt(alg, octets, options, plain); !bad.ok()) return bad;
  return from_deciphered(plain.reveal(), "PKCS#8 encrypted");
}

KeyResult load_pkcs8_sealed(const X509_SIG* sig, const PbePassword& password, LoadLimits& limits,
                            const char* format) {
  if (sig == nullptr) return malformed("not an EncryptedPrivateKeyInfo");
  const X509_ALGOR* alg = nullptr;
  const ASN1_OCTET_STRING* octets = nullptr;
  X509_SIG_get0(sig, &alg, &octets);
  SecretBytes plain;
  if (KeyError bad = pbe_decrypt(alg, octets, password, limits, plain); !bad.ok()) return bad;
  return from_deciphered(plain.reveal(), format);
}

}  // namespace sshauth
