// The SSHCert properties: stores of every kind that can be read, the choice of a key, its errors.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "lib/keys/fingerprint.hpp"
#include "lib/keys/load.hpp"
#include "tests/abi/host.hpp"

using namespace sshauth;
using namespace sshauth::test;
using ::test::Home;
using ::test::Host;
using ::test::TempFolder;

namespace {

const Identity& user_key() { return *key_of("ssh-ed25519"); }

std::string private_text(const Identity& key, std::optional<std::string_view> passphrase) {
  SecretBytes out;
  REQUIRE(format_private_key(key, passphrase, out, 4).ok());
  return std::string(as_text(out.reveal()));
}

Identity with_comment(const std::string& comment) {
  Identity key = std::move(*generate_identity("ssh-ed25519"));
  key.set_comment(comment);
  return key;
}

int set_store(void* o, int type, const std::string& store) {
  if (const int code = ipworksauth_sshauth_setsshcertstoretype(o, type); code != 0) return code;
  return ipworksauth_sshauth_setsshcertstore(o, store.data(), static_cast<int>(store.size()));
}

std::string subject_of(void* o) { return ipworksauth_sshauth_getsshcertsubject(o); }

std::string encoded_of(void* o) {
  char* data = nullptr;
  int len = 0;
  return ipworksauth_sshauth_getsshcertencoded(o, &data, &len) == 0
             ? std::string(data, static_cast<std::size_t>(len))
             : "failed";
}

int set_encoded(void* o, const std::string& key) {
  return ipworksauth_sshauth_setsshcertencoded(o, key.data(), static_cast<int>(key.size()));
}

AuthServerConfig key_server() {
  AuthServerConfig config = server_config();
  ServerUser user;
  user.name = "me";
  user.authorized_keys = {blob_of(user_key())};
  config.users.push_back(user);
  return config;
}

}  // namespace

TEST_CASE("a private key logs in from a file, from memory, found by itself, encrypted or not") {
  RunningServer server(key_server());
  const TempFolder folder;
  const std::string plain = private_text(user_key(), std::nullopt);
  const std::string locked = private_text(user_key(), "phrase");
  folder.write("plain", plain);
  folder.write("locked", locked);
  struct {
    int type;
    std::string store;
    const char* passphrase;
  } const kStores[] = {
      {CST_PEMKEY_FILE, folder.path("plain"), ""},
      {CST_PEMKEY_FILE, folder.path("locked"), "phrase"},
      {CST_PEMKEY_BLOB, plain, ""},
      {CST_PEMKEY_BLOB, locked, "phrase"},
      {CST_PEMKEY_BLOB, base64_encode(as_bytes(plain)), ""},
      {CST_AUTO, plain, ""},
      {CST_AUTO, folder.path("plain"), ""},
      {CST_AUTO, folder.path("locked"), "phrase"},
  };
  for (const auto& store : kStores) {
    INFO(store.type << " " << store.store.substr(0, 20));
    Host host(server.port());
    CHECK(ipworksauth_sshauth_setauthmode(host, AM_PUBLIC_KEY) == 0);
    CHECK(set_store(host, store.type, store.store) == 0);
    CHECK(ipworksauth_sshauth_setsshcertstorepassword(host, store.passphrase) == 0);
    CHECK(host.authenticate() == 0);  // no subject was set: the first key
    CHECK(ipworksauth_sshauth_setsshcertsubject(host, "*") == 0);
    CHECK_FALSE(subject_of(host).empty());
    CHECK(host.authenticate() == 0);
  }
  CHECK(server.stop().num_authenticated() == 2 * std::size(kStores));
}

TEST_CASE("a key that the server does not know is refused") {
  RunningServer server(key_server());
  Host host(server.port());
  CHECK(ipworksauth_sshauth_setauthmode(host, AM_PUBLIC_KEY) == 0);
  CHECK(set_store(host, CST_PEMKEY_BLOB, private_text(with_comment("x"), std::nullopt)) == 0);
  CHECK(host.authenticate() == 1032);
}

