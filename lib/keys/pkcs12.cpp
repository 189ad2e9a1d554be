// libcrypto takes the bags apart; its PKCS12 object is not used, as it gives what it read back to
// the heap unwiped, and does its check of integrity without a bound on the work.
#include "lib/keys/pkcs12.hpp"

#include <openssl/asn1t.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>

#include "lib/keys/algorithm_id.hpp"
#include "lib/keys/certificate.hpp"
#include "lib/keys/der_shape.hpp"
#include "lib/keys/pbe.hpp"
#include "lib/keys/pkcs12_mac.hpp"
#include "lib/keys/pkcs8.hpp"

namespace sshauth {
namespace {

// NOLINTBEGIN: the macros are libcrypto's way to describe ASN.1.
// clang-format off
struct MacData {
  X509_SIG* digest;
  ASN1_OCTET_STRING* salt;
  ASN1_INTEGER* iterations;  // null: 1
};

ASN1_SEQUENCE(MacData) = {
  ASN1_SIMPLE(MacData, digest, X509_SIG),
  ASN1_SIMPLE(MacData, salt, ASN1_OCTET_STRING),
  ASN1_OPT(MacData, iterations, ASN1_INTEGER),
} static_ASN1_SEQUENCE_END(MacData)

struct Pfx {
  ASN1_INTEGER* version;
  PKCS7* content;
  MacData* mac;  // null: none
};

ASN1_SEQUENCE(Pfx) = {
  ASN1_SIMPLE(Pfx, version, ASN1_INTEGER),
  ASN1_SIMPLE(Pfx, content, PKCS7),
  ASN1_OPT(Pfx, mac, MacData),
} static_ASN1_SEQUENCE_END(Pfx)
    // clang-format on
    // NOLINTEND

    // The octets of content that is not encrypted; null where it is of another type.
    ASN1_OCTET_STRING
    * plain_octets(const PKCS7* content) noexcept {
  return OBJ_obj2nid(content->type) == NID_pkcs7_data ? content->d.data : nullptr;
}

void wipe(PKCS7* content) noexcept {
  ASN1_OCTET_STRING* octets = content != nullptr ? plain_octets(content) : nullptr;
  if (octets != nullptr && octets->data != nullptr)
    OPENSSL_cleanse(octets->data, static_cast<std::size_t>(octets->length));
}

struct PfxRelease {
  void operator()(Pfx* pfx) const noexcept {
    wipe(pfx->content);
    ASN1_item_free(ossl::asn1_value(pfx), ASN1_ITEM_rptr(Pfx));
  }
};
struct SafesRelease {
  void operator()(STACK_OF(PKCS7) * safes) const noexcept {
    for (int i = 0; i < sk_PKCS7_num(safes); ++i) wipe(sk_PKCS7_value(safes, i));
    sk_PKCS7_pop_free(safes, PKCS7_free);
  }
};
struct BagsRelease {
  void operator()(STACK_OF(PKCS12_SAFEBAG) * bags) const noexcept {
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
  }
};
using Safes = std::unique_ptr<STACK_OF(PKCS7), SafesRelease>;
using Bags = std::unique_ptr<STACK_OF(PKCS12_SAFEBAG), BagsRelease>;

constexpr char kFormat[] = "PKCS#12";
constexpr int kMaxNesting = 4;

KeyError malformed(std::string_view why) {
  return {KeyErrc::malformed, "the PKCS#12 file is malformed: " + std::string(why)};
}

template <class T>
T decode(Bytes der, const ASN1_ITEM* item) noexcept {
  const std::uint8_t* at = der.data();
  return T(static_cast<typename T::pointer>(
      static_cast<void*>(ASN1_item_d2i(nullptr, &at, static_cast<long>(der.size()), item))));
}

// RFC 7292 §B.1: no password is not the empty one, which ends in a NUL as every other. Files that
// "have no password" are made with either.
std::vector<PbePassword> candidates(const LoadOptions& options) {
  if (options.passphrase.has_value() && !options.passphrase->empty())
    return {{options.passphrase->data(), static_cast<int>(options.passphrase->size())}};
  return {{"", 0}, {nullptr, 0}};
}

// Reads the bags, one store at a time.
class Reading {
 public:
  Reading(LoadOptions& options, KeyList& keys) : options_(options), keys_(keys) {}

  KeyError read(const Pfx& pfx) {
    const ASN1_OCTET_STRING* content = plain_octets(pfx.content);
    if (content == nullptr)
      return {KeyErrc::unsupported_type,
              "the PKCS#12 file is signed by a certificate; those with a password are supported"};
    if (KeyError bad = check_mac(pfx.mac, octets_of(content)); !bad.ok()) return bad;
    const Safes safes = decode<Safes>(octets_of(content), ASN1_ITEM_rptr(PKCS12_AUTHSAFES));
    if (safes == nullptr) return malformed("its content is no list of safes");
    for (int i = 0; i < sk_PKCS7_num(safes.get()); ++i)
      if (KeyError bad = read_safe(sk_PKCS7_value(safes.get(), i)); !bad.ok()) return bad;
    join_certificates(certificates_, keys_);
    return {};
  }

