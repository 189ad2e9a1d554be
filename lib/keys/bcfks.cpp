#include "lib/keys/bcfks.hpp"

#include <openssl/asn1t.h>
#include <openssl/hmac.h>

#include <array>

#include "lib/keys/algorithm_id.hpp"
#include "lib/keys/bcfks_cipher.hpp"
#include "lib/keys/certificate.hpp"
#include "lib/keys/der_shape.hpp"
#include "lib/keys/pbe.hpp"
#include "lib/keys/pkcs8.hpp"

namespace sshauth {
namespace {

// NOLINTBEGIN: the macros are libcrypto's way to describe ASN.1.
// clang-format off

// PbkdMacIntegrityCheck
struct MacCheck {
  X509_ALGOR* mac;
  X509_ALGOR* kdf;
  ASN1_OCTET_STRING* value;
};
ASN1_SEQUENCE(MacCheck) = {
  ASN1_SIMPLE(MacCheck, mac, X509_ALGOR),
  ASN1_SIMPLE(MacCheck, kdf, X509_ALGOR),
  ASN1_SIMPLE(MacCheck, value, ASN1_OCTET_STRING),
} static_ASN1_SEQUENCE_END(MacCheck)

// ObjectStore. `data` is the EncryptedObjectStoreData or ObjectStoreData, as it stands there.
struct Store {
  ASN1_TYPE* data;
  MacCheck* check;
};
ASN1_SEQUENCE(Store) = {
  ASN1_SIMPLE(Store, data, ASN1_ANY),
  ASN1_SIMPLE(Store, check, MacCheck),
} static_ASN1_SEQUENCE_END(Store)

// ObjectData
struct Entry {
  ASN1_INTEGER* kind;
  ASN1_UTF8STRING* name;
  ASN1_GENERALIZEDTIME *made, *changed;
  ASN1_OCTET_STRING* data;
  ASN1_UTF8STRING* remark;
};
ASN1_SEQUENCE(Entry) = {
  ASN1_SIMPLE(Entry, kind, ASN1_INTEGER),
  ASN1_SIMPLE(Entry, name, ASN1_UTF8STRING),
  ASN1_SIMPLE(Entry, made, ASN1_GENERALIZEDTIME),
  ASN1_SIMPLE(Entry, changed, ASN1_GENERALIZEDTIME),
  ASN1_SIMPLE(Entry, data, ASN1_OCTET_STRING),
  ASN1_OPT(Entry, remark, ASN1_UTF8STRING),
} static_ASN1_SEQUENCE_END(Entry)

DEFINE_STACK_OF(Entry)

// ObjectStoreData
struct Contents {
  ASN1_INTEGER* version;
  X509_ALGOR* integrity;
  ASN1_GENERALIZEDTIME *made, *changed;
  STACK_OF(Entry)* entries;
  ASN1_UTF8STRING* remark;
};
ASN1_SEQUENCE(Contents) = {
  ASN1_SIMPLE(Contents, version, ASN1_INTEGER),
  ASN1_SIMPLE(Contents, integrity, X509_ALGOR),
  ASN1_SIMPLE(Contents, made, ASN1_GENERALIZEDTIME),
  ASN1_SIMPLE(Contents, changed, ASN1_GENERALIZEDTIME),
  ASN1_SEQUENCE_OF(Contents, entries, Entry),
  ASN1_OPT(Contents, remark, ASN1_UTF8STRING),
} static_ASN1_SEQUENCE_END(Contents)

// EncryptedPrivateKeyData
struct PrivateKey {
  X509_SIG* key;
  STACK_OF(X509)* chain;
};
ASN1_SEQUENCE(PrivateKey) = {
  ASN1_SIMPLE(PrivateKey, key, X509_SIG),
  ASN1_SEQUENCE_OF(PrivateKey, chain, X509),
} static_ASN1_SEQUENCE_END(PrivateKey)
    // clang-format on
    // NOLINTEND

    using Md = ossl::Owned<EVP_MD, EVP_MD_free>;

enum Kind : std::uint64_t { certificate = 0, private_key = 1, protected_private_key = 3 };

template <class T>
struct Release {
  const ASN1_ITEM* item;
  void operator()(T* value) const noexcept { ASN1_item_free(ossl::asn1_value(value), item); }
};
template <class T>
using Owner = std::unique_ptr<T, Release<T>>;

template <class T>
Owner<T> decode(Bytes der, const ASN1_ITEM* item) noexcept {
  const std::uint8_t* at = der.data();
  void* const read = ASN1_item_d2i(nullptr, &at, static_cast<long>(der.size()), item);
  return Owner<T>(static_cast<T*>(read), Release<T>{item});
}

KeyError malformed(std::string_view why) {
  return {KeyErrc::malformed, "the BCFKS key store is malformed: " + std::string(why)};
}

class Reading {
 public:
  Reading(LoadOptions& options, KeyList& keys) : options_(options), keys_(keys) {}

  KeyError read(const Store& store) {
    if (store.data->type != V_ASN1_SEQUENCE) return malformed("it holds no store");
    const Bytes data = octets_of(store.data->value.sequence);
    if (KeyError bad = check_mac(*store.check, data); !bad.ok()) return bad;
    if (der_shape(data) != DerShape::pkcs8_encrypted) return read_contents(data);
    const auto sealed = decode<X509_SIG>(data, ASN1_ITEM_rptr(X509_SIG));
    SecretBytes plain;
    if (sealed == nullptr) return malformed("its encrypted part");
    if (KeyError bad =
            bcfks_decrypt(sealed.get(), kdf_, BcfksPurpose::store, options_.limits, plain);
        !bad.ok())
      return bad;
    return read_contents(plain.reveal());
  }

