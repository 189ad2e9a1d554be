// Key stores that openssl, keytool and BouncyCastle write: every key in them is found with its name
// and its certificates, and what is wrong with one is told apart.
#include <catch2/catch.hpp>
#include <functional>

#include "lib/keys/certificate.hpp"
#include "lib/keys/java_object.hpp"
#include "support.hpp"
#include "tests/keys/store_files.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

std::vector<Identity> load_all(const std::string& octets,
                               std::optional<std::string_view> passphrase = kStoreWord) {
  LoadOptions options;
  options.passphrase = passphrase;
  std::vector<Identity> keys;
  const KeyError bad = load_keys(as_bytes(octets), options, keys);
  INFO(bad.text);
  REQUIRE(bad.ok());
  return keys;
}

KeyErrc code_of_all(const std::string& octets, std::optional<std::string_view> passphrase,
                    LoadLimits limits = {}) {
  LoadOptions options;
  options.passphrase = passphrase;
  options.limits = limits;
  std::vector<Identity> keys;
  const KeyError bad = load_keys(as_bytes(octets), options, keys);
  CHECK(bad.ok() == bad.text.empty());
  return bad.code;
}

const Identity& named(const std::vector<Identity>& keys, const std::string& name) {
  for (const Identity& key : keys)
    if (key.comment() == name) return key;
  FAIL("no key is called " << name);
  return keys.front();
}

// It is the key in that PEM file, private half and all, with its certificate.
void require_key_of(const Identity& key, const MadeKey& made) {
  INFO(made.name << " " << key.format());
  KeyResult known = load_identity_file(made.key_file);
  REQUIRE(known);
  CHECK(key.type() == made.type);
  CHECK(key.public_line().starts_with(known->public_line()));
  REQUIRE(key.has_private());
  CHECK(check_key_pair(key.type(), *key.private_key()).ok());
  REQUIRE(key.x509_chain().size() == 1);
  CHECK(certificate_subject(key.x509_chain().front()) ==
        "C=US, S=Ohio, O=\"Ex, Inc\", CN=" + made.name + ", E=me@example.com");
}

}  // namespace

TEST_CASE("PKCS#12 of every key type in every encryption that openssl has") {
  const TempFolder folder;
  for (const MadeKey& made : make_keys(folder)) {
    for (const std::vector<std::string>& how : kPkcs12Ways) {
      const std::string file = make_pkcs12(folder, made, how);
      INFO(made.name << " " << (how.empty() ? "default" : how.back()));
      const std::vector<Identity> keys = load_all(slurp(file));
      REQUIRE(keys.size() == 1);
      CHECK(keys[0].comment() == "my " + made.name);
      CHECK(keys[0].format() == "PKCS#12");
      require_key_of(keys[0], made);
      CHECK(load_all(base64_encode(as_bytes(slurp(file)))).size() == 1);
    }
  }
}

TEST_CASE("PKCS#12: a missing, a wrong and an empty password") {
  const TempFolder folder;
  const MadeKey made = make_keys(folder).front();
  for (const std::vector<std::string>& how : kPkcs12Ways) {
    const std::string octets = slurp(make_pkcs12(folder, made, how));
    INFO((how.empty() ? "default" : how.back()));
    CHECK(code_of_all(octets, std::nullopt) == KeyErrc::needs_passphrase);
    for (const char* wrong : {"", "wrong", "open sesame "})
      CHECK(code_of_all(octets, wrong) == KeyErrc::wrong_passphrase);
  }
  const std::string empty = slurp(make_pkcs12(folder, made, {}, ""));
  CHECK(load_all(empty, std::nullopt).size() == 1);
  CHECK(load_all(empty, "").size() == 1);
  CHECK(code_of_all(empty, "x") == KeyErrc::wrong_passphrase);
  // Words beyond US-ASCII are UTF-16 for the old schemes.
  const std::string wide =
      slurp(make_pkcs12(folder, made, {"-legacy"}, "s\xc3\xa9same \xe2\x82\xac"));
  CHECK(load_all(wide, "s\xc3\xa9same \xe2\x82\xac").size() == 1);
  CHECK(code_of_all(wide, "sesame") == KeyErrc::wrong_passphrase);
}

