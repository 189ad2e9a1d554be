#include "lib/keys/pkcs12_mac.hpp"

#include <openssl/hmac.h>
#include <openssl/pkcs12.h>

#include <array>

#include "lib/keys/algorithm_id.hpp"
#include "lib/keys/kdf.hpp"
#include "lib/keys/legacy.hpp"

namespace sshauth {
namespace {

using Pbe2 = ossl::Owned<PBE2PARAM, PBE2PARAM_free>;
using Md = ossl::Owned<EVP_MD, EVP_MD_free>;

// RFC 9579 §4; libcrypto 3.0 has no name for it. Its parameters are those of PBES2: a key
// derivation and a scheme, here an HMAC.
constexpr char kPbmac1[] = "1.2.840.113549.1.5.14";

KeyError unsupported() {
  return {KeyErrc::unsupported_type,
          "the integrity check of this PKCS#12 file is of a kind that is not supported"};
}

bool is_pbmac1(const X509_ALGOR* alg) {
  const ASN1_OBJECT* oid = nullptr;
  X509_ALGOR_get0(&oid, nullptr, nullptr, alg);
  std::array<char, 80> text{};
  OBJ_obj2txt(text.data(), static_cast<int>(text.size()), oid, 1);
  return std::string_view(text.data()) == kPbmac1;
}

// RFC 7292 §B: the key for integrity, identifier 3.
KeyError derive_own(const EVP_MD* md, const ASN1_OCTET_STRING* salt, std::uint64_t iterations,
                    const PbePassword& password, SecretBytes& key) {
  key = SecretBytes(static_cast<std::size_t>(EVP_MD_get_size(md)));
  if (PKCS12_key_gen_utf8_ex(
          password.text, password.len, const_cast<std::uint8_t*>(ASN1_STRING_get0_data(salt)),
          ASN1_STRING_length(salt), PKCS12_MAC_ID, static_cast<int>(iterations),
          static_cast<int>(key.size()), key.write().data(), md, legacy_library(), nullptr) != 1)
    return unsupported();
  return {};
}

KeyError check_hmac(const EVP_MD* md, const SecretBytes& key, Bytes content, Bytes expected) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> mac{};
  unsigned len = 0;
  if (HMAC(md, key.reveal().data(), static_cast<int>(key.size()), content.data(), content.size(),
           mac.data(), &len) == nullptr)
    return unsupported();
  return ct_equal(Bytes(mac).first(len), expected) ? KeyError() : wrong_passphrase();
}

KeyError check_pbmac1(const X509_ALGOR* alg, Bytes content, Bytes expected,
                      const PbePassword& password, LoadLimits& limits) {
  const auto params = parameters_of<Pbe2>(alg, ASN1_ITEM_rptr(PBE2PARAM));
  if (params == nullptr) return unsupported();
  int hash = NID_undef;
  if (EVP_PBE_find(EVP_PBE_TYPE_PRF, algorithm_of(params->encryption), nullptr, &hash, nullptr) !=
      1)
    return unsupported();
  const Md md(EVP_MD_fetch(nullptr, OBJ_nid2sn(hash), nullptr));
  if (md == nullptr) return unsupported();
  const Bytes word = as_bytes(std::string_view(password.text != nullptr ? password.text : "",
                                               static_cast<std::size_t>(password.len)));
  SecretBytes key;
  const auto len = static_cast<std::size_t>(EVP_MD_get_size(md.get()));
  if (KeyError bad = derive_key(params->keyfunc, word, len, limits, key); !bad.ok()) return bad;
  return check_hmac(md.get(), key, content, expected);
}

}  // namespace

KeyError check_pkcs12_mac(const X509_SIG* digest, const ASN1_OCTET_STRING* salt,
                          const ASN1_INTEGER* iterations, Bytes content,
                          const PbePassword& password, LoadLimits& limits) {
  const X509_ALGOR* alg = nullptr;
  const ASN1_OCTET_STRING* expected = nullptr;
  X509_SIG_get0(digest, &alg, &expected);
  if (is_pbmac1(alg)) return check_pbmac1(alg, content, octets_of(expected), password, limits);
  const Md md(EVP_MD_fetch(legacy_library(), OBJ_nid2sn(algorithm_of(alg)), nullptr));
  if (md == nullptr) return unsupported();
  std::uint64_t times = 1;
  if (iterations != nullptr) {
    if (KeyError bad = spend_iterations(iterations, limits); !bad.ok()) return bad;
    if (!count_of(iterations, times)) return unsupported();
  }
  SecretBytes key;
  if (KeyError bad = derive_own(md.get(), salt, times, password, key); !bad.ok()) return bad;
  return check_hmac(md.get(), key, content, octets_of(expected));
}

}  // namespace sshauth
