#include "lib/keys/pem.hpp"

#include <openssl/pem.h>

#include "lib/keys/der_private.hpp"
#include "lib/keys/openssh_private.hpp"
#include "lib/keys/ossl.hpp"
#include "lib/keys/pem_block.hpp"
#include "lib/keys/pkey.hpp"

namespace sshauth {
namespace {

KeyError malformed(std::string_view label, std::string_view why) {
  return {KeyErrc::malformed,
          "the PEM block \"" + printable(label) + "\" is malformed: " + std::string(why)};
}

int give_passphrase(char* out, int room, int, void* context) {
  const auto& passphrase = *static_cast<const std::string_view*>(context);
  if (passphrase.size() > static_cast<std::size_t>(room)) return -1;
  if (!passphrase.empty()) std::memcpy(out, passphrase.data(), passphrase.size());
  return static_cast<int>(passphrase.size());
}

// RFC 1421 §4.6.1.3 "DEK-Info": one round of MD5 makes the key, so there is no work to bound.
KeyError decipher(PemBlock& block, const LoadOptions& options, bool& encrypted) {
  EVP_CIPHER_INFO info{};
  if (PEM_get_EVP_CIPHER_INFO(block.headers.data(), &info) != 1)
    return {KeyErrc::unsupported_type,
            "the DEK-Info header of this PEM key names no cipher that is supported"};
  encrypted = info.cipher != nullptr;
  if (!encrypted) return {};
  const ossl::Owned<EVP_CIPHER, EVP_CIPHER_free> cipher(
      EVP_CIPHER_fetch(nullptr, EVP_CIPHER_get0_name(info.cipher), nullptr));
  if (cipher == nullptr)
    return {KeyErrc::unsupported_type, "libcrypto no longer supports the cipher of this PEM key, " +
                                           printable(EVP_CIPHER_get0_name(info.cipher))};
  if (!options.passphrase.has_value())
    return {KeyErrc::needs_passphrase, "the key is encrypted and needs its passphrase"};
  std::string_view passphrase = *options.passphrase;
  long len = static_cast<long>(block.contents.size());
  if (PEM_do_header(&info, block.contents.write().data(), &len, give_passphrase, &passphrase) !=
          1 ||
      len < 0)
    return {KeyErrc::wrong_passphrase, "the passphrase does not open this key"};
  block.contents.shrink(static_cast<std::size_t>(len));
  return {};
}

// PKCS#1 RSAPrivateKey (RFC 8017 §A.1.2) or SEC1 ECPrivateKey (RFC 5915).
KeyResult load_traditional(PemBlock& block, const LoadOptions& options) {
  bool encrypted = false;
  if (KeyError bad = decipher(block, options, encrypted); !bad.ok()) return bad;
  const Bytes der = block.contents.reveal();
  // One wrong passphrase in 256 leaves padding that looks right, and nonsense before it.
  if (encrypted && !is_sequence(der))
    return KeyError(KeyErrc::wrong_passphrase, "the passphrase does not open this key");
  KeyResult result = block.label == PEM_STRING_RSA ? load_rsa_der(der, "PEM PKCS#1 RSA")
                                                   : load_ec_der(der, nullptr, "PEM SEC1 EC");
  if (result.ok()) result->set_encrypted(encrypted);
  return result;
}

KeyResult load_public(const PemBlock& block, bool pkcs1) {
  const Bytes der = block.contents.reveal();
  const std::uint8_t* at = der.data();
  const long len = static_cast<long>(der.size());
  const ossl::Pkey pkey(pkcs1 ? d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, len)
                              : d2i_PUBKEY(nullptr, &at, len));
  if (pkey == nullptr || at != der.data() + der.size())
    return malformed(block.label, "libcrypto cannot read the key inside");
  return public_identity_from_pkey(pkey.get(), "PEM public key");
}

KeyError unsupported(std::string_view label) {
  return {KeyErrc::unsupported_type,
          "PEM blocks \"" + printable(label) +
              "\" are not supported; RSA, EC and PKCS#8 private keys and OpenSSH's are"};
}

KeyResult load_block(PemBlock& block, const LoadOptions& options) {
  const std::string_view label = block.label;
  if (label == kOpensshLabel) return load_openssh_private(block.contents.reveal(), options);
  if (label == PEM_STRING_RSA || label == PEM_STRING_ECPRIVATEKEY)
    return load_traditional(block, options);
  if (label == PEM_STRING_PKCS8INF) return load_pkcs8(block.contents.reveal());
  if (label == PEM_STRING_PKCS8) return load_pkcs8_encrypted(block.contents.reveal(), options);
  if (label == PEM_STRING_PUBLIC) return load_public(block, false);
  if (label == PEM_STRING_RSA_PUBLIC) return load_public(block, true);
  return unsupported(label);
}

bool holds_a_key(std::string_view label) {
  return label.ends_with(" KEY") || label == "PUBLIC KEY" || label == "PRIVATE KEY";
}

}  // namespace

KeyResult load_pem(Bytes text, const LoadOptions& options) {
  std::string_view rest = as_text(text);
  std::string passed_over;
  PemBlock block;
  PemFound found = next_pem_block(rest, block);
  for (; found == PemFound::block; found = next_pem_block(rest, block)) {
    if (holds_a_key(block.label)) return load_block(block, options);
    passed_over = block.label;
  }
  if (found == PemFound::none && !passed_over.empty())
    return KeyError(KeyErrc::unknown_format,
                    "the file holds no key, only a PEM block \"" + printable(passed_over) + "\"");
  return KeyError(KeyErrc::malformed,
                  "a PEM block begins but is damaged or does not end: expected base64 between "
                  "\"-----BEGIN ...-----\" and \"-----END ...-----\" of the same name");
}

}  // namespace sshauth
