#include <catch2/catch.hpp>

#include "lib/crypto/providers.hpp"
#include "lib/keys/fingerprint.hpp"
#include "lib/keys/generate.hpp"
#include "lib/trust/host_trust.hpp"

using namespace sshauth;

namespace {

struct Keys {
  Identity one = std::move(*generate_identity("ed25519"));
  Identity two = std::move(*generate_identity("ed25519"));
  Identity ec = std::move(*generate_identity("ecdsa"));
};
const Keys& keys() {
  static const Keys made;
  return made;
}
const Provider& provider() { return openssl_provider(); }

HostKeyVerdict verdict(const PinnedKeys& pins, const Identity& id) {
  return pins.check(id.public_blob(), provider()).verdict;
}

std::string without(std::string_view text, char drop) {
  std::string out;
  for (const char c : text)
    if (c != drop) out += c;
  return out;
}
std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return text;
}

}  // namespace

TEST_CASE("a decision that nobody made refuses") {
  CHECK_FALSE(HostKeyDecision{}.accepted());
  CHECK(HostKeyDecision{}.verdict == HostKeyVerdict::unknown);
  CHECK_FALSE(HostTrust{}.check("h", 22, keys().one.public_blob(), provider()).accepted());
  CHECK(PinnedKeys{}.check(keys().one.public_blob(), provider()).verdict ==
        HostKeyVerdict::unknown);
  CHECK_FALSE(HostKeyDecision{HostKeyVerdict{1}, ""}.accepted());
  CHECK_FALSE(HostKeyDecision{HostKeyVerdict{0xa4}, ""}.accepted());
}

TEST_CASE("a pinned key in each of its forms") {
  const Identity& id = keys().one;
  const std::string raw(as_text(id.public_blob()));
  for (const std::string& form : {id.public_line(), id.public_line() + " some comment",
                                  base64_encode(id.public_blob()), raw}) {
    PinnedKeys by_key, by_either;
    REQUIRE(by_key.add_key(form).ok());
    REQUIRE(by_either.add(form).ok());
    for (const PinnedKeys* pins : {&by_key, &by_either}) {
      CHECK(verdict(*pins, id) == HostKeyVerdict::accepted);
      CHECK(verdict(*pins, keys().two) == HostKeyVerdict::mismatch);
      CHECK(verdict(*pins, keys().ec) == HostKeyVerdict::mismatch);
      CHECK(pins->key_types() == std::vector<std::string>{"ssh-ed25519"});
    }
  }
}

TEST_CASE("a fingerprint in each of its forms") {
  const Identity& id = keys().one;
  const auto print = [&](FingerprintKind kind) {
    return fingerprint(id.public_blob(), kind, provider());
  };
  const std::string sha256 = print(FingerprintKind::sha256_base64);
  std::vector<std::string> forms{sha256, sha256 + "="};
  const std::pair<std::string, FingerprintKind> hex[] = {{"MD5:", FingerprintKind::md5_hex},
                                                         {"SHA1:", FingerprintKind::sha1_hex},
                                                         {"SHA256:", FingerprintKind::sha256_hex}};
  for (const auto& [prefix, kind] : hex)
    for (const std::string& text : {print(kind), without(print(kind), ':'), upper(print(kind)),
                                    upper(without(print(kind), ':'))})
      forms.insert(forms.end(), {text, prefix + text, "md5:" + text});
  int accepted = 0;
  for (const std::string& form : forms) {
    INFO(form);
    PinnedKeys pins;
    if (!pins.add(form).ok()) {
      CHECK(form.starts_with("md5:"));  // the prefix of another hash
      continue;
    }
    ++accepted;
    CHECK(verdict(pins, id) == HostKeyVerdict::accepted);
    CHECK(verdict(pins, keys().two) == HostKeyVerdict::mismatch);
    CHECK(pins.key_types().empty());
  }
  CHECK(accepted == 2 + 3 * 4 * 2 + 4);
}