TEST_CASE("PKCS#12: the integrity check of RFC 9579") {
  const TempFolder folder;
  const MadeKey made = make_keys(folder).front();
  const std::string octets = slurp(make_pbmac1_pkcs12(folder, made));
  require_key_of(load_all(octets).front(), made);
  CHECK(code_of_all(octets, "wrong") == KeyErrc::wrong_passphrase);
  CHECK(code_of_all(octets, std::nullopt) == KeyErrc::needs_passphrase);
  std::string changed = octets;
  changed[changed.size() - 20] ^= 1;  // in the check itself
  CHECK(code_of_all(changed, kStoreWord) == KeyErrc::wrong_passphrase);
}

TEST_CASE("PKCS#12: several keys, and a chain") {
  const TempFolder folder;
  const std::vector<MadeKey> made = make_keys(folder);
  const std::vector<Identity> keys = load_all(slurp(make_many(folder, made, "PKCS12")));
  CHECK(keys.size() == made.size());
  for (const MadeKey& one : made) require_key_of(named(keys, one.name), one);

  const std::string chained = make_chained_pkcs12(folder);
  const std::vector<Identity> chain = load_all(slurp(chained));
  REQUIRE(chain.size() == 1);
  REQUIRE(chain[0].x509_chain().size() == 3);
  CHECK(certificate_subject(chain[0].x509_chain()[0]) == "CN=leaf");
  CHECK(certificate_subject(chain[0].x509_chain()[1]) == "CN=middle");
  CHECK(certificate_subject(chain[0].x509_chain()[2]) == "CN=root");
  CHECK(certificate_issuer(chain[0].x509_chain()[0]) == "CN=middle");
}

TEST_CASE("Java key stores of both kinds") {
  const TempFolder folder;
  const std::vector<MadeKey> made = make_keys(folder);
  for (const char* kind : {"JKS", "JCEKS"}) {
    INFO(kind);
    const std::string octets = slurp(make_many(folder, made, kind));
    const std::vector<Identity> keys = load_all(octets);
    CHECK(keys.size() == made.size());
    for (const MadeKey& one : made) {
      require_key_of(named(keys, one.name), one);
      CHECK(named(keys, one.name).format() == kind);
    }
    CHECK(code_of_all(octets, std::nullopt) == KeyErrc::needs_passphrase);
    CHECK(code_of_all(octets, "") == KeyErrc::wrong_passphrase);
    CHECK(code_of_all(octets, "wrong") == KeyErrc::wrong_passphrase);
    CHECK(load_all(base64_encode(as_bytes(octets))).size() == made.size());
  }
}

TEST_CASE("Java key stores: a password of the key's own, certificates alone") {
  const TempFolder folder;
  const std::string own = make_own_password_jks(folder);
  const std::vector<Identity> keys = load_all(slurp(own));
  CHECK(keys.size() == 1);
  CHECK(keys[0].comment() == "same");
  const std::string trusted = make_trusted_jks(folder);
  for (const std::optional<std::string_view> word :
       {std::optional<std::string_view>(), {kStoreWord}}) {
    const std::vector<Identity> found = load_all(slurp(trusted), word);
    REQUIRE(found.size() == 1);
    CHECK(found[0].comment() == "friend");
    CHECK_FALSE(found[0].can_sign());
    CHECK(found[0].x509_chain().size() == 1);
  }
}

TEST_CASE(
    "Java key stores: one password opens the store, then the keys; under another one they are "
    "told") {
  const TempFolder folder;
  const std::string octets = slurp(make_own_password_jks(folder));
  LoadOptions options;
  options.passphrase = kStoreWord;
  std::vector<Identity> keys;
  PassedOver over;
  REQUIRE(load_keys(as_bytes(octets), options, keys, &over).ok());
  CHECK(keys.size() == 1);
  CHECK(over.num == 1);
  CHECK(over.first.code == KeyErrc::wrong_passphrase);
  CHECK(passed_over_sentence(over).find("the key other has a password of its own") !=
        std::string::npos);
  // The key's own password is none of the store's.
  CHECK(code_of_all(octets, "another word") == KeyErrc::wrong_passphrase);
  must_run({"keytool", "-delete", "-alias", "same", "-keystore", folder / "own.jks", "-storepass",
            kStoreWord});
  const KeyError alone = load_keys(as_bytes(slurp(folder / "own.jks")), options, keys);
  CHECK(alone.code == KeyErrc::wrong_passphrase);
  CHECK(alone.text.find("keytool -keypasswd") != std::string::npos);
}

