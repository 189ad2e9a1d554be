// Keys of security keys, with a provider in software that touches, wants a PIN, and fails.
#include <sodium.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "lib/crypto/providers.hpp"
#include "lib/crypto/public_key.hpp"
#include "lib/keys/sk_key.hpp"
#include "lib/keys/sk_provider.hpp"
#include "lib/wire/writer.hpp"
#include "support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

constexpr const char* kType = "sk-ssh-ed25519@openssh.com";
const Bytes kData = as_bytes(std::string_view("to be signed"));

std::string provider(const char* name = "SSHAUTH_SK_PROVIDER") {
  const char* path = std::getenv(name);
  REQUIRE(path != nullptr);
  return path;
}

Identity key_for(const std::string& application, std::uint8_t flags = 1, const char* pin = "",
                 const std::string& library = provider()) {
  std::uint8_t seed[32] = {7}, pub[32], both[64];
  REQUIRE(crypto_sign_seed_keypair(pub, both, seed) == 0);
  Blob blob(256);
  Writer w(blob);
  w.string(std::string_view(kType)).string(Bytes(pub)).string(application);
  blob.resize(w.len());
  return {blob, "me", "test",
          make_sk_signer({kType, application, flags, Blob(seed, seed + 32)}, library,
                         SecretBytes(as_bytes(std::string_view(pin))))};
}

KeyError sign(const Identity& key, Blob& out) {
  return key.sign(kType, kData, openssl_provider(), out);
}

}  // namespace

TEST_CASE("a security key signs, and what it signed verifies, with its flags and counter") {
  Blob out;
  const Identity key = key_for("ssh:");
  REQUIRE(sign(key, out).ok());
  const SigAlg& alg = *find(sigs(openssl_provider()), kType);
  CHECK(verify_signature(alg, key.public_blob(), kData, out) == Errc::ok);
  CHECK(shows_presence(out));
  CHECK(signature_algorithm(out) == kType);
  CHECK(key.signer()->is_dear());
  CHECK(key.signer()->notice().find("ssh:") != std::string::npos);
  // Every octet of it counts, the counter and the flags too.
  for (std::size_t i = 0; i < out.size(); ++i) {
    Blob changed = out;
    changed[i] ^= 1;
    CHECK(verify_signature(alg, key.public_blob(), kData, changed) != Errc::ok);
    CHECK(verify_signature(alg, key.public_blob(), kData, Bytes(out).first(i)) != Errc::ok);
  }
  CHECK(verify_signature(alg, key_for("ssh:x").public_blob(), kData, out) != Errc::ok);
}

TEST_CASE("a key without the touch signs without, and says so") {
  Blob out;
  const Identity key = key_for("ssh:", 0);
  REQUIRE(sign(key, out).ok());
  CHECK_FALSE(shows_presence(out));
  CHECK(key.signer()->notice().empty());
  CHECK_FALSE(key.signer()->is_dear());
  REQUIRE(sign(key_for("ssh:untouched"), out).ok());
  CHECK_FALSE(shows_presence(out));
}

TEST_CASE(
    "a security key's PIN is given when it is wanted, and none or a wrong one is told apart") {
  Blob out;
  CHECK(sign(key_for("ssh:pin"), out).code == KeyErrc::needs_passphrase);
  CHECK(sign(key_for("ssh:pin", 1, "1234"), out).ok());
  CHECK(sign(key_for("ssh:pin", 1, "4321"), out).code == KeyErrc::wrong_passphrase);
  CHECK(sign(key_for("ssh:", 5, "1234"), out).ok());
  CHECK(sign(key_for("ssh:", 5), out).code == KeyErrc::needs_passphrase);
}

TEST_CASE("what a security key cannot do, and what its provider does wrong, is told") {
  struct Case {
    const char* application;
    KeyErrc code;
    const char* text;
  };
  const Case cases[] = {
      {"ssh:absent", KeyErrc::io, "plug it in"},
      {"ssh:general", KeyErrc::cannot_sign, "not touched in time"},
      {"ssh:unsupported", KeyErrc::unsupported_type, "cannot do"},
      {"ssh:other", KeyErrc::cannot_sign, "does not verify"},
      {"ssh:nothing", KeyErrc::malformed, "gives no signature"},
      {"ssh:huge", KeyErrc::malformed, "gives no signature"},
  };
  for (const Case& c : cases) {
    INFO(c.application);
    Blob out;
    const KeyError error = sign(key_for(c.application), out);
    CHECK(error.code == c.code);
    CHECK(error.text.find(c.text) != std::string::npos);
  }
}

TEST_CASE("providers that are none, or of another version, are refused by name") {
  Blob out;
  KeyError error = sign(key_for("ssh:", 1, "", "/nowhere/provider.so"), out);
  CHECK(error.code == KeyErrc::io);
  CHECK(error.text.find("/nowhere/provider.so") != std::string::npos);
  error = sign(key_for("ssh:", 1, "", "libsodium.so.23"), out);
  CHECK(error.code == KeyErrc::unsupported_type);
  CHECK(error.text.find("sk_sign is missing") != std::string::npos);
  error = sign(key_for("ssh:", 1, "", provider("SSHAUTH_SK_PROVIDER_OLD")), out);
  CHECK(error.code == KeyErrc::unsupported_type);
  CHECK(error.text.find("0x00090000") != std::string::npos);
}

TEST_CASE("the environment names the provider where nobody else does") {
  Blob out;
  REQUIRE(::setenv("SSH_SK_PROVIDER", provider().c_str(), 1) == 0);
  CHECK(sign(key_for("ssh:", 1, "", ""), out).ok());
  // Without one it is libfido2, which finds no device here, or is not there itself.
  REQUIRE(::setenv("SSH_SK_PROVIDER", "internal", 1) == 0);
  const KeyError error = sign(key_for("ssh:", 1, "", ""), out);
  CHECK_FALSE(error.ok());
  CHECK(error.text.size() > 30);
  ::unsetenv("SSH_SK_PROVIDER");
}
