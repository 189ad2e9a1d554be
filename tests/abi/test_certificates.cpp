// Host certificates and users', as settings of the object have them.
#include <catch2/catch.hpp>

#include "lib/keys/generate.hpp"
#include "tests/abi/host.hpp"
#include "tests/core/certificates.hpp"

using namespace sshauth;
using namespace sshauth::test;
using ::test::Event;
using ::test::Host;
using ::test::TempFolder;

namespace {

const Identity& authority() {
  static KeyResult made = generate_identity("ed25519");
  return *made;
}

// A server whose host key is shown as a certificate for those names.
AuthServerConfig certified_server(const CertificateSpec& spec) {
  AuthServerConfig config = server_config();
  const Identity& key = *key_of("ssh-ed25519#host");
  config.host_keys = {
      std::make_shared<const Identity>(make_certificate(key, authority(), spec), "", "made",
                                       std::make_unique<PrivateNumbers>(*key.private_key()))};
  config.users.push_back(user_with_password("secret"));
  return config;
}

int login(const AuthServerConfig& config, const std::string& setting) {
  RunningServer server(config);
  Host host(server.port());
  host.accept = false;
  host.config(setting);
  CHECK(host.code() == 0);
  return host.authenticate();
}

}  // namespace

TEST_CASE("SSHAcceptServerCAKey accepts the host certificates of that authority alone") {
  CertificateSpec here;
  here.principals = {"127.0.0.1", "localhost"};
  const std::string right = "SSHAcceptServerCAKey=" + authority().public_line();
  const std::string other = "SSHAcceptServerCAKey=" + key_of("ssh-ed25519#other")->public_line();
  CHECK(login(certified_server(here), right) == 0);
  CHECK(login(certified_server(here), other) == 1030);
  CHECK(login(certified_server(here), other + "\n" + authority().public_line()) == 0);
  CertificateSpec elsewhere;
  CHECK(login(certified_server(elsewhere), right) == 1030);
  CertificateSpec expired = here;
  expired.valid_before = 1;
  CHECK(login(certified_server(expired), right) == 1030);
}

TEST_CASE("KnownHostsAdd keeps what was accepted, once, and nothing else") {
  RunningServer server([] {
    AuthServerConfig config = server_config();
    config.users.push_back(user_with_password("secret"));
    return config;
  }());
  const TempFolder folder;
  const std::string path = folder.path("known");
  Host host(server.port());
  host.accept = false;
  host.config("KnownHostsAdd=" + path);
  CHECK(host.authenticate() == 1030);
  host.accept = true;
  CHECK(host.authenticate() == 0);
  host.accept = false;
  host.config("KnownHosts=" + path);
  CHECK(host.authenticate() == 0);
}

TEST_CASE("SignedSSHCert is a user's certificate of the key that is chosen") {
  const Identity& key = *key_of("ssh-ed25519#user");
  CertificateSpec spec;
  spec.kind = Certificate::user;
  const auto line = [&](const Identity& of) {
    return "SignedSSHCert=ssh-ed25519-cert-v01@openssh.com " +
           base64_encode(make_certificate(of, authority(), spec));
  };
  Host host(1);
  host.config(line(key));
  CHECK(host.code() == 0);
  spec.kind = Certificate::host;
  host.config(line(key));
  CHECK(host.code() == 10022);
  CHECK(host.error().find("host's certificate") != std::string::npos);
  host.config("SignedSSHCert=ssh-ed25519 AAAA");
  CHECK(host.code() == 10022);
}