TEST_CASE("JCEKS: secret keys are passed over, and the keys behind them found") {
  const TempFolder folder;
  const std::string octets = slurp(make_jceks_with_secrets(folder));
  LoadOptions options;
  options.passphrase = kStoreWord;
  std::vector<Identity> keys;
  PassedOver over;
  REQUIRE(load_keys(as_bytes(octets), options, keys, &over).ok());
  CHECK(keys.size() == 3);
  for (const char* name : {"first", "second", "third"}) CHECK(named(keys, name).has_private());
  CHECK(over.num == 4);
  CHECK(over.first.code == KeyErrc::unsupported_type);
  CHECK(over.first.text.find("secret key") != std::string::npos);
}

TEST_CASE("serialized Java objects end where they end, and nowhere else") {
  const TempFolder folder;
  const std::string octets = slurp(make_jceks_with_secrets(folder));
  const std::string head("\xac\xed\0\5", 4);
  const std::size_t at = octets.find(head);
  REQUIRE(at != std::string::npos);
  const Bytes stream = as_bytes(std::string_view(octets).substr(at));
  Reader whole(stream);
  REQUIRE(pass_java_object(whole));
  const std::size_t len = stream.size() - whole.left();
  CHECK(len > 200);
  for (std::size_t cut = 0; cut < len; ++cut) {
    Reader r(stream.first(cut));
    CHECK_FALSE(pass_java_object(r));
  }
  for (std::size_t i = 0; i < len; ++i)
    for (const unsigned bit : {0x01U, 0x80U, 0xffU}) {
      Blob changed(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(len));
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ bit);
      Reader r(changed);
      static_cast<void>(pass_java_object(r));  // whatever it says, it says it and ends
    }
  // Arrays in arrays, a class above itself, a handle that nobody gave.
  const std::string array = std::string("\x75\x72\0\2[[", 6) + std::string(8, 'u') +
                            std::string("\2\0\0\x78\x70\0\0\0\1", 9);
  const auto nested = [&](int depth) {
    std::string out = head;
    for (int i = 0; i < depth; ++i) out += array;
    return out + '\x70';
  };
  const std::string shallow = nested(16), deep = nested(40), endless = nested(1000);
  Reader deep_enough(as_bytes(shallow));
  CHECK(pass_java_object(deep_enough));
  CHECK_FALSE(deep_enough.more());
  const std::string loop = head + std::string("\x73\x72\0\1A", 5) + std::string(8, 'u') +
                           std::string("\2\0\0\x78\x71\0\x7e\0\0", 9);
  const std::string dangling = head + std::string("\x73\x71\0\x7e\0\7", 6);
  for (const std::string& bad : {deep, endless, loop, dangling}) {
    Reader r(as_bytes(bad));
    CHECK_FALSE(pass_java_object(r));
  }
}

TEST_CASE("a hostile key store does not cost memory without end") {
  const TempFolder folder;
  const std::vector<Identity> keys = load_all(make_hostile_jks(folder), std::nullopt);
  CHECK(keys.size() > 200);
  std::size_t octets = 0;
  for (const Identity& key : keys)
    for (const Blob& der : key.x509_chain()) octets += der.size();
  CHECK(octets < std::size_t{8} * 1024 * 1024);
}

TEST_CASE("BouncyCastle's FIPS key stores: CCM and KWP, PBKDF2 and scrypt") {
  const TempFolder folder;
  const std::vector<MadeKey> made = make_keys(folder);
  for (const char* how : {"CCM PBKDF2", "CCM SCRYPT", "KWP PBKDF2", "KWP SCRYPT"}) {
    INFO(how);
    const std::string octets = slurp(make_bcfks(folder, made, how));
    const std::vector<Identity> keys = load_all(octets);
    CHECK(keys.size() == made.size());
    for (const MadeKey& one : made) {
      require_key_of(named(keys, one.name), one);
      CHECK(named(keys, one.name).format() == "BCFKS");
    }
    CHECK(code_of_all(octets, std::nullopt) == KeyErrc::needs_passphrase);
    CHECK(code_of_all(octets, "wrong") == KeyErrc::wrong_passphrase);
    CHECK(load_all(base64_encode(as_bytes(octets))).size() == made.size());
  }
}