 private:
  // Finds out how the keys are derived, too.
  KeyError check_mac(const MacCheck& check, Bytes data) {
    if (!options_.passphrase.has_value()) return needs_passphrase();
    kdf_.password = *options_.passphrase;
    int hash = NID_undef;
    const bool hmac =
        EVP_PBE_find(EVP_PBE_TYPE_PRF, algorithm_of(check.mac), nullptr, &hash, nullptr) == 1;
    const Md md(hmac ? EVP_MD_fetch(nullptr, OBJ_nid2sn(hash), nullptr) : nullptr);
    if (md == nullptr)
      return {KeyErrc::unsupported_type,
              "the integrity check of this BCFKS key store is of a kind that is not supported"};
    KeyError bad = try_mac(check, md.get(), data);
    if (bad.code != KeyErrc::wrong_passphrase || algorithm_of(check.kdf) != NID_id_scrypt)
      return bad;
    kdf_.r_for_p = true;
    return try_mac(check, md.get(), data);
  }

  KeyError try_mac(const MacCheck& check, const EVP_MD* md, Bytes data) {
    SecretBytes key;
    if (KeyError bad =
            bcfks_derive(check.kdf, kdf_, BcfksPurpose::integrity,
                         static_cast<std::size_t>(EVP_MD_get_size(md)), options_.limits, key);
        !bad.ok())
      return bad;
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> mac{};
    unsigned len = 0;
    if (HMAC(md, key.reveal().data(), static_cast<int>(key.size()), data.data(), data.size(),
             mac.data(), &len) == nullptr)
      return {KeyErrc::crypto_failed, "libcrypto could not check the key store"};
    if (ct_equal(Bytes(mac).first(len), octets_of(check.value))) return {};
    return {KeyErrc::wrong_passphrase,
            "the password does not open this BCFKS key store, or it was changed without it"};
  }

  KeyError read_contents(Bytes der) {
    const auto contents = decode<Contents>(der, ASN1_ITEM_rptr(Contents));
    if (contents == nullptr) return malformed("its contents");
    for (int i = 0; i < sk_Entry_num(contents->entries) && !keys_.is_full(); ++i)
      if (KeyError bad = read_entry(*sk_Entry_value(contents->entries, i)); !bad.ok()) return bad;
    join_certificates(certificates_, keys_);
    return {};
  }

  KeyError read_entry(const Entry& entry) {
    std::uint64_t kind = 0;
    if (!count_of(entry.kind, kind)) return malformed("the kind of an entry");
    const Bytes data = octets_of(entry.data);
    const std::string name(as_text(octets_of(entry.name)));
    if (kind == certificate)
      certificates_.push_back({Blob(data.begin(), data.end()), name});
    else if (kind == private_key || kind == protected_private_key)
      return read_private(data, name);
    else
      keys_.pass_over({KeyErrc::unsupported_type,
                       "the secret key " + printable(name) + " in the key store is not supported"});
    return {};
  }

  KeyError read_private(Bytes der, const std::string& name) {
    const auto data = decode<PrivateKey>(der, ASN1_ITEM_rptr(PrivateKey));
    if (data == nullptr) return malformed("the entry of a private key");
    SecretBytes plain;
    KeyError bad =
        bcfks_decrypt(data->key, kdf_, BcfksPurpose::private_key, options_.limits, plain);
    if (bad.code == KeyErrc::wrong_passphrase) {
      keys_.pass_over({bad.code, "the key " + printable(name) +
                                     " has a password of its own, not that of the key "
                                     "store; \"keytool -keypasswd\" gives it that one"});
      return {};
    }
    if (!bad.ok()) return bad;
    KeyResult key = load_pkcs8(plain.reveal(), "BCFKS");
    if (key) {
      key->set_comment(name);
      key->set_encrypted(true);
      if (bad = give_chain(*key, chain_of(data->chain)); !bad.ok())
        keys_.pass_over({bad.code, "beside the key " + printable(name) + ": " + bad.text});
    }
    return keys_.take(std::move(key));
  }

  static std::vector<Blob> chain_of(const STACK_OF(X509) * stack) {
    std::vector<Blob> chain;
    for (int i = 0; i < sk_X509_num(stack); ++i) {
      unsigned char* der = nullptr;
      const int len = i2d_X509(sk_X509_value(stack, i), &der);
      if (len > 0) chain.emplace_back(der, der + len);
      OPENSSL_free(der);
    }
    return chain;
  }

  LoadOptions& options_;
  KeyList& keys_;
  BcfksKdf kdf_;
  std::vector<NamedCertificate> certificates_;
};

}  // namespace

bool is_bcfks(Bytes data) noexcept { return der_shape(data) == DerShape::bcfks; }

KeyError read_bcfks(Bytes data, LoadOptions& options, KeyList& keys) {
  const auto store = decode<Store>(data, ASN1_ITEM_rptr(Store));
  if (store == nullptr)
    return malformed("it is no object store with an integrity check by a password");
  return Reading(options, keys).read(*store);
}

}  // namespace sshauth
