// Key stores made by openssl, keytool and BouncyCastle, for the tests that read them.
#pragma once

#include <string>
#include <vector>

#include "tests/keys/support.hpp"

namespace sshauth::test {

inline constexpr const char* kStoreWord = "open sesame";

struct MadeKey {
  std::string name;  // "rsa"
  std::string type;
  std::string key_file, certificate_file;  // PEM
};

// One of every type that openssl puts into certificates, each with a certificate by itself.
std::vector<MadeKey> make_keys(const TempFolder& folder);

// Options of openssl pkcs12 -export, the last of each telling which.
extern const std::vector<std::vector<std::string>> kPkcs12Ways;
std::string make_pkcs12(const TempFolder& folder, const MadeKey& key,
                        const std::vector<std::string>& how, const std::string& word = kStoreWord);
// With the integrity check of RFC 9579, which openssl writes from version 3.4 on: put together here
// as in the examples of its appendix, computed by openssl.
std::string make_pbmac1_pkcs12(const TempFolder& folder, const MadeKey& key);
// A key under a certificate of CN=middle under one of CN=root.
std::string make_chained_pkcs12(const TempFolder& folder);

// All keys in one store of that kind ("PKCS12", "JKS", "JCEKS"), by keytool.
std::string make_many(const TempFolder& folder, const std::vector<MadeKey>& keys,
                      const std::string& kind);
// The key "same" under the store's password, "other" under one of its own.
std::string make_own_password_jks(const TempFolder& folder);
// Four secret keys and the keys "first" to "third", in what order Java pleases.
std::string make_jceks_with_secrets(const TempFolder& folder);
// By hand, as Java never would: a certificate of 900 kB, and 600 of its own issued by it.
std::string make_hostile_jks(const TempFolder& folder);
// The certificate "friend" and no key.
std::string make_trusted_jks(const TempFolder& folder);

// `how`: "CCM PBKDF2", "KWP SCRYPT" and so on; by BouncyCastle. A key that is called "own" is under
// a password of its own.
std::string make_bcfks(const TempFolder& folder, const std::vector<MadeKey>& keys,
                       const std::string& how);

// The certificates of two keys; `form`: "DER" or "PEM".
std::string make_pkcs7(const TempFolder& folder, const std::string& form);

// One of every binary format, with one short key each, cheap to open.
std::vector<std::string> make_small_stores(const TempFolder& folder);

}  // namespace sshauth::test
