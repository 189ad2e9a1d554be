#include "lib/keys/pem.hpp"

#include <openssl/pem.h>

#include "lib/keys/certificate.hpp"
#include "lib/keys/der.hpp"
#include "lib/keys/der_private.hpp"
#include "lib/keys/legacy.hpp"
#include "lib/keys/openssh_private.hpp"
#include "lib/keys/ossl.hpp"
#include "lib/keys/pbe.hpp"
#include "lib/keys/pem_block.hpp"
#include "lib/keys/pkcs8.hpp"

namespace sshauth {
namespace {

// RFC 1421 §4.6.1.3 "DEK-Info", the key by one round of MD5 (openssl's PEM_do_header), so there is
// no work to bound. Not PEM_do_header itself, which has the ciphers of libcrypto's default context
// only.
KeyError decipher(PemBlock& block, const LoadOptions& options, bool& encrypted) {
  EVP_CIPHER_INFO info{};
  if (PEM_get_EVP_CIPHER_INFO(block.headers.data(), &info) != 1)
    return {KeyErrc::unsupported_type,
            "the DEK-Info header of this PEM key names no cipher that is supported"};
  encrypted = info.cipher != nullptr;
  if (!encrypted) return {};
  const ossl::Owned<EVP_CIPHER, EVP_CIPHER_free> cipher(
      EVP_CIPHER_fetch(legacy_library(), EVP_CIPHER_get0_name(info.cipher), nullptr));
  if (cipher == nullptr)
    return {KeyErrc::unsupported_type, "libcrypto no longer supports the cipher of this PEM key, " +
                                           printable(EVP_CIPHER_get0_name(info.cipher))};
  if (!options.passphrase.has_value()) return needs_passphrase();
  const Bytes passphrase = as_bytes(*options.passphrase);
  SecretBytes key(EVP_MAX_KEY_LENGTH);
  if (EVP_BytesToKey(cipher.get(), EVP_md5(), info.iv, passphrase.data(),
                     static_cast<int>(passphrase.size()), 1, key.write().data(), nullptr) <= 0)
    return {KeyErrc::crypto_failed, "libcrypto could not derive the key's key"};
  const ossl::CipherCtx ctx(EVP_CIPHER_CTX_new());
  const MutBytes data = block.contents.write();
  int len = 0;
  int last = 0;
  if (ctx == nullptr ||
      EVP_DecryptInit_ex2(ctx.get(), cipher.get(), key.reveal().data(), info.iv, nullptr) != 1 ||
      EVP_DecryptUpdate(ctx.get(), data.data(), &len, data.data(), static_cast<int>(data.size())) !=
          1 ||
      EVP_DecryptFinal_ex(ctx.get(), data.data() + len, &last) != 1)
    return wrong_passphrase();
  block.contents.shrink(static_cast<std::size_t>(len) + static_cast<std::size_t>(last));
  return {};
}

// PKCS#1 RSAPrivateKey (RFC 8017 §A.1.2), SEC1 ECPrivateKey (RFC 5915) or openssl's DSA key.
KeyResult load_traditional(PemBlock& block, const LoadOptions& options) {
  bool encrypted = false;
  if (KeyError bad = decipher(block, options, encrypted); !bad.ok()) return bad;
  const Bytes der = block.contents.reveal();
  // One wrong passphrase in 256 leaves padding that looks right, and nonsense before it.
  if (encrypted && !is_sequence(der)) return wrong_passphrase();
  KeyResult result = block.label == PEM_STRING_RSA   ? load_rsa_der(der, "PEM PKCS#1 RSA")
                     : block.label == PEM_STRING_DSA ? load_dsa_der(der, "PEM DSA")
                                                     : load_ec_der(der, nullptr, "PEM SEC1 EC");
  if (result.ok()) result->set_encrypted(encrypted);
  return result;
}

KeyError unsupported(std::string_view label) {
  return {KeyErrc::unsupported_type,
          "PEM blocks \"" + printable(label) +
              "\" are not supported; RSA, EC, DSA and PKCS#8 private keys and OpenSSH's are"};
}

KeyResult load_block(PemBlock& block, LoadOptions& options) {
  const std::string_view label = block.label;
  const Bytes contents = block.contents.reveal();
  if (label == kOpensshLabel) return load_openssh_private(contents, options);
  if (label == PEM_STRING_RSA || label == PEM_STRING_ECPRIVATEKEY || label == PEM_STRING_DSA)
    return load_traditional(block, options);
  if (label == PEM_STRING_PKCS8INF) return load_pkcs8(contents);
  if (label == PEM_STRING_PKCS8) return load_pkcs8_encrypted(contents, options);
  if (label == PEM_STRING_PUBLIC) return load_public_der(contents, false, "PEM public key");
  if (label == PEM_STRING_RSA_PUBLIC) return load_public_der(contents, true, "PEM public key");
  return unsupported(label);
}

bool holds_a_key(std::string_view label) {
  return label.ends_with(" KEY") || label == "PUBLIC KEY" || label == "PRIVATE KEY";
}

// The trusted form has openssl's own remarks behind the certificate, which are not asked for.
bool holds_a_certificate(std::string_view label) {
  return label == PEM_STRING_X509 || label == PEM_STRING_X509_OLD;
}

KeyError damaged() {
  return {KeyErrc::malformed,
          "a PEM block begins but is damaged or does not end: expected base64 between "
          "\"-----BEGIN ...-----\" and \"-----END ...-----\" of the same name"};
}

bool is_about_passphrase(KeyErrc code) noexcept {
  return code == KeyErrc::needs_passphrase || code == KeyErrc::wrong_passphrase;
}

// Reads the blocks, one text at a time. What is wrong with one of them is no reason not to use the
// others; what would cost too much ends the reading, as in every store.
class Reading {
 public:
  Reading(LoadOptions& options, KeyList& keys) : options_(options), keys_(keys) {}

