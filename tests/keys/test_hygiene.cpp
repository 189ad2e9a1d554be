// Passphrases and private numbers are wiped before their memory is given back: whatever the format,
// whatever the end, libcrypto's own copies included.
#include <algorithm>
#include <catch2/catch.hpp>

#include "lib/crypto/providers.hpp"
#include "lib/keys/generate.hpp"
#include "lib/keys/pkcs11_uri.hpp"
#include "tests/keys/freed.hpp"
#include "tests/keys/store_files.hpp"
#include "tests/keys/support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

constexpr const char* kWord = "open sesame, wide";
constexpr std::string_view kNothing{};

struct KeyFile {
  std::string name;
  bool locked;
};

void openssl(std::vector<std::string> how) {
  how.insert(how.begin(), "openssl");
  must_run(how);
}

// PuTTY's, JSON's and XML's.
std::vector<KeyFile> with_other_formats(const TempFolder& folder, std::vector<KeyFile> files) {
  const auto puttygen = [&](const char* name, const char* type, const char* param) {
    const bool locked = std::string_view(name).ends_with("locked");
    spill(folder / "word", locked ? kWord : "");
    must_run({"puttygen", "-q", "-t", type, "-O", "private", "-o", folder / name, "--ppk-param",
              param, "--random-device", "/dev/urandom", "--new-passphrase", folder / "word"});
    files.push_back({name, locked});
  };
  puttygen("ppk2", "rsa", "version=2");
  puttygen("ppk2-locked", "ecdsa", "version=2");
  puttygen("ppk3", "ed25519", "version=3");
  puttygen("ppk3-locked", "rsa", "memory=64,passes=1");
  must_run({"jose", "jwk", "gen", "-i", R"({"alg":"RS256"})", "-o", folder / "jwk-rsa"});
  must_run({"jose", "jwk", "gen", "-i", R"({"alg":"ES512"})", "-o", folder / "jwk-ec"});
  must_run({"xmlsec1", "--keys", "--gen-key:k", "rsa-2048", folder / "xml-rsa"});
  for (const char* name : {"jwk-rsa", "jwk-ec", "xml-rsa"}) files.push_back({name, false});
  return files;
}

// Keys of every type in every format that has a private half.
std::vector<KeyFile> key_files(const TempFolder& folder) {
  const auto at = [&](const char* name) { return folder / name; };
  const std::string pass = std::string("pass:") + kWord;
  ssh_keygen(at("ed25519"), "ed25519");
  ssh_keygen(at("ecdsa"), "ecdsa", 384);
  ssh_keygen(at("rsa"), "rsa", 2048);
  ssh_keygen(at("ed25519-ctr"), "ed25519", 0, kWord, "aes256-ctr");
  ssh_keygen(at("ecdsa-gcm"), "ecdsa", 256, kWord, "aes256-gcm@openssh.com");
  ssh_keygen(at("rsa-chacha"), "rsa", 2048, kWord, "chacha20-poly1305@openssh.com");
  openssl(
      {"genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", at("p8-rsa")});
  openssl(
      {"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", at("p8-ec")});
  openssl({"genpkey", "-algorithm", "ED25519", "-out", at("p8-ed")});
  openssl({"rsa", "-traditional", "-in", at("p8-rsa"), "-out", at("pkcs1")});
  openssl({"ec", "-in", at("p8-ec"), "-out", at("sec1")});
  openssl({"rsa", "-traditional", "-aes256", "-passout", pass, "-in", at("p8-rsa"), "-out",
           at("pkcs1-dek")});
  openssl({"ec", "-aes128", "-passout", pass, "-in", at("p8-ec"), "-out", at("sec1-dek")});
  openssl({"pkcs8", "-topk8", "-v2", "aes256", "-passout", pass, "-in", at("p8-ed"), "-out",
           at("p8-pbkdf2")});
  openssl({"pkcs8", "-topk8", "-scrypt", "-passout", pass, "-in", at("p8-ec"), "-out",
           at("p8-scrypt")});
  openssl({"pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES", "-passout", pass, "-in", at("p8-rsa"), "-out",
           at("p8-pbe")});
  return with_other_formats(folder, {{"ed25519", false},
                                     {"ecdsa", false},
                                     {"rsa", false},
                                     {"ed25519-ctr", true},
                                     {"ecdsa-gcm", true},
                                     {"rsa-chacha", true},
                                     {"p8-rsa", false},
                                     {"p8-ec", false},
                                     {"p8-ed", false},
                                     {"pkcs1", false},
                                     {"sec1", false},
                                     {"pkcs1-dek", true},
                                     {"sec1-dek", true},
                                     {"p8-pbkdf2", true},
                                     {"p8-scrypt", true},
                                     {"p8-pbe", true}});
}

LoadOptions opening(const KeyFile& file, const char* word = kWord) {
  LoadOptions how;
  if (file.locked) how.passphrase = word;
  return how;
}

// A number as itself, as libcrypto keeps it (the low octets first), and as base64 in each of the
// three ways in which it can lie in a text.
void add_number(std::vector<Needle>& out, const std::string& name, const std::uint8_t* at,
                std::size_t len) {
  constexpr std::size_t kEnough = 16;
  if (len < 2 * kEnough) return;
  std::string all(as_text({at, len}));
  out.push_back({name, all.substr(len - kEnough)});
  out.push_back({name + " reversed", std::string(all.rbegin(), all.rbegin() + kEnough)});
  for (std::size_t skip = 0; skip < 3; ++skip)
    out.push_back(
        {name + " in base64", base64_encode(as_bytes(std::string_view(all).substr(skip, 15)))});
  secure_wipe(all.data(), all.size());  // or a block that takes its place would show it
}