TEST_CASE("keys of every type log in") {
  for (const char* type : {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp521", "ssh-rsa"}) {
    AuthServerConfig config = server_config();
    ServerUser user;
    user.name = "me";
    user.authorized_keys = {blob_of(*key_of(type))};
    config.users.push_back(user);
    RunningServer server(std::move(config));
    Host host(server.port());
    INFO(type);
    CHECK(ipworksauth_sshauth_setauthmode(host, AM_PUBLIC_KEY) == 0);
    CHECK(set_store(host, CST_PEMKEY_BLOB, private_text(*key_of(type), std::nullopt)) == 0);
    CHECK(host.authenticate() == 0);
  }
}

TEST_CASE("the subject: exact, contained, any, none") {
  const Identity key = with_comment("alice@example");
  const std::string print =
      fingerprint(key.public_blob(), FingerprintKind::sha256_base64, default_provider());
  Host o;
  REQUIRE(set_store(o, CST_PEMKEY_BLOB, private_text(key, std::nullopt)) == 0);
  for (const std::string& subject : {std::string("*"), std::string("alice@example"),
                                     std::string("alice"), print, print.substr(0, 20)}) {
    INFO(subject);
    CHECK(ipworksauth_sshauth_setsshcertsubject(o, subject.c_str()) == 0);
    CHECK(subject_of(o) == "alice@example");
    CHECK(encoded_of(o) == key.public_line());
    CHECK(ipworksauth_sshauth_setsshcertsubject(o, ipworksauth_sshauth_getsshcertsubject(o)) == 0);
    CHECK(subject_of(o) == "alice@example");
  }
  for (const char* subject : {"bob", "Alice", ""}) {
    CHECK(ipworksauth_sshauth_setsshcertsubject(o, subject) == 0);
    CHECK(subject_of(o).empty());
    CHECK(encoded_of(o).empty());
  }
  // The host said which, and there is none: that is not replaced by another key.
  CHECK(ipworksauth_sshauth_setsshcertsubject(o, "bob") == 0);
  ipworksauth_sshauth_setsshhost(o, "127.0.0.1");
  ipworksauth_sshauth_setauthmode(o, AM_PUBLIC_KEY);
  CHECK(o.authenticate() == 272);
  // Another store, another choice.
  REQUIRE(ipworksauth_sshauth_setsshcertsubject(o, "*") == 0);
  REQUIRE(set_store(o, CST_PEMKEY_BLOB, private_text(with_comment(""), std::nullopt)) == 0);
  CHECK(subject_of(o).empty());
  CHECK(ipworksauth_sshauth_setsshcertsubject(o, "*") == 0);
  CHECK(subject_of(o).starts_with("SHA256:"));
}

namespace {

// PKCS#12 by openssl 3.0, password "p": an Ed25519 key that is called "e", with its certificate.
constexpr const char* kPkcs12 =
    "MIIDwwIBAzCCA30GCSqGSIb3DQEHAaCCA24EggNqMIIDZjCCAmEGCSqGSIb3DQEHBqCCAlIwggJOAgEAMIICRwYJKo"
    "ZIhvcNAQcBMFYGCSqGSIb3DQEFDTBJMCgGCSqGSIb3DQEFDDAbBAhbWV5nHlXmRQIBATAMBggqhkiG9w0CCQUAMB0G"
    "CWCGSAFlAwQBKgQQDBVnbv9aLyj6mLY3/EzrWoCCAeB/T41//a4ns+CesKbSdx8XFn4CbB+zPmNmntdx+WRsvlHPZ7"
    "VZt579Z8ct0rI2GHJ7Rn5s0JzeivAA+bY2uwK9maGlEqfnCrnPmIdZOq+/khFk8dDgbe+mVjAK+nyg0HDwR1fdPCVo"
    "4IdkSdbslqLTtCF0b/9e1z4ZwkagMu99Wx0IbFOKsY4emr0V1u0Y4OUSM36chsjX97RTFn9m+nU1u+tbug1vXoUwJn"
    "UCbs3lj0fDW9NK+vBZ64KbZfSTed763kBZQFx/Do5lbH23nzA0HMrb56vKkF81qMZvTM6Gi8s+NwkUgLhamUp4Xjlk"
    "EbZW35UCgciWy7RdTmI7ml7cKIA/eFCuyb7My3yZhRqP8STaia86pldKTptRpwZ3csn5y4qJ+j21pF7X8ohkmZULPs"
    "lKkVhH//tzXeQqy1RiepV39j/2RYPq1XVWobN1uqFKeTf6p8NAg2QKdt/aI2mzRdNemB0CDlpIB4Xs0XvQZQd9z5ai"
    "srWqJTe9/+USppynDjONFaxgf6vSY5iI56l3XEDnyi7xH47uJxNWITM6wpsC2a7OAMcjGpTHloXURw8kjiKlnjvi0P"
    "99/oWLSw/V7/tjm5/k6OsIx44oCchuxPdmUEFPqvIBGh3z3p+6/PMwgf4GCSqGSIb3DQEHAaCB8ASB7TCB6jCB5wYL"
    "KoZIhvcNAQwKAQKggZ0wgZowVgYJKoZIhvcNAQUNMEkwKAYJKoZIhvcNAQUMMBsECM8KENO0BipuAgEBMAwGCCqGSI"
    "b3DQIJBQAwHQYJYIZIAWUDBAEqBBD0lA40wtUakYQ4f+1sIQQzBEBeWxEKLE2ZjiIv40tif+lrkCFuNDiwWC8qwRiN"
    "5hNT8WU0PrOS4z92NPvEm6bVGamTYvDcUQvzEHV/sPwkeWG5MTgwEQYJKoZIhvcNAQkUMQQeAgBlMCMGCSqGSIb3DQ"
    "EJFTEWBBQPchVCYXHbyvMP4OeIo5rqoLer6jA9MDEwDQYJYIZIAWUDBAIBBQAEIBnsO2GCjvHr8smm1fDAxMQQHwKh"
    "zd1A9bLIhyn+Cv2gBAg6ztmt3QsZMQ==";

int open_pkcs12(void* o, const std::string& store, int type, const char* password) {
  const int code = set_store(o, type, store);
  return code != 0 ? code : ipworksauth_sshauth_setsshcertstorepassword(o, password);
}

}  // namespace

TEST_CASE("the subject of a key with a certificate is its distinguished name") {
  const std::string full = "C=US, O=\"Ex, Inc\", CN=e";
  const std::string octets(as_text(base64_decode(kPkcs12).value()));
  const TempFolder folder;
  folder.write("store", octets);
  struct {
    int type;
    std::string store;
  } const kStores[] = {{CST_PFXBLOB, kPkcs12},
                       {CST_PFXBLOB, octets},
                       {CST_PFXFILE, folder.path("store")},
                       {CST_JKSFILE, folder.path("store")},
                       {CST_AUTO, octets},
                       {CST_AUTO, folder.path("store")}};
  for (const auto& store : kStores) {
    Host o;
    REQUIRE(open_pkcs12(o, store.store, store.type, "p") == 0);
    for (const std::string& subject :
         {std::string("*"), full, std::string("CN=e, O=\"Ex, Inc\", C=US"),
          std::string("cn=e,o=\"Ex, Inc\",c=US"), std::string("CN=e"), std::string("O=\"Ex, Inc\""),
          std::string("Ex, Inc"), std::string("e"), std::string("C=US, CN=e")}) {
      INFO(store.type << " " << subject);
      CHECK(ipworksauth_sshauth_setsshcertsubject(o, subject.c_str()) == 0);
      CHECK(subject_of(o) == full);
      CHECK(encoded_of(o).starts_with("-----BEGIN CERTIFICATE-----\n"));
    }
    for (const char* subject : {"CN=f", "CN=e, O=Other", "O=Ex, Inc, CN=e", "cn=E"}) {
      INFO(store.type << " " << subject);
      CHECK(ipworksauth_sshauth_setsshcertsubject(o, subject) == 0);
      CHECK(subject_of(o).empty());
    }
  }
}

TEST_CASE("SSHCertEncoded: a certificate finds its private key in the store") {
  Host o;
  REQUIRE(open_pkcs12(o, kPkcs12, CST_PFXBLOB, "p") == 0);
  REQUIRE(ipworksauth_sshauth_setsshcertsubject(o, "*") == 0);
  const std::string certificate = encoded_of(o);
  const std::string subject = subject_of(o);
  CHECK(set_encoded(o, "") == 0);
  CHECK(subject_of(o).empty());
  CHECK(set_encoded(o, certificate) == 0);
  CHECK(subject_of(o) == subject);
  CHECK(encoded_of(o) == certificate);
  std::string bare;  // its base64 alone
  for (std::size_t at = certificate.find('\n') + 1; at < certificate.find("-----END"); ++at)
    if (certificate[at] != '\n') bare += certificate[at];
  CHECK(set_encoded(o, bare) == 0);
  CHECK(subject_of(o) == subject);
  CHECK(set_encoded(o, std::string(as_text(base64_decode(bare).value()))) == 0);
  CHECK(subject_of(o) == subject);
  REQUIRE(set_store(o, CST_PEMKEY_BLOB, private_text(user_key(), std::nullopt)) == 0);
  CHECK(set_encoded(o, certificate) == 0);  // another store: it is not there
  CHECK(subject_of(o).empty());
}

TEST_CASE("a part of a name chooses a key, a part of a fingerprint none") {
  const TempFolder folder;
  const Identity one = with_comment(""), two = with_comment("");
  Host o;
  CHECK(set_store(o, CST_PEMKEY_BLOB,
                  private_text(one, std::nullopt) + private_text(two, std::nullopt)) == 0);
  const std::string first =
      fingerprint(one.public_blob(), FingerprintKind::sha256_base64, default_provider());
  const std::string second =
      fingerprint(two.public_blob(), FingerprintKind::sha256_base64, default_provider());
  const std::string start = second.substr(0, 15);
  for (const auto& [asked, found] : {std::pair{second, second}, std::pair{start, second},
                                     std::pair{first.substr(7, 1), std::string()},
                                     std::pair{std::string("SHA256:"), std::string()},
                                     std::pair{second.substr(0, 14), std::string()},
                                     std::pair{second.substr(7), std::string()}}) {
    INFO(asked);
    CHECK(ipworksauth_sshauth_setsshcertsubject(o, asked.c_str()) == 0);
    CHECK(subject_of(o) == found);
  }
}

TEST_CASE("six ways in which a store does not give a key, each with a code of its own") {
  struct {
    int type;
    std::string store;
    const char* password;
    int code;
  } const kCases[] = {{CST_PFXFILE, "/nowhere/at/all", "p", 302},
                      {CST_PFXBLOB, "rubbish", "p", 271},
                      {CST_BCFKSBLOB, kPkcs12, "p", 271},  // another format than was asked for
                      {CST_PFXBLOB, kPkcs12, "", 277},
                      {CST_PFXBLOB, kPkcs12, "wrong", 278}};
  for (const auto& c : kCases) {
    INFO(c.type << " " << c.code);
    Host o;
    REQUIRE(open_pkcs12(o, c.store, c.type, c.password) == 0);
    CHECK(ipworksauth_sshauth_setsshcertsubject(o, "*") == c.code);
    CHECK(o.error().size() > 30);
  }
  // A type of key that SSH has no name for: Ed25519's relative for key agreement.
  const std::string x25519 =
      "-----BEGIN PRIVATE KEY-----\n"
      "MC4CAQAwBQYDK2VuBCIEIHfE6JNLQwY/bZ2mN3sYl1bX3K8YFJ8pYgE3VfAvVaZq\n"
      "-----END PRIVATE KEY-----\n";
  Host o;
  REQUIRE(open_pkcs12(o, x25519, CST_PEMKEY_BLOB, "") == 0);
  CHECK(ipworksauth_sshauth_setsshcertsubject(o, "*") == 1005);
}

TEST_CASE("stores that do not open say why") {
  const TempFolder folder;
  folder.write("empty", "");
  folder.write("garbage", "this is no key at all\n");
  const std::string locked = private_text(user_key(), "phrase");
  struct {
    int type;
    std::string store;
    const char* passphrase;
    int code;
  } const kCases[] = {
      {CST_PEMKEY_FILE, folder.path("missing"), "", 302},
      {CST_PEMKEY_FILE, folder.path("empty"), "", 271},
      {CST_PEMKEY_FILE, folder.path("garbage"), "", 271},
      {CST_PEMKEY_FILE, folder.path(""), "", 302},
      {CST_PEMKEY_FILE, std::string("a\0b", 3), "", 10022},
      {CST_PEMKEY_FILE, "", "", 10022},
      {CST_PEMKEY_BLOB, locked, "", 277},
      {CST_PEMKEY_BLOB, locked, "wrong", 278},
      {CST_PEMKEY_BLOB, locked.substr(0, locked.size() / 2), "phrase", 271},
      {CST_PEMKEY_BLOB, "", "", 271},
      {CST_AUTO, folder.path("missing"), "", 302},
      {CST_AUTO, "no\nkey", "", 271},
      {CST_USER, "../x", "", 10022},
      // What may be a key that somebody has mistyped, or holds a PIN, is not told back.
      {CST_AUTO, "c2VjcmV0IHRoYXQgbm9ib2R5IG1heSBzZWU=", "", 302},
      {CST_AUTO, R"({"kty":"OKP","crv":"Ed25519","x":"c2VjcmV0","d":"c2VjcmV0"})", "", 271},
      {CST_USER, R"({"kty":"OKP","crv":"Ed25519","x":"c2VjcmV0","d":"c2VjcmV0"})", "", 302},
      {CST_MACHINE, "MC4CAQAwBQYDK2VwBCIEIc2VjcmV0c2VjcmV0c2VjcmV0", "", 302},
      {IPWORKSAUTH_CST_JWK_FILE, R"({"kty":"OKP","crv":"Ed25519","x":"c2VjcmV0","d":"c2VjcmV0"})",
       "", 302},
      {IPWORKSAUTH_CST_JWK_FILE, R"( {"kty":"OKP","crv":"Ed25519","x":"c2VjcmV0","d":"c2VjcmV0"})",
       "", 302},
      {CST_PEMKEY_FILE, "MC4CAQAwBQYDK2VwBCIEIc2VjcmV0 c2VjcmV0c2VjcmV0", "", 302},
      {CST_XMLFILE, "<RSAKeyValue><D>c2VjcmV0</D></RSAKeyValue>", "", 302},
      {CST_PFXFILE, "MIIJqQIBAzCCCW8GCSqGSIb3DQEHAaCCCWAEc2VjcmV0", "", 302},
      {CST_JKSFILE, "/u3+7QAAAAIAAAABAAAAAQADa2V5AAABjc2VjcmV0c2VjcmV0", "", 302},
      {CST_PEMKEY_FILE, "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAc2VjcmV0_-", "", 302},
      {CST_PEMKEY_FILE, std::string(300, 'k') + "c2VjcmV0 with blanks", "", 302},
      {CST_SECURITY_KEY, R"({"kty":"OKP","crv":"Ed25519","x":"c2VjcmV0","d":"c2VjcmV0"})", "", 302},
      {CST_PEMKEY_FILE, "pkcs11:token=x?pin-value=c2VjcmV0", "", 10022},
      {CST_PKCS11, "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n", "", 271},
      {CST_PKCS11, "no\nkey: c2VjcmV0", "", 271},
      // Data loads no module and reads no file.
      {CST_AUTO, "pkcs11:token=x?module-path=/nowhere/x.so", "", 10022},
      {CST_AUTO, "pkcs11:?module-name=x", "", 10022},
      {CST_AUTO, "pkcs11:token=x?pin-source=/etc/passwd", "", 10022},
  };
  for (const auto& c : kCases) {
    INFO(c.type << " " << c.store.substr(0, 40) << " " << c.passphrase);
    Host o;
    CHECK(set_store(o, c.type, c.store) == 0);
    CHECK(ipworksauth_sshauth_setsshcertstorepassword(o, c.passphrase) == 0);
    CHECK(ipworksauth_sshauth_setsshcertsubject(o, "*") == c.code);
    CHECK(o.error().size() > 20);
    CHECK(o.error().find("c2VjcmV0") == std::string::npos);
  }
}

TEST_CASE("public keys can be read but not logged in with") {
  const TempFolder folder;
  const std::string line = user_key().public_line();
  folder.write("key.pub", line + "\n");
  struct {
    int type;
    std::string store;
  } const kStores[] = {{CST_SSHPUBLIC_KEY_BLOB, line},
                       {CST_SSHPUBLIC_KEY_BLOB, base64_encode(user_key().public_blob())},
                       {CST_SSHPUBLIC_KEY_FILE, folder.path("key.pub")},
                       {CST_PUBLIC_KEY_FILE, folder.path("key.pub")},
                       {CST_PUBLIC_KEY_BLOB, line},
                       {CST_AUTO, line}};
  for (const auto& store : kStores) {
    INFO(store.type);
    Host o;
    CHECK(set_store(o, store.type, store.store) == 0);
    CHECK(ipworksauth_sshauth_setsshcertsubject(o, "*") == 0);
    CHECK_FALSE(subject_of(o).empty());
    ipworksauth_sshauth_setsshhost(o, "127.0.0.1");
    ipworksauth_sshauth_setauthmode(o, AM_PUBLIC_KEY);
    CHECK(o.authenticate() == 273);
  }
}

TEST_CASE("SSHCertEncoded finds the private half in the store") {
  Host o;
  const std::string blob = private_text(user_key(), std::nullopt);
  REQUIRE(set_store(o, CST_PEMKEY_BLOB, blob) == 0);
  CHECK(set_encoded(o, user_key().public_line()) == 0);
  const std::string subject = subject_of(o);
  CHECK_FALSE(subject.empty());
  CHECK(set_encoded(o, encoded_of(o)) == 0);
  CHECK(subject_of(o) == subject);
  CHECK(set_encoded(o, base64_encode(user_key().public_blob())) == 0);
  CHECK(subject_of(o) == subject);
  CHECK(set_encoded(o, with_comment("other").public_line()) == 0);
  CHECK(subject_of(o).empty());
  CHECK(set_encoded(o, "rubbish") == 10022);
  CHECK(o.error().find("SSHCertEncoded") != std::string::npos);
  CHECK(set_encoded(o, blob) == 0);  // a private key stands for itself
  CHECK(subject_of(o) == subject);
  CHECK(set_encoded(o, "") == 0);
  CHECK(subject_of(o).empty());
}

TEST_CASE("the user's key folder: usual names first, an entry by name, nothing there") {
  const TempFolder folder;
  const Home home(folder.path(""));
  Host o;
  CHECK(ipworksauth_sshauth_setsshcertsubject(o, "*") == 271);
  std::filesystem::create_directory(folder.path(".ssh"));
  CHECK(ipworksauth_sshauth_setsshcertsubject(o, "*") == 271);

  folder.write(".ssh/id_zzz", private_text(with_comment("last"), std::nullopt));
  folder.write(".ssh/id_rsa", private_text(with_comment("second"), std::nullopt));
  folder.write(".ssh/id_ed25519", private_text(with_comment("first"), std::nullopt));
  folder.write(".ssh/id_ed25519.pub", "no key file of its own");
  folder.write(".ssh/id_broken", "rubbish");
  folder.write(".ssh/other", private_text(with_comment("other"), std::nullopt));
  CHECK(ipworksauth_sshauth_setsshcertsubject(o, "*") == 0);
  CHECK(subject_of(o) == "first");
  CHECK(ipworksauth_sshauth_setsshcertsubject(o, "last") == 0);
  CHECK(subject_of(o) == "last");
  CHECK(ipworksauth_sshauth_setsshcertsubject(o, "other") == 0);
  CHECK(subject_of(o).empty());
  CHECK(ipworksauth_sshauth_setsshcertstore(o, "other", 5) == 0);
  CHECK(ipworksauth_sshauth_setsshcertsubject(o, "*") == 0);
  CHECK(subject_of(o) == "other");
  CHECK(ipworksauth_sshauth_setsshcertstore(o, "id_broken", 9) == 0);
  CHECK(ipworksauth_sshauth_setsshcertsubject(o, "*") == 271);
}

TEST_CASE("the machine's key folder: its host keys, an entry by name") {
  Host o;
  REQUIRE(set_store(o, CST_MACHINE, "no_key_of_that_name") == 0);
  CHECK(ipworksauth_sshauth_setsshcertsubject(o, "*") == 302);
  CHECK(::test::has(o.error(), "/etc/ssh/no_key_of_that_name"));
  // What there is depends on the machine: sshd's package makes its keys, which root alone reads.
  const std::string name = "ssh_host_ed25519_key";
  const bool readable = static_cast<bool>(load_identity_file("/etc/ssh/" + name, {}));
  for (const std::string& store : {name, std::string("MY")}) {
    REQUIRE(set_store(o, CST_MACHINE, store) == 0);
    const int code = ipworksauth_sshauth_setsshcertsubject(o, "*");
    INFO(o.error());
    if (readable)
      CHECK(code == 0);
    else if (store == name)
      CHECK(code != 0);
  }
}

TEST_CASE("mode 1 does not look into the key folder unless told") {
  const TempFolder folder;
  const Home home(folder.path(""));
  AuthServerConfig config = server_config();
  config.users.push_back(user_with_password("secret"));
  RunningServer server(std::move(config));
  Host host(server.port());
  CHECK(ipworksauth_sshauth_setauthmode(host, AM_MULTI_FACTOR) == 0);
  CHECK(host.authenticate() == 0);
  CHECK(ipworksauth_sshauth_setsshcertstoretype(host, CST_PEMKEY_FILE) == 0);
  CHECK(host.authenticate() == 302);  // a store that was named must open
}

TEST_CASE("of several keys in a store the selected one is offered, and no other") {
  RunningServer server(key_server());
  Identity mine = std::move(*load_identity(as_bytes(private_text(user_key(), std::nullopt)), {}));
  mine.set_comment("mine");
  const Identity first = with_comment("first");
  const std::string store = private_text(first, std::nullopt) + private_text(mine, std::nullopt);
  Host o(server.port());
  ipworksauth_sshauth_setpassword(o, "");
  ipworksauth_sshauth_setauthmode(o, AM_PUBLIC_KEY);
  REQUIRE(set_store(o, CST_PEMKEY_BLOB, store) == 0);
  CHECK(o.authenticate() == 1032);  // "" was never set, and stands for "*"
  CHECK(::test::has(o.error(), fingerprint(first.public_blob(), FingerprintKind::sha256_base64,
                                           default_provider())));
  CHECK(subject_of(o) == "first");
  REQUIRE(ipworksauth_sshauth_setsshcertsubject(o, "*") == 0);
  CHECK(subject_of(o) == "first");
  CHECK(o.authenticate() == 1032);
  REQUIRE(ipworksauth_sshauth_setsshcertsubject(o, "mine") == 0);
  CHECK(o.authenticate() == 0);
  REQUIRE(ipworksauth_sshauth_setsshcertsubject(o, "") == 0);
  CHECK(o.authenticate() == 272);
}

namespace {

std::string base64url(Bytes octets) {
  std::string out = base64_encode(octets);
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  return out.substr(0, out.find('='));
}

}  // namespace

TEST_CASE("what a store passes over is told when the login begins, and where nothing fits") {
  RunningServer server(key_server());
  const ipworksauth_private_key& key = *user_key().private_key();
  const std::string good = R"({"kty":"OKP","crv":"Ed25519","kid":"mine","x":")" +
                           base64url({key.pub.first, key.pub.first_len}) + R"(","d":")" +
                           base64url({key.d, key.d_len}) + R"("})";
  const std::string damaged = R"({"kty":"OKP","crv":"Ed25519","kid":"bad","x":"AAAA"})";
  Host o(server.port());
  ipworksauth_sshauth_setauthmode(o, AM_PUBLIC_KEY);
  REQUIRE(set_store(o, CST_JWKBLOB, R"({"keys":[)" + damaged + "," + good + "]}") == 0);
  REQUIRE(ipworksauth_sshauth_setsshcertsubject(o, "*") == 0);
  CHECK(subject_of(o) == "mine");
  CHECK(o.authenticate() == 0);
  const auto told = [&] {
    return std::any_of(o.logs.begin(), o.logs.end(), [](const std::string& line) {
      return ::test::has(line, "SSHCertStore: one key or certificate was passed over") &&
             ::test::has(line, "\"x\" has 3 octets");
    });
  };
  CHECK(told());
  REQUIRE(ipworksauth_sshauth_setsshcertsubject(o, "bad") == 0);
  CHECK(o.authenticate() == 272);
  CHECK(::test::has(o.error(), "passed over"));
  o.forget_events();
  REQUIRE(set_store(o, CST_JWKBLOB, good) == 0);
  CHECK(o.authenticate() == 0);
  CHECK_FALSE(told());
  // In a file of a folder, too, that did open.
  const TempFolder folder;
  const Home home(folder.path(""));
  std::filesystem::create_directory(folder.path(".ssh"));
  folder.write(".ssh/id_keys", R"({"keys":[)" + damaged + "," + good + "]}");
  REQUIRE(set_store(o, CST_USER, "MY") == 0);
  CHECK(o.authenticate() == 0);
  CHECK(told());
}