  KeyError read(std::string_view rest) {
    PemBlock block;
    PemFound found = PemFound::none;
    while (!keys_.is_full() && (found = next_pem_block(rest, block)) != PemFound::none) {
      if (found == PemFound::damaged)
        keys_.pass_over(damaged());
      else if (KeyError bad = read_block(block); !bad.ok())
        return locked_.ok() || has_signing_key() ? bad : locked_;
    }
    join_certificates(certificates_, keys_);
    return verdict();
  }

 private:
  KeyError read_block(PemBlock& block) {
    if (holds_a_certificate(block.label) && certificates_.size() < options_.limits.keys) {
      const Bytes der = block.contents.reveal();
      certificates_.push_back({Blob(der.begin(), der.end()), {}});
    } else if (!holds_a_key(block.label)) {
      no_key_ = block.label;
    } else if (KeyResult result = load_block(block, options_)) {
      add(std::move(result));
    } else {
      return refuse(result.error());
    }
    return {};
  }

  // A public half beside its private one, as ssh-keygen and openssl write them, is no second key.
  void add(KeyResult result) {
    for (const Identity& have : keys_.keys())
      if (!result->can_sign() && same_bytes(have.public_blob(), result->public_blob())) return;
    keys_.add(std::move(*result));
  }

  KeyError refuse(const KeyError& bad) {
    const bool locked = is_about_passphrase(bad.code);
    const bool broken = bad.code == KeyErrc::malformed;
    if (!locked && !broken && bad.code != KeyErrc::unsupported_type && !options_.public_only)
      return bad;
    if (locked && locked_.ok()) locked_ = bad;
    key_lost_ = key_lost_ || locked || broken;
    keys_.pass_over(bad);
    return {};
  }

  bool has_signing_key() const noexcept {
    for (const Identity& key : keys_.keys())
      if (key.can_sign()) return true;
    return false;
  }

  // A certificate or a public half is no key to log in with in place of a private one: what is
  // wrong with that one is told, and a passphrase before anything else, as it can be given.
  KeyError verdict() const {
    const bool enough =
        has_signing_key() || (!keys_.keys().empty() && (options_.public_only || !key_lost_));
    if (enough) return {};
    if (!locked_.ok()) return locked_;
    if (keys_.passed_over().num != 0) return keys_.passed_over().first;
    return {KeyErrc::unknown_format,
            "the file holds no key, only a PEM block \"" + printable(no_key_) + "\""};
  }

  LoadOptions& options_;
  KeyList& keys_;
  std::vector<NamedCertificate> certificates_;
  std::string no_key_;     // the label of a block that holds none
  KeyError locked_;        // the first that is about a passphrase
  bool key_lost_ = false;  // by a passphrase or by damage
};

}  // namespace

bool is_pem(Bytes data) noexcept {
  return as_text(data).find("-----BEGIN ") != std::string_view::npos;
}

KeyError read_pem(Bytes text, LoadOptions& options, KeyList& keys) {
  return Reading(options, keys).read(as_text(text));
}

}  // namespace sshauth