 private:
  // Finds the password that fits, too.
  KeyError check_mac(const MacData* mac, Bytes content) {
    const std::vector<PbePassword> passwords = candidates(options_);
    password_ = passwords.front();
    if (mac == nullptr) return {};
    for (const PbePassword& password : passwords) {
      KeyError bad = check_pkcs12_mac(mac->digest, mac->salt, mac->iterations, content, password,
                                      options_.limits);
      password_ = password;
      if (bad.code != KeyErrc::wrong_passphrase) return bad;
    }
    return wrong_passphrase();
  }

  KeyError read_safe(const PKCS7* safe) {
    if (const ASN1_OCTET_STRING* octets = plain_octets(safe))
      return read_bags(octets_of(octets), 0);
    if (OBJ_obj2nid(safe->type) != NID_pkcs7_encrypted || safe->d.encrypted == nullptr) {
      keys_.pass_over({KeyErrc::unsupported_type,
                       "a part of the PKCS#12 file is encrypted for a certificate; parts with a "
                       "password are supported"});
      return {};
    }
    const PKCS7_ENC_CONTENT* content = safe->d.encrypted->enc_data;
    if (content == nullptr || content->enc_data == nullptr) return malformed("an empty safe");
    SecretBytes plain;
    if (KeyError bad =
            pbe_decrypt(content->algorithm, content->enc_data, password_, options_.limits, plain);
        !bad.ok())
      return bad;
    return read_bags(plain.reveal(), 0);
  }

  KeyError read_bags(Bytes der, int depth) {
    const Bags bags = decode<Bags>(der, ASN1_ITEM_rptr(PKCS12_SAFEBAGS));
    if (bags == nullptr) return malformed("a safe is no list of bags");
    return read_bags(bags.get(), depth);
  }

  KeyError read_bags(const STACK_OF(PKCS12_SAFEBAG) * bags, int depth) {
    if (depth > kMaxNesting) return malformed("bags within bags without an end");
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags) && !keys_.is_full(); ++i)
      if (KeyError bad = read_bag(sk_PKCS12_SAFEBAG_value(bags, i), depth); !bad.ok()) return bad;
    return {};
  }

  KeyError read_bag(const PKCS12_SAFEBAG* bag, int depth) {
    switch (PKCS12_SAFEBAG_get_nid(bag)) {
      case NID_keyBag: return add(load_pkcs8_info(PKCS12_SAFEBAG_get0_p8inf(bag), kFormat), bag);
      case NID_pkcs8ShroudedKeyBag: {
        KeyResult key =
            load_pkcs8_sealed(PKCS12_SAFEBAG_get0_pkcs8(bag), password_, options_.limits, kFormat);
        return add(std::move(key), bag);
      }
      case NID_certBag: add_certificate(bag); return {};
      case NID_safeContentsBag: return read_bags(PKCS12_SAFEBAG_get0_safes(bag), depth + 1);
      default: return {};  // revocation lists and secrets of other kinds
    }
  }

  KeyError add(KeyResult key, const PKCS12_SAFEBAG* bag) {
    if (key) key->set_comment(name_of(bag));
    return keys_.take(std::move(key));
  }

  void add_certificate(const PKCS12_SAFEBAG* bag) {
    const ossl::Owned<X509, X509_free> certificate(PKCS12_SAFEBAG_get1_cert(bag));
    unsigned char* der = nullptr;
    const int len = certificate != nullptr ? i2d_X509(certificate.get(), &der) : -1;
    if (len > 0 && certificates_.size() < options_.limits.keys)
      certificates_.push_back({Blob(der, der + len), name_of(bag)});
    OPENSSL_free(der);
  }

  static std::string name_of(const PKCS12_SAFEBAG* bag) {
    char* name = PKCS12_SAFEBAG_get0_attr(bag, NID_friendlyName) != nullptr
                     ? PKCS12_get_friendlyname(const_cast<PKCS12_SAFEBAG*>(bag))
                     : nullptr;
    std::string out = name != nullptr ? name : "";
    OPENSSL_free(name);
    return out;
  }

  LoadOptions& options_;
  KeyList& keys_;
  PbePassword password_{};
  std::vector<NamedCertificate> certificates_;
};

}  // namespace

bool is_pkcs12(Bytes data) noexcept { return der_shape(data) == DerShape::pkcs12; }

KeyError read_pkcs12(Bytes data, LoadOptions& options, KeyList& keys) {
  const auto pfx = decode<std::unique_ptr<Pfx, PfxRelease>>(data, ASN1_ITEM_rptr(Pfx));
  if (pfx == nullptr) return malformed("it is no PFX structure");
  KeyError bad = Reading(options, keys).read(*pfx);
  if (bad.code == KeyErrc::wrong_passphrase && !options.passphrase.has_value())
    return needs_passphrase();
  return bad;
}

}  // namespace sshauth
