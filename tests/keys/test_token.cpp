// Tokens and their PINs, with a module in software that counts tries: what is missing, what is
// wrong, and that the last try is never spent unasked.
#include <dlfcn.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "lib/crypto/providers.hpp"
#include "lib/keys/pkcs11.hpp"
#include "support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

const Bytes kData = as_bytes(std::string_view("to be signed"));

constexpr const char* kPin = "eleven toys";

struct ToyToken {
  int tries, logins, shows_all, each_time;
  const char* at_reader;
};

std::string module_path() {
  const char* path = std::getenv("SSHAUTH_TOKEN_MODULE");
  REQUIRE(path != nullptr);
  return path;
}

// Fresh, with so many tries.
ToyToken& toy(int tries = 3) {
  void* library = ::dlopen(module_path().c_str(), RTLD_NOW);
  REQUIRE(library != nullptr);
  auto* token = static_cast<ToyToken*>(::dlsym(library, "toy_token"));
  REQUIRE(token != nullptr);
  *token = {tries, 0, 0, 0, nullptr};
  return *token;
}

KeyError open(std::string_view pin, std::vector<Pkcs11Key>& keys, bool last_try = false) {
  const std::string path = module_path();
  return load_pkcs11({.store = path, .pin = pin, .last_try = last_try}, keys);
}

