// Every type of SSHCertStore opens what it is for: from a file and from memory, as it is and in
// base64; type 99 finds each by its content; and no type takes another's.
#include <catch2/catch.hpp>

#include "ipworksauth/sshauth.h"
#include "tests/keys/store_files.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

struct Object {
  void* at = ipworksauth_sshauth_create(nullptr, nullptr, nullptr, 0);
  Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  ~Object() { ipworksauth_sshauth_destroy(at); }
};

// The code of selecting whatever is in that store.
int open(int type, const std::string& store, std::string* subject = nullptr) {
  const Object o;
  REQUIRE(ipworksauth_sshauth_setsshcertstoretype(o.at, type) == 0);
  REQUIRE(ipworksauth_sshauth_setsshcertstore(o.at, store.data(), static_cast<int>(store.size())) ==
          0);
  REQUIRE(ipworksauth_sshauth_setsshcertstorepassword(o.at, kStoreWord) == 0);
  const int code = ipworksauth_sshauth_setsshcertsubject(o.at, "*");
  INFO(ipworksauth_sshauth_getlasterror(o.at));
  CHECK((code == 0) == (ipworksauth_sshauth_getlasterrorcode(o.at) == 0));
  if (subject != nullptr) *subject = ipworksauth_sshauth_getsshcertsubject(o.at);
  return code;
}

struct Format {
  const char* name;
  int as_file, as_blob;
  std::string path;
};

std::vector<Format> make_formats(const TempFolder& folder) {
  const std::vector<MadeKey> keys = make_keys(folder);
  const MadeKey& key = keys[1];  // P-256, which all of them have
  ssh_keygen(folder / "user", "ed25519", 0, kStoreWord);
  spill(folder / "word", kStoreWord);
  must_run({"puttygen", folder / "user", "--old-passphrase", folder / "word", "-O", "private", "-o",
            folder / "ppk", "--new-passphrase", folder / "word", "--ppk-param",
            "memory=64,passes=1"});
  must_run({"jose", "jwk", "gen", "-i", R"({"alg":"ES256"})", "-o", folder / "jwk"});
  must_run({"xmlsec1", "--keys", "--gen-key:k", "rsa-2048", folder / "xml"});
  spill(folder / "xml16", must_run({"iconv", "-f", "UTF-8", "-t", "UTF-16", folder / "xml"}));
  must_run({"openssl", "x509", "-in", key.certificate_file, "-outform", "DER", "-out",
            folder / "certificate.der"});
  return {{"PKCS#12", CST_PFXFILE, CST_PFXBLOB, make_pkcs12(folder, key, {})},
          {"JKS", CST_JKSFILE, CST_JKSBLOB, make_many(folder, {key}, "JKS")},
          {"JCEKS", CST_JKSFILE, CST_JKSBLOB, make_many(folder, {key}, "JCEKS")},
          {"PEM key", CST_PEMKEY_FILE, CST_PEMKEY_BLOB, key.key_file},
          {"OpenSSH key", CST_PEMKEY_FILE, CST_PEMKEY_BLOB, folder / "user"},
          {"PEM certificate", CST_PUBLIC_KEY_FILE, CST_PUBLIC_KEY_BLOB, key.certificate_file},
          {"DER certificate", CST_PUBLIC_KEY_FILE, CST_PUBLIC_KEY_BLOB, folder / "certificate.der"},
          {"public line", CST_SSHPUBLIC_KEY_FILE, CST_SSHPUBLIC_KEY_BLOB, folder / "user.pub"},
          {"PKCS#7", CST_P7BFILE, CST_P7BBLOB, make_pkcs7(folder, "DER")},
          {"PPK", CST_PPKFILE, CST_PPKBLOB, folder / "ppk"},
          {"XML", CST_XMLFILE, CST_XMLBLOB, folder / "xml"},
          {"XML in UTF-16", CST_XMLFILE, CST_XMLBLOB, folder / "xml16"},
          {"JWK", CST_JWKFILE, CST_JWKBLOB, folder / "jwk"},
          {"BCFKS", CST_BCFKSFILE, CST_BCFKSBLOB, make_bcfks(folder, {key}, "CCM PBKDF2")}};
}

bool holds_keys_and_certificates(int type) {
  return type == CST_PEMKEY_FILE || type == CST_PUBLIC_KEY_FILE || type == CST_SSHPUBLIC_KEY_FILE;
}

}  // namespace

TEST_CASE("every store type, from file and memory, in base64, and found by its content") {
  const TempFolder folder;
  const std::vector<Format> formats = make_formats(folder);
  for (const Format& format : formats) {
    INFO(format.name);
    const std::string octets = slurp(format.path);
    const std::string base64 = base64_encode(as_bytes(octets));
    std::string wanted;
    REQUIRE(open(format.as_file, format.path, &wanted) == 0);
    CHECK_FALSE(wanted.empty());
    const struct {
      int type;
      const std::string* store;
    } kWays[] = {{format.as_blob, &octets},
                 {format.as_blob, &base64},
                 {CST_AUTO, &format.path},
                 {CST_AUTO, &octets},
                 {CST_AUTO, &base64}};
    for (const auto& way : kWays) {
      INFO(way.type << " " << way.store->substr(0, 20));
      std::string subject;
      CHECK(open(way.type, *way.store, &subject) == 0);
      CHECK(subject == wanted);
    }
    for (const Format& other : formats) {
      if (other.as_file == format.as_file) continue;
      if (holds_keys_and_certificates(other.as_file) && holds_keys_and_certificates(format.as_file))
        continue;  // types 6, 8 and 10 differ in what is kept, not in what is read
      // What Java calls a JKS file has been PKCS#12 since its version 9.
      if (other.as_file == CST_JKSFILE && format.as_file == CST_PFXFILE) continue;
      INFO("as " << other.name);
      CHECK(open(other.as_file, format.path) == 271);
    }
  }
}