std::vector<Needle> secrets_of(const Identity& id) {
  const ipworksauth_private_key& key = *id.private_key();
  std::vector<Needle> out = {{"passphrase", kWord}};
  add_number(out, "d", key.d, key.d_len);
  add_number(out, "p", key.p, key.p_len);
  add_number(out, "q", key.q, key.q_len);
  add_number(out, "iqmp", key.iqmp, key.iqmp_len);
  return out;
}

}  // namespace

TEST_CASE("the watch sees what is left behind") {
  const std::vector<Needle> needles = {{"one", "a first secret text"}, {"two", "another one"}};
  const FreedWatch watch(needles);
  { const std::string wiped(100, 'x'); }
  CHECK(watch.found() == kNothing);
  { const std::string left = "before " + needles[0].octets + " and much more behind"; }
  CHECK(watch.found() == " one");
  { SecretBytes secret(as_bytes(needles[1].octets)); }
  CHECK(watch.found() == " one");
  {
    std::vector<char> grown(needles[1].octets.begin(), needles[1].octets.end());
    grown.resize(5000);  // the copy that growing leaves behind
    secure_wipe(grown.data(), grown.size());
  }
  CHECK(watch.found() == " one two");
}

TEST_CASE("neither a passphrase nor a private number is left in memory that is given back") {
  const TempFolder folder;
  for (const KeyFile& file : key_files(folder)) {
    INFO(file.name);
    const std::string path = folder / file.name;
    KeyResult known = load_identity_file(path, opening(file));
    REQUIRE(known);
    const std::vector<Needle> needles = secrets_of(*known);
    const FreedWatch watch(needles);
    {
      KeyResult key = load_identity_file(path, opening(file));
      REQUIRE(key);
      CHECK(watch.found() == kNothing);  // reading
      require_signs(*key);
      CHECK(watch.found() == kNothing);  // signing
      const Identity moved = std::move(*key);
    }
    CHECK(watch.found() == kNothing);  // the end of it
    LoadOptions half = opening(file);
    half.public_only = true;
    CHECK(load_identity_file(path, half));
    CHECK(watch.found() == kNothing);
  }
}

TEST_CASE("nothing is left of what was in a key store, nor of its password") {
  const TempFolder folder;
  for (const std::string& file : make_small_stores(folder)) {
    INFO(file);
    LoadOptions how;
    how.passphrase = kStoreWord;
    KeyResult known = load_identity_file(file, how);
    REQUIRE(known);
    std::vector<Needle> needles = secrets_of(*known);
    needles[0].octets = kStoreWord;
    const FreedWatch watch(needles);
    {
      KeyResult key = load_identity_file(file, how);
      REQUIRE(key);
      CHECK(watch.found() == kNothing);
    }
    CHECK(watch.found() == kNothing);
    how.passphrase = std::nullopt;
    CHECK((load_identity_file(file, how).ok() == file.ends_with("plain.p12")));
    CHECK(watch.found() == kNothing);
  }
}

TEST_CASE("a wrong passphrase is wiped too, and so is what it made of the key") {
  const TempFolder folder;
  const std::vector<Needle> needles = {{"passphrase", "a wrong one, and long"}};
  for (const KeyFile& file : key_files(folder)) {
    if (!file.locked) continue;
    INFO(file.name);
    const FreedWatch watch(needles);
    CHECK(load_identity_file(folder / file.name, opening(file, needles[0].octets.c_str()))
              .error()
              .code == KeyErrc::wrong_passphrase);
    CHECK(watch.found() == kNothing);
  }
}

TEST_CASE("a PIN in a PKCS#11 URI is wiped, wherever its reading ends") {
  const std::vector<Needle> needles = {{"pin", "a PIN that is long enough to be found"},
                                       {"escaped", "a%20PIN%20that%20is%20long%20enough"}};
  const std::string pin = "pin-value=a%20PIN%20that%20is%20long%20enough%20to%20be%20found";
  const std::string good = "?" + pin;
  for (const std::string& rest :
       {good, good + "&" + pin, good + "^", good + "&colour=red", ";" + pin}) {
    INFO(rest);
    const std::string uri = "pkcs11:token=t" + rest;
    const FreedWatch watch(needles);
    {
      Pkcs11Uri out;
      CHECK(parse_pkcs11_uri(uri, out).ok() == (rest == good));
    }
    CHECK(watch.found() == kNothing);
  }
}

TEST_CASE("making and writing a key leaves nothing of it") {
  for (const char* type : {"ed25519", "ecdsa", "rsa"}) {
    INFO(type);
    const Identity id =
        std::move(*generate_identity(type, std::string_view(type) == "rsa" ? 2048 : 0));
    const std::vector<Needle> needles = secrets_of(id);
    const FreedWatch watch(needles);
    for (const std::optional<std::string_view> word :
         {std::optional<std::string_view>(), {kWord}}) {
      SecretBytes text;
      REQUIRE(format_private_key(id, word, text, 1).ok());
    }
    CHECK(watch.found() == kNothing);
  }
}