TEST_CASE("a token's PIN: 277 without it, 278 where it is wrong, 273 where it would be the last") {
  const char* module = std::getenv("SSHAUTH_TOKEN_MODULE");
  if (module == nullptr) {
    WARN("skipped: this build has no PKCS#11");
    return;
  }
  Host o;
  const auto open = [&](const std::string& store, int type, const char* pin) {
    const int code = open_pkcs12(o, store, type, pin);
    return code != 0 ? code : ipworksauth_sshauth_setsshcertsubject(o, "*");
  };
  const std::string uri = std::string("pkcs11:token=toy?module-path=") + module;
  for (const std::string& store : {std::string(module), uri}) {
    CHECK(open(store, CST_PKCS11, "") == 277);
    CHECK(open(store, CST_PKCS11, "eleven toys") == 0);
    CHECK(subject_of(o) == "toy key");
    CHECK(open(store, CST_PKCS11, "4321") == 278);
    CHECK(::test::has(o.error(), "few tries are left"));
    CHECK(open(store, CST_PKCS11, "4321") == 278);
    CHECK(::test::has(o.error(), "the next wrong PIN locks the token"));
    CHECK(open(store, CST_PKCS11, "eleven toys") == 273);
    CHECK(::test::has(o.error(), "PKCS11LastTry"));
    o.config("PKCS11LastTry=True");
    CHECK(open(store, CST_PKCS11, "eleven toys") == 0);
    o.config("PKCS11LastTry=False");
  }
  o.config("PKCS11LastTry=True");
  for (const int code : {278, 278, 273}) CHECK(open(uri, CST_PKCS11, "4321") == code);
  CHECK(::test::has(o.error(), "the PIN is locked now"));
  CHECK(open(uri, CST_PKCS11, "") == 273);
  CHECK(::test::has(o.error(), "PUK"));
}
