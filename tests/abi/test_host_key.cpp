// Every way to name the host key: four forms of the key itself, three hashes in every notation.
#include <catch2/catch.hpp>
#include <cctype>

#include "lib/keys/fingerprint.hpp"
#include "tests/abi/host.hpp"
#include "tests/core/certificates.hpp"

using namespace sshauth;
using namespace sshauth::test;
using ::test::Event;
using ::test::Host;

namespace {

AuthServerConfig password_server() {
  AuthServerConfig config = server_config();
  config.users.push_back(user_with_password("secret"));
  return config;
}

std::string blob() { return std::string(as_text(key_of("ssh-ed25519#host")->public_blob())); }

// RFC 8410 §4: the algorithm, then the 32 octets that end the blob too.
std::string pem() {
  const std::string der = std::string("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12) +
                          blob().substr(blob().size() - 32);
  return "-----BEGIN PUBLIC KEY-----\n" + base64_encode(as_bytes(der)) +
         "\n-----END PUBLIC KEY-----\n";
}

std::string hex(const char* hash) {
  return hex_with_colons(as_bytes(fingerprint_octets(as_bytes(blob()), hash, default_provider())));
}

std::string without_colons(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), ':'), text.end());
  return text;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

int login_with_key(const RunningServer& server, const std::string& key) {
  Host host(server.port());
  host.accept = false;
  CHECK(ipworksauth_sshauth_setsshacceptserverhostkeyencoded(host, key.data(),
                                                             static_cast<int>(key.size())) == 0);
  return host.authenticate();
}

int login_with_fingerprints(const RunningServer& server, const std::string& list) {
  Host host(server.port());
  host.accept = false;
  CHECK(host.config("SSHAcceptServerHostKeyFingerPrint=" + list).empty());
  CHECK(host.code() == 0);
  return host.authenticate();
}

}  // namespace

TEST_CASE("SSHAcceptServerHostKeyEncoded: line, base64, PEM and the SSH encoding itself") {
  RunningServer server(password_server());
  const std::string line = key_of("ssh-ed25519#host")->public_line();
  for (const std::string& key :
       {line, line + " a comment\n", base64_encode(as_bytes(blob())), pem(), blob()}) {
    INFO(key);
    CHECK(login_with_key(server, key) == 0);
  }
  std::string other = blob();
  other.back() = static_cast<char>(other.back() ^ 1);
  CHECK(login_with_key(server, other) == 1030);
}

TEST_CASE("SSHAcceptServerHostKeyEncoded: a certificate stands for its key") {
  const X509Key& pinned = x509_key_of("ecdsa-sha2-nistp256");
  const std::string der(as_text(pinned.der));
  const std::string pem =
      "-----BEGIN CERTIFICATE-----\n" + base64_encode(pinned.der) + "\n-----END CERTIFICATE-----\n";
  for (const X509Key* shown : {&pinned, &x509_key_of("ecdsa-sha2-nistp256", 1)}) {
    AuthServerConfig config = server_config();
    config.users.push_back(user_with_password("secret"));
    config.host_keys = {std::make_shared<const Identity>(
        blob_of(shown->identity), "", "made",
        std::make_unique<PrivateNumbers>(*shown->identity.private_key()))};
    RunningServer server(std::move(config));
    for (const std::string& key : {pem, base64_encode(pinned.der), der})
      CHECK(login_with_key(server, key) == (shown == &pinned ? 0 : 1030));
  }
}

TEST_CASE("SSHAcceptServerHostKeyFingerPrint: every hash in every notation, alone and in a list") {
  RunningServer server(password_server());
  const std::string sha256 =
      fingerprint(as_bytes(blob()), FingerprintKind::sha256_base64, default_provider());
  std::vector<std::string> good = {sha256, sha256 + "=", "sha256:" + sha256.substr(7)};
  for (const char* hash : {"md5", "sha1", "sha256"}) {
    const std::string digits = hex(hash), name = upper(hash);
    good.insert(good.end(),
                {digits, upper(digits), without_colons(digits), upper(without_colons(digits)),
                 name + ":" + digits, std::string(hash) + ":" + without_colons(digits)});
  }
  const std::string wrong = "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff";
  for (const std::string& one : good) {
    INFO(one);
    CHECK(login_with_fingerprints(server, one) == 0);
    CHECK(login_with_fingerprints(server, wrong + "," + one) == 0);
  }
  CHECK(login_with_fingerprints(server, wrong) == 1030);
  CHECK(login_with_fingerprints(server, wrong + ", " + without_colons(wrong)) == 1030);
}

TEST_CASE("SSHFingerprintHashAlgorithm says what the event shows; the facts show all three") {
  RunningServer server(password_server());
  struct {
    const char *name, *hash;
  } const kHashes[] = {{"MD5", "md5"}, {"SHA1", "sha1"}, {"sha256", "sha256"}};
  for (const auto& [name, hash] : kHashes) {
    INFO(name);
    Host host(server.port());
    CHECK(host.config(std::string("SSHFingerprintHashAlgorithm=") + name).empty());
    std::string shown;
    host.on_event = [&](Event& e) {
      if (e.id != EID_SSHAUTH_SSHSERVERAUTHENTICATION) return 0;
      shown = e.text(1);
      CHECK(host.config("SSHFingerprintMD5") == hex("md5"));
      CHECK(host.config("SSHFingerprintSHA1") == hex("sha1"));
      CHECK(host.config("SSHFingerprintSHA256") == hex("sha256"));
      return 0;
    };
    CHECK(host.authenticate() == 0);
    CHECK(shown == hex(hash));
  }
}
