#include "lib/keys/pem.hpp"

#include <openssl/pem.h>

#include "lib/keys/openssh_private.hpp"
#include "lib/keys/ossl.hpp"
#include "lib/keys/pkey.hpp"

namespace sshauth {
namespace {

// One block as libcrypto unwraps it: label, RFC 1421 headers, contents. All wiped at the end.
struct Block {
  char* label = nullptr;
  char* headers = nullptr;
  unsigned char* data = nullptr;
  long len = 0;

  Block() = default;
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() { release(); }

  bool read(BIO* from) {
    release();
    return PEM_read_bio_ex(from, &label, &headers, &data, &len,
                           PEM_FLAG_SECURE | PEM_FLAG_EAY_COMPATIBLE) == 1;
  }
  std::string_view name() const { return label; }
  Bytes contents() const { return {data, static_cast<std::size_t>(len)}; }

 private:
  void release() {
    OPENSSL_secure_free(label);
    OPENSSL_secure_free(headers);
    OPENSSL_secure_clear_free(data, static_cast<std::size_t>(len));
    label = headers = nullptr;
    data = nullptr;
    len = 0;
  }
};

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
KeyError decipher(Block& block, const LoadOptions& options, bool& encrypted) {
  EVP_CIPHER_INFO info{};
  if (PEM_get_EVP_CIPHER_INFO(block.headers, &info) != 1)
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
  const long before = block.len;
  const bool opened =
      PEM_do_header(&info, block.data, &block.len, give_passphrase, &passphrase) == 1;
  if (!opened || block.len < 0 || block.len > before) {
    block.len = before;
    return {KeyErrc::wrong_passphrase, "the passphrase does not open this key"};
  }
  return {};
}

// PKCS#1 RSAPrivateKey (RFC 8017 §A.1.2) or SEC1 ECPrivateKey (RFC 5915).
KeyResult load_traditional(Block& block, int type, const char* format, const LoadOptions& options) {
  bool encrypted = false;
  if (KeyError bad = decipher(block, options, encrypted); !bad.ok()) return bad;
  const Bytes der = block.contents();
  const std::uint8_t* at = der.data();
  const ossl::Pkey pkey(d2i_PrivateKey(type, nullptr, &at, static_cast<long>(der.size())));
  if (pkey == nullptr || at != der.data() + der.size()) {
    // One wrong passphrase in 256 leaves padding that looks right, and nonsense before it.
    if (encrypted)
      return KeyError(KeyErrc::wrong_passphrase, "the passphrase does not open this key");
    return malformed(block.name(), "libcrypto cannot read the key inside");
  }
  KeyResult result = identity_from_pkey(pkey.get(), format);
  if (result.ok()) result->set_encrypted(encrypted);
  return result;
}

KeyResult load_public(const Block& block, bool pkcs1) {
  const Bytes der = block.contents();
  const std::uint8_t* at = der.data();
  const long len = static_cast<long>(der.size());
  const ossl::Pkey pkey(pkcs1 ? d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, len)
                              : d2i_PUBKEY(nullptr, &at, len));
  if (pkey == nullptr || at != der.data() + der.size())
    return malformed(block.name(), "libcrypto cannot read the key inside");
  return public_identity_from_pkey(pkey.get(), "PEM public key");
}

KeyError unsupported(std::string_view label) {
  return {KeyErrc::unsupported_type,
          "PEM blocks \"" + printable(label) +
              "\" are not supported; RSA, EC and PKCS#8 private keys and OpenSSH's are"};
}

KeyResult load_block(Block& block, const LoadOptions& options) {
  const std::string_view label = block.name();
  if (label == kOpensshLabel) return load_openssh_private(block.contents(), options);
  if (label == PEM_STRING_RSA)
    return load_traditional(block, EVP_PKEY_RSA, "PEM PKCS#1 RSA", options);
  if (label == PEM_STRING_ECPRIVATEKEY)
    return load_traditional(block, EVP_PKEY_EC, "PEM SEC1 EC", options);
  if (label == PEM_STRING_PKCS8INF) return load_pkcs8(block.contents());
  if (label == PEM_STRING_PKCS8) return load_pkcs8_encrypted(block.contents(), options);
  if (label == PEM_STRING_PUBLIC) return load_public(block, false);
  if (label == PEM_STRING_RSA_PUBLIC) return load_public(block, true);
  return unsupported(label);
}

bool holds_a_key(std::string_view label) {
  return label.ends_with(" KEY") || label == "PUBLIC KEY" || label == "PRIVATE KEY";
}

}  // namespace

KeyResult load_pem(Bytes text, const LoadOptions& options) {
  const ossl::Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (bio == nullptr) return KeyError(KeyErrc::crypto_failed, "libcrypto has no memory");
  std::string passed_over;
  for (Block block; block.read(bio.get());) {
    if (holds_a_key(block.name())) return load_block(block, options);
    passed_over = block.name();
  }
  if (!passed_over.empty())
    return KeyError(KeyErrc::unknown_format,
                    "the file holds no key, only a PEM block \"" + printable(passed_over) + "\"");
  return KeyError(KeyErrc::malformed,
                  "a PEM block begins but is damaged or does not end: expected base64 between "
                  "\"-----BEGIN ...-----\" and \"-----END ...-----\" of the same name");
}

}  // namespace sshauth
