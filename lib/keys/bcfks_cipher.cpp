#include "lib/keys/bcfks_cipher.hpp"

#include <openssl/asn1t.h>

#include "lib/keys/algorithm_id.hpp"
#include "lib/keys/kdf.hpp"
#include "lib/keys/pbe.hpp"

namespace sshauth {
namespace {

// NOLINTBEGIN: the macros are libcrypto's way to describe ASN.1.
// clang-format off

// RFC 5084 §3.1, CCMParameters.
struct CcmParams {
  ASN1_OCTET_STRING* nonce;
  ASN1_INTEGER* tag_len;  // null: 12
};
ASN1_SEQUENCE(CcmParams) = {
  ASN1_SIMPLE(CcmParams, nonce, ASN1_OCTET_STRING),
  ASN1_OPT(CcmParams, tag_len, ASN1_INTEGER),
} static_ASN1_SEQUENCE_END(CcmParams)
    // clang-format on
    // NOLINTEND

    using Pbe2 = ossl::Owned<PBE2PARAM, PBE2PARAM_free>;

struct CcmRelease {
  void operator()(CcmParams* params) const noexcept {
    ASN1_item_free(ossl::asn1_value(params), ASN1_ITEM_rptr(CcmParams));
  }
};

constexpr std::size_t kKeyLen = 32;

std::string_view name_of(BcfksPurpose purpose) noexcept {
  switch (purpose) {
    case BcfksPurpose::integrity: return "INTEGRITY_CHECK";
    case BcfksPurpose::store: return "STORE_ENCRYPTION";
    case BcfksPurpose::private_key: break;
  }
  return "PRIVATE_KEY_ENCRYPTION";
}

KeyError unsupported() {
  return {KeyErrc::unsupported_type,
          "the encryption of this BCFKS key store is not supported; AES-256 in CCM and KWP is"};
}

struct Cipher {
  ossl::Owned<EVP_CIPHER, EVP_CIPHER_free> alg;
  ossl::CipherCtx ctx{EVP_CIPHER_CTX_new()};

  explicit Cipher(const char* name) : alg(EVP_CIPHER_fetch(nullptr, name, nullptr)) {}
  bool ok() const noexcept { return alg != nullptr && ctx != nullptr; }
};

// RFC 3610: the tag stands behind the octets, and the length is told before them.
KeyError open_ccm(const X509_ALGOR* alg, Bytes key, Bytes sealed, SecretBytes& out) {
  const std::unique_ptr<CcmParams, CcmRelease> params =
      parameters_of<std::unique_ptr<CcmParams, CcmRelease>>(alg, ASN1_ITEM_rptr(CcmParams));
  std::uint64_t tag_len = 12;
  if (params == nullptr || (params->tag_len != nullptr && !count_of(params->tag_len, tag_len)) ||
      tag_len < 4 || tag_len > 16 || tag_len >= sealed.size())
    return unsupported();
  const Bytes nonce = octets_of(params->nonce);
  const Bytes tag = sealed.last(static_cast<std::size_t>(tag_len));
  const Bytes octets = sealed.first(sealed.size() - tag.size());
  const Cipher cipher("AES-256-CCM");
  int len = 0;
  out = SecretBytes(octets.size());
  if (!cipher.ok() || nonce.size() < 7 || nonce.size() > 13 ||
      EVP_DecryptInit_ex2(cipher.ctx.get(), cipher.alg.get(), nullptr, nullptr, nullptr) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.ctx.get(), EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(nonce.size()),
                          nullptr) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.ctx.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                          const_cast<std::uint8_t*>(tag.data())) != 1 ||
      EVP_DecryptInit_ex2(cipher.ctx.get(), nullptr, key.data(), nonce.data(), nullptr) != 1 ||
      EVP_DecryptUpdate(cipher.ctx.get(), nullptr, &len, nullptr,
                        static_cast<int>(octets.size())) != 1)
    return unsupported();
  if (EVP_DecryptUpdate(cipher.ctx.get(), out.write().data(), &len, octets.data(),
                        static_cast<int>(octets.size())) != 1)
    return wrong_passphrase();
  return {};
}

KeyError open_kwp(Bytes key, Bytes sealed, SecretBytes& out) {
  const Cipher cipher("AES-256-WRAP-PAD");
  int len = 0;
  out = SecretBytes(sealed.size() + 8);
  if (!cipher.ok()) return unsupported();
  EVP_CIPHER_CTX_set_flags(cipher.ctx.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  if (EVP_DecryptInit_ex2(cipher.ctx.get(), cipher.alg.get(), key.data(), nullptr, nullptr) != 1)
    return unsupported();
  if (EVP_DecryptUpdate(cipher.ctx.get(), out.write().data(), &len, sealed.data(),
                        static_cast<int>(sealed.size())) != 1 ||
      len <= 0)
    return wrong_passphrase();
  out.shrink(static_cast<std::size_t>(len));
  return {};
}

}  // namespace

// Password, then purpose, each as PKCS#12 has its passwords; an empty one is nothing at all.
KeyError bcfks_derive(const X509_ALGOR* alg, const BcfksKdf& kdf, BcfksPurpose purpose,
                      std::size_t len, LoadLimits& limits, SecretBytes& out) {
  SecretBytes word = password_in_utf16(kdf.password);
  if (kdf.password.empty()) word.shrink(0);
  const SecretBytes what = password_in_utf16(name_of(purpose));
  SecretBytes both(word.size() + what.size());
  copy_bytes(both.write().data(), word.reveal());
  copy_bytes(both.write().data() + word.size(), what.reveal());
  return derive_key(alg, both.reveal(), len, limits, out, kdf.r_for_p);
}

KeyError bcfks_decrypt(const X509_SIG* sealed, const BcfksKdf& kdf, BcfksPurpose purpose,
                       LoadLimits& limits, SecretBytes& out) {
  const X509_ALGOR* alg = nullptr;
  const ASN1_OCTET_STRING* octets = nullptr;
  X509_SIG_get0(sealed, &alg, &octets);
  if (algorithm_of(alg) != NID_pbes2) return unsupported();
  const auto params = parameters_of<Pbe2>(alg, ASN1_ITEM_rptr(PBE2PARAM));
  if (params == nullptr) return unsupported();
  SecretBytes key;
  if (KeyError bad = bcfks_derive(params->keyfunc, kdf, purpose, kKeyLen, limits, key); !bad.ok())
    return bad;
  if (key.size() != kKeyLen) return unsupported();
  switch (algorithm_of(params->encryption)) {
    case NID_aes_256_ccm: return open_ccm(params->encryption, key.reveal(), octets_of(octets), out);
    case NID_id_aes256_wrap_pad: return open_kwp(key.reveal(), octets_of(octets), out);
    default: return unsupported();
  }
}

}  // namespace sshauth