bool says(const KeyError& error, const char* words) {
  INFO(error.text);
  return error.text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("a token's PIN: given, missing, wrong") {
  const ToyToken& token = toy();
  std::vector<Pkcs11Key> keys;
  KeyError none = open("", keys);
  CHECK(none.code == KeyErrc::needs_passphrase);
  CHECK(keys.empty());
  CHECK(token.logins == 0);
  CHECK_FALSE(says(none, "left"));
  CHECK(open("4321", keys).code == KeyErrc::wrong_passphrase);
  REQUIRE(open(kPin, keys).ok());
  REQUIRE(keys.size() == 1);
  Blob signature;
  CHECK(keys[0].identity.sign("ssh-ed25519", kData, openssl_provider(), signature).ok());
  CHECK(keys[0].identity.comment() == "toy key");
}

TEST_CASE("what a token shows without a PIN is enough where public halves are asked for") {
  toy();
  const std::string path = module_path();
  std::vector<Pkcs11Key> keys;
  REQUIRE(load_pkcs11({.store = path, .public_halves = true}, keys).ok());
  REQUIRE(keys.size() == 1);
  CHECK_FALSE(keys[0].identity.can_sign());
}

TEST_CASE("a token that has few tries left says so, before one is spent and after") {
  ToyToken& token = toy(2);
  std::vector<Pkcs11Key> keys;
  CHECK(says(open("", keys), "few tries are left"));
  CHECK(token.logins == 0);
  const KeyError wrong = open("4321", keys);
  CHECK(wrong.code == KeyErrc::wrong_passphrase);
  CHECK(says(wrong, "the next wrong PIN locks the token"));
  const KeyError none = open("", keys);
  CHECK(none.code == KeyErrc::needs_passphrase);
  CHECK(says(none, "the next wrong PIN locks the token"));
  CHECK(token.tries == 1);
}

TEST_CASE("the last try is spent by nobody but who says so") {
  ToyToken& token = toy(1);
  std::vector<Pkcs11Key> keys;
  for (const char* pin : {"4321", kPin}) {
    const KeyError error = open(pin, keys);
    CHECK(error.code == KeyErrc::cannot_sign);
    CHECK(says(error, "the PIN was not shown"));
  }
  CHECK(token.logins == 0);
  REQUIRE(open(kPin, keys, true).ok());
  CHECK(token.tries == 3);
  keys.clear();
  toy(1);
  const KeyError wrong = open("4321", keys, true);
  CHECK(wrong.code == KeyErrc::cannot_sign);
  CHECK(says(wrong, "the PIN is wrong; the PIN is locked now"));
  for (const char* pin : {kPin, ""}) {
    const KeyError locked = open(pin, keys, true);
    CHECK(locked.code == KeyErrc::cannot_sign);
    CHECK(says(locked, "locked after too many wrong ones"));
  }
}

TEST_CASE("a URI's own PIN never spends the last try") {
  const ToyToken& token = toy(1);
  for (const char* stored : {"wrong", "eleven%20toys"}) {
    const std::string uri =
        "pkcs11:token=toy?module-path=" + module_path() + "&pin-value=" + stored;
    std::vector<Pkcs11Key> keys;
    const KeyError error = load_pkcs11({.store = uri, .last_try = true}, keys);
    CHECK(error.code == KeyErrc::cannot_sign);
    CHECK(says(error, "the PIN was not shown"));
  }
  CHECK(token.logins == 0);
}

TEST_CASE("a key that wants the PIN for each signature does not spend the last try either") {
  ToyToken& token = toy();
  token.each_time = 1;
  for (const bool last_try : {false, true}) {
    token.tries = 3;
    std::vector<Pkcs11Key> keys;
    REQUIRE(open(kPin, keys, last_try).ok());
    const auto sign = [&] {
      Blob signature;
      return keys.at(0).identity.sign("ssh-ed25519", kData, openssl_provider(), signature);
    };
    token.logins = 0;
    CHECK(sign().ok());
    CHECK(token.logins == 1);
    token.tries = 1;  // somebody else's doing
    const KeyError error = sign();
    CHECK(error.ok() == last_try);
    if (!last_try) CHECK(says(error, "the PIN was not shown"));
    CHECK(token.logins == (last_try ? 2 : 1));
  }
}

TEST_CASE("a key that wants the PIN for each signature, and has none, shows no empty one") {
  ToyToken& token = toy();
  token.each_time = token.shows_all = 1;
  std::vector<Pkcs11Key> keys;
  REQUIRE(open("", keys).ok());
  Blob signature;
  const KeyError error =
      keys.at(0).identity.sign("ssh-ed25519", kData, openssl_provider(), signature);
  CHECK(error.code == KeyErrc::needs_passphrase);
  CHECK(token.logins == 0);
}

TEST_CASE("a PIN that is given at the reader") {
  ToyToken& token = toy();
  token.at_reader = kPin;
  std::vector<Pkcs11Key> keys;
  CHECK(open("", keys).ok());
  keys.clear();
  token.at_reader = "mistyped";
  CHECK(open("", keys).code == KeyErrc::wrong_passphrase);
}

TEST_CASE("a token with other public keys than the one asked for is sent no PIN") {
  const ToyToken& token = toy();
  const std::string path = module_path();
  std::vector<Pkcs11Key> keys;
  REQUIRE(load_pkcs11({.store = path, .public_halves = true}, keys).ok());
  Blob half(keys.at(0).identity.public_blob().begin(), keys.at(0).identity.public_blob().end());
  CHECK(load_pkcs11({.store = path, .pin = kPin, .public_half = half}, keys).ok());
  CHECK(token.logins == 1);
  half.back() ^= 1;
  const KeyError error = load_pkcs11({.store = path, .pin = kPin, .public_half = half}, keys);
  CHECK(error.code == KeyErrc::not_found);
  CHECK(says(error, "plug its token in"));
  CHECK(token.logins == 1);
}

TEST_CASE("a key that shows without a PIN and will not sign without it says what it wants") {
  toy().shows_all = 1;
  std::vector<Pkcs11Key> keys;
  REQUIRE(open("", keys).ok());
  REQUIRE(keys.size() == 1);
  Blob signature;
  const KeyError error = keys[0].identity.sign("ssh-ed25519", kData, openssl_provider(), signature);
  CHECK(error.code == KeyErrc::needs_passphrase);
}

TEST_CASE("a PIN in a file ends with its line, however that ends") {
  const TempFolder folder;
  for (const char* end : {"", "\n", "\r\n", "\r"}) {
    toy();
    spill(folder / "pin", std::string(kPin) + end);
    const std::string uri =
        "pkcs11:token=toy?module-path=" + module_path() + "&pin-source=file:" + (folder / "pin");
    std::vector<Pkcs11Key> keys;
    const KeyError error = load_pkcs11({.store = uri}, keys);
    INFO(error.text);
    CHECK(error.ok());
  }
}

TEST_CASE("what is no module is told back only where it is called like one") {
  std::vector<Pkcs11Key> keys;
  const KeyError key = load_pkcs11({.store = "b25lIGxpbmUgdGhhdCBtYXkgYmUgYSBrZXk="}, keys);
  CHECK(key.code == KeyErrc::io);
  CHECK(key.text.find("b25l") == std::string::npos);
  const KeyError module = load_pkcs11({.store = "/nowhere/module.so"}, keys);
  CHECK(module.code == KeyErrc::io);
  CHECK(module.text.find("PKCS#11 module /nowhere/module.so: it cannot be loaded") !=
        std::string::npos);
}