TEST_CASE("any fingerprint of a list accepts") {
  PinnedKeys pins;
  const auto md5 = [](const Identity& id) {
    return fingerprint(id.public_blob(), FingerprintKind::md5_hex, provider());
  };
  REQUIRE(pins.add_fingerprints(" " + md5(keys().ec) + ", ," + md5(keys().one) + "\n").ok());
  CHECK(verdict(pins, keys().one) == HostKeyVerdict::accepted);
  CHECK(verdict(pins, keys().ec) == HostKeyVerdict::accepted);
  CHECK(verdict(pins, keys().two) == HostKeyVerdict::mismatch);
}

TEST_CASE("a malformed entry is named and nothing is added") {
  const std::string good =
      fingerprint(keys().one.public_blob(), FingerprintKind::md5_hex, provider());
  const std::vector<std::string> wrong{"",
                                       ",",
                                       "x",
                                       "SHA256:",
                                       "MD5:",
                                       "SHA256:AAAA",
                                       "00:11",
                                       "0",
                                       good + ":",
                                       good + ":00",
                                       "0:" + good,
                                       good.substr(1),
                                       without(good, ':') + "0",
                                       "SHA512:" + good,
                                       "MD5:SHA256:AAAA",
                                       good.substr(0, 3) + "g" + good.substr(4),
                                       without(good, ':').substr(0, 5) + ":" + good.substr(20)};
  for (const std::string& bad : wrong) {
    INFO(bad);
    PinnedKeys pins;
    const KeyError error = pins.add_fingerprints(std::string(good).append(",").append(bad));
    if (bad.find_first_not_of(',') == std::string::npos) {
      CHECK(error.ok());
      CHECK(pins.add_fingerprints(bad).code == KeyErrc::malformed);
      continue;
    }
    CHECK(error.code == KeyErrc::malformed);
    CHECK(error.text.find("\"" + bad + "\"") != std::string::npos);
    CHECK(pins.empty());
  }
  PinnedKeys pins;
  CHECK(pins.add_key("").code != KeyErrc::ok);
  CHECK(pins.add_key("ssh-ed25519 AAAA").code == KeyErrc::malformed);
  CHECK(pins.add_key("hello").code == KeyErrc::unknown_format);
  CHECK(pins.add("ssh-ed25519 AAAA").code == KeyErrc::malformed);
  CHECK(pins.add("ssh-xyz AAAAB3NzaC14eXoAAAABAQ==").code == KeyErrc::unsupported_type);
  CHECK(pins.empty());
}

TEST_CASE("a provider without the hash accepts nothing") {
  PinnedKeys pins;
  REQUIRE(
      pins.add(fingerprint(keys().one.public_blob(), FingerprintKind::md5_hex, provider())).ok());
  Provider none{};
  CHECK(pins.check(keys().one.public_blob(), none).verdict == HostKeyVerdict::mismatch);
}

TEST_CASE("pins decide over known_hosts, but a revoked key stays revoked") {
  HostTrust trust;
  const Bytes one = keys().one.public_blob();
  REQUIRE(trust.known_hosts().add_text("h " + keys().one.public_line() + "\n", "file").ok());
  CHECK(trust.check("h", 22, one, provider()).accepted());
  CHECK(trust.preferred_key_types("h", 22) == std::vector<std::string>{"ssh-ed25519"});
  REQUIRE(trust.pinned().add(keys().ec.public_line()).ok());
  CHECK(trust.check("h", 22, one, provider()).verdict == HostKeyVerdict::mismatch);
  CHECK(trust.check("h", 22, keys().ec.public_blob(), provider()).accepted());
  CHECK(trust.preferred_key_types("h", 22) == std::vector<std::string>{"ecdsa-sha2-nistp256"});
  REQUIRE(trust.known_hosts().add_text("@revoked * " + keys().ec.public_line() + "\n", "f").ok());
  CHECK(trust.check("h", 22, keys().ec.public_blob(), provider()).verdict ==
        HostKeyVerdict::revoked);
}