TEST_CASE("a certificate that is too long is left out and told, its key and the others are not") {
  const TempFolder folder;
  const std::vector<MadeKey> made = make_keys(folder);
  MadeKey big = made[1];
  big.name = "big";
  big.certificate_file = folder / "big.crt";
  spill(folder / "big.cnf", "[req]\ndistinguished_name = dn\n[dn]\n[ext]\nnsComment = " +
                                std::string(40'000, 'x') + "\n");
  must_run({"openssl", "req", "-x509", "-new", "-key", big.key_file, "-subj", "/CN=big", "-config",
            folder / "big.cnf", "-extensions", "ext", "-out", big.certificate_file});
  LoadOptions options;
  options.passphrase = kStoreWord;
  for (const std::string& store : {make_bcfks(folder, {big, made[2]}, "CCM PBKDF2"),
                                   make_many(folder, {big, made[2]}, "JKS")}) {
    std::vector<Identity> keys;
    PassedOver over;
    REQUIRE(load_keys(as_bytes(slurp(store)), options, keys, &over).ok());
    CHECK(keys.size() == 2);
    CHECK(named(keys, "big").has_private());
    CHECK(named(keys, "big").x509_chain().empty());
    CHECK(named(keys, made[2].name).x509_chain().size() == 1);
    CHECK(over.num == 1);
    CHECK(over.first.text.find("beside the key big") != std::string::npos);
    CHECK(over.first.text.find("longer than") != std::string::npos);
  }
}

TEST_CASE("BouncyCastle's FIPS key stores: a key under a password of its own is told") {
  const TempFolder folder;
  const MadeKey made = make_keys(folder)[1];
  MadeKey own = made;
  own.name = "own";
  LoadOptions options;
  options.passphrase = kStoreWord;
  std::vector<Identity> keys;
  PassedOver over;
  const std::string both = slurp(make_bcfks(folder, {own, made}, "CCM PBKDF2"));
  REQUIRE(load_keys(as_bytes(both), options, keys, &over).ok());
  CHECK(keys.size() == 1);
  CHECK(over.num == 1);
  CHECK(over.first.text.find("the key own has a password of its own") != std::string::npos);
  const KeyError alone =
      load_keys(as_bytes(slurp(make_bcfks(folder, {own}, "KWP SCRYPT"))), options, keys);
  CHECK(alone.code == KeyErrc::wrong_passphrase);
  CHECK(alone.text.find("a password of its own") != std::string::npos);
}

TEST_CASE("PKCS#7 in DER and PEM: certificates, and no private key") {
  const TempFolder folder;
  for (const char* form : {"DER", "PEM"}) {
    const std::vector<Identity> keys = load_all(slurp(make_pkcs7(folder, form)), std::nullopt);
    REQUIRE(keys.size() == 2);
    for (const Identity& key : keys) CHECK_FALSE(key.can_sign());
    CHECK(certificate_subject(keys[0].x509_chain().front()).find("CN=rsa") != std::string::npos);
  }
}

TEST_CASE("PEM: keys and certificates in any order, each certificate to its key") {
  const TempFolder folder;
  const std::vector<MadeKey> made = make_keys(folder);
  std::string front, behind;
  for (const MadeKey& one : made) {
    front += slurp(one.key_file) + slurp(one.certificate_file);
    behind = slurp(one.certificate_file) + behind + slurp(one.key_file);
  }
  for (const std::string& text : {front, behind}) {
    const std::vector<Identity> keys = load_all(text);
    REQUIRE(keys.size() == made.size());
    for (const Identity& key : keys) CHECK(key.has_private());
    for (std::size_t i = 0; i < made.size(); ++i) require_key_of(keys[i], made[i]);
  }
}

TEST_CASE("DER of keys and certificates without an armour") {
  const TempFolder folder;
  for (const MadeKey& made : make_keys(folder)) {
    INFO(made.name);
    const std::string key = folder / "key.der";
    must_run({"openssl", "pkcs8", "-topk8", "-nocrypt", "-in", made.key_file, "-outform", "DER",
              "-out", key});
    CHECK(load_all(slurp(key))[0].has_private());
    must_run({"openssl", "pkcs8", "-topk8", "-passout", std::string("pass:") + kStoreWord, "-in",
              made.key_file, "-outform", "DER", "-out", key});
    CHECK(load_all(slurp(key))[0].encrypted());
    must_run({"openssl", "pkey", "-in", made.key_file, "-pubout", "-outform", "DER", "-out", key});
    CHECK(load_all(slurp(key))[0].type() == made.type);
    must_run({"openssl", "x509", "-in", made.certificate_file, "-outform", "DER", "-out", key});
    CHECK(load_all(slurp(key))[0].format() == "X.509 certificate");
  }
}

TEST_CASE("DEK-Info with every cipher, and PBES1 of the ciphers that libcrypto gave up") {
  const TempFolder folder;
  const MadeKey made = make_keys(folder).front();
  for (const char* cipher :
       {"aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "des-ede3-cbc", "des-cbc", "camellia-256-cbc",
        "aria-256-cbc", "seed-cbc", "bf-cbc", "cast5-cbc", "rc2-cbc"}) {
    INFO(cipher);
    const std::string file = folder / "dek";
    must_run({"openssl", "rsa", "-traditional", "-provider", "legacy", "-provider", "default",
              std::string("-") + cipher, "-passout", std::string("pass:") + kStoreWord, "-in",
              made.key_file, "-out", file});
    CHECK(load_all(slurp(file))[0].encrypted());
    CHECK(code_of_all(slurp(file), "wrong") == KeyErrc::wrong_passphrase);
    CHECK(code_of_all(slurp(file), std::nullopt) == KeyErrc::needs_passphrase);
  }
  for (const char* scheme :
       {"PBE-MD5-DES", "PBE-SHA1-RC2-64", "PBE-SHA1-DES", "PBE-SHA1-RC4-128", "PBE-SHA1-RC4-40",
        "PBE-SHA1-RC2-40", "PBE-SHA1-RC2-128", "PBE-SHA1-2DES", "PBE-SHA1-3DES"}) {
    INFO(scheme);
    const std::string file = folder / "pbes1";
    must_run({"openssl", "pkcs8", "-topk8", "-provider", "legacy", "-provider", "default", "-v1",
              scheme, "-passout", std::string("pass:") + kStoreWord, "-in", made.key_file, "-out",
              file});
    CHECK(load_all(slurp(file))[0].encrypted());
    CHECK(code_of_all(slurp(file), "wrong") == KeyErrc::wrong_passphrase);
  }
}

TEST_CASE("key stores that were cut or changed anywhere are refused, and harm nothing") {
  const TempFolder folder;
  LoadLimits few;
  few.pbkdf2_iterations = 200'000;
  few.scrypt_work = 1 << 18;
  for (const std::string& file : make_small_stores(folder)) {
    const std::string whole = slurp(file);
    INFO(file);
    REQUIRE(code_of_all(whole, kStoreWord, few) == KeyErrc::ok);
    for (std::size_t len = 0; len < whole.size(); ++len)
      CHECK(code_of_all(whole.substr(0, len), kStoreWord, few) != KeyErrc::ok);
    // Without the password, so that every change comes to the parser.
    for (std::size_t at = 0; at < whole.size(); ++at)
      for (const int bit : {1, 0x80}) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ bit);
        code_of_all(changed, std::nullopt, few);
      }
  }
}

TEST_CASE("what a key store may cost counts for all keys in it together") {
  const TempFolder folder;
  const std::vector<MadeKey> made = make_keys(folder);
  const std::string octets = slurp(make_many(folder, made, "PKCS12"));
  LoadLimits limits;
  limits.pbkdf2_iterations = 25'000;  // a check and one key, by Java's 10000 each
  CHECK(code_of_all(octets, kStoreWord, limits) == KeyErrc::too_expensive);
  limits = {};
  limits.keys = 2;
  LoadOptions options;
  options.passphrase = kStoreWord;
  options.limits = limits;
  std::vector<Identity> keys;
  REQUIRE(load_keys(as_bytes(octets), options, keys).ok());
  CHECK(keys.size() == 2);
}
