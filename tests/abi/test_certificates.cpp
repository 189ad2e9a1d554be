// Host certificates and users', as settings of the object have them.
#include <catch2/catch.hpp>

#include "lib/crypto/providers.hpp"
#include "lib/keys/fingerprint.hpp"
#include "lib/keys/generate.hpp"
#include "lib/keys/ssh_certificate.hpp"
#include "tests/abi/host.hpp"
#include "tests/client/fake_agent.hpp"
#include "tests/core/certificates.hpp"

using namespace sshauth;
using namespace sshauth::test;
using ::test::Event;
using ::test::has;
using ::test::Home;
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
  const auto written = [&] {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string line = "[127.0.0.1]:" + std::to_string(server.port()) + " " +
                           key_of("ssh-ed25519#host")->public_line() + "\n";

  host.accept = true;
  CHECK(host.authenticate() == 0);
  CHECK_FALSE(std::filesystem::exists(path));  // not asked to
  host.config("KnownHostsAdd=" + path);
  host.accept = false;
  CHECK(host.authenticate() == 1030);
  CHECK_FALSE(std::filesystem::exists(path));  // refused
  host.accept = true;
  ipworksauth_sshauth_setpassword(host, "wrong");
  CHECK(host.authenticate() == 1032);  // the host is the right one, whoever the user is
  CHECK(written() == line);
  ipworksauth_sshauth_setpassword(host, "secret");
  CHECK(host.authenticate() == 0);
  CHECK(written() == line);  // once, although KnownHosts does not have the file
  host.accept = false;
  host.config("SSHKnownHostsFile=" + path);
  CHECK(host.config("KnownHosts") == path);
  CHECK(host.authenticate() == 0);
  CHECK(written() == line);
}

TEST_CASE("KnownHostsAdd writes nothing down for a host that is known by another key") {
  RunningServer server([] {
    AuthServerConfig config = server_config();
    config.users.push_back(user_with_password("secret"));
    return config;
  }());
  const TempFolder folder;
  const std::string path = folder.path("known");
  const std::string name = "[127.0.0.1]:" + std::to_string(server.port()) + " ";
  Host host(server.port());  // its callback accepts every key
  host.config("KnownHostsAdd=" + path);
  for (const char* of : {"ssh-ed25519#other", "ecdsa-sha2-nistp256#other"})
    for (const char* marker : {"", "@revoked "}) {
      const std::string there = marker + name + key_of(of)->public_line() + "\n";
      folder.write("known", there);
      const bool known = *marker == '\0';
      for (const bool read : {true, false}) {
        host.config(std::string("KnownHosts=") + (read ? path : ""));
        INFO(there << read);
        CHECK(host.authenticate() == 0);
        std::ifstream file(path, std::ios::binary);
        const std::string now(std::istreambuf_iterator<char>(file), {});
        CHECK(now ==
              (known ? there : there + name + key_of("ssh-ed25519#host")->public_line() + "\n"));
        if (!known) break;
      }
    }
  // A file that cannot be written is told of, and the login goes on.
  host.config("KnownHosts=");
  host.config("KnownHostsAdd=" + folder.path("no/such/folder"));
  host.forget_events();
  CHECK(host.authenticate() == 0);
  CHECK(std::any_of(host.logs.begin(), host.logs.end(), [](const std::string& l) {
    return has(l, "KnownHostsAdd: the host key was not stored");
  }));
}

TEST_CASE("what SSHAcceptServerHostKey pins is not replaced by an authority on file") {
  CertificateSpec here;
  here.principals = {"127.0.0.1"};
  const TempFolder folder;
  folder.write("known", "@cert-authority * " + authority().public_line() + "\n");
  const std::string file = "KnownHosts=" + folder.path("known");
  CHECK(login(certified_server(here), file) == 0);
  AuthServerConfig config = certified_server(here);
  config.host_keys.push_back(key_of("ecdsa-sha2-nistp256#host"));  // which it has besides
  RunningServer server(std::move(config));
  Host host(server.port());
  host.accept = false;
  host.config(file);
  host.config("SSHAcceptServerHostKeyFingerPrint=00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff");
  CHECK(host.authenticate() == 1030);
  CHECK(has(host.error(), "none of those that were pinned"));
  host.config("SSHAcceptServerCAKey=" + authority().public_line());
  CHECK(host.authenticate() == 0);
}

TEST_CASE("a certificate that the server refuses says what is wrong with it") {
  AuthServerConfig config = server_config();
  config.users.push_back(user_with_password("secret"));
  RunningServer server(config);
  const Identity& key = *key_of("ssh-ed25519#user");
  SecretBytes pem;
  REQUIRE(format_private_key(key, std::nullopt, pem, 4).ok());
  const std::string store(as_text(pem.reveal()));
  const auto attempt = [&](auto change) {
    CertificateSpec spec;
    spec.kind = Certificate::user;
    spec.principals = {"me"};
    change(spec);
    Host host(server.port());
    ipworksauth_sshauth_setauthmode(host, AM_PUBLIC_KEY);
    ipworksauth_sshauth_setsshcertstoretype(host, CST_PEMKEY_BLOB);
    ipworksauth_sshauth_setsshcertstore(host, store.data(), static_cast<int>(store.size()));
    host.config("SignedSSHCert=ssh-ed25519-cert-v01@openssh.com " +
                base64_encode(make_certificate(key, authority(), spec)));
    CHECK(host.authenticate() == 1032);
    return host.error();
  };
  CHECK(has(attempt([](auto& s) { s.valid_before = 60; }),
            "the certificate \"the key's name\" expired at 1970-01-01 00:01:00 UTC"));
  CHECK(has(attempt([](auto& s) { s.valid_after = s.valid_before - 1; }), "is not valid before"));
  CHECK(has(attempt([](auto& s) {
              s.principals = {"you", "he"};
            }),
            "is not for user me: it names you, he"));
  CHECK(has(attempt([](auto& s) { s.principals = {}; }), "names no user at all"));
  CHECK_FALSE(has(attempt([](auto&) {}), "the certificate"));
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

TEST_CASE(
    "SignedSSHCert chooses the private half of its key where a store has the public one, too") {
  AuthServerConfig config = server_config();
  config.users.push_back(user_with_password("secret"));
  RunningServer server(config);
  const Identity& key = *key_of("ssh-ed25519#user");
  const TempFolder folder;
  const Home home(folder.path(""));
  std::filesystem::create_directory(folder.path(".ssh"));
  SecretBytes pem;
  REQUIRE(format_private_key(*key_of("ssh-ed25519#first"), std::nullopt, pem, 4).ok());
  folder.write(".ssh/id_ecdsa", std::string(as_text(pem.reveal())));
  REQUIRE(format_private_key(key, std::nullopt, pem, 4).ok());
  folder.write(".ssh/id_ed25519", key.public_line() + "\n");
  folder.write(".ssh/id_zzz", std::string(as_text(pem.reveal())));
  CertificateSpec spec;
  spec.kind = Certificate::user;
  const Blob certificate = make_certificate(key, authority(), spec);
  Host host(server.port());
  ipworksauth_sshauth_setauthmode(host, AM_PUBLIC_KEY);
  host.config("SignedSSHCert=ssh-ed25519-cert-v01@openssh.com " + base64_encode(certificate));
  CHECK(host.authenticate() == 1032);
  CHECK(::test::has(host.error(),
                    fingerprint(certificate, FingerprintKind::sha256_base64, default_provider())));
}

// The loopback server knows the plain key, which is tried where it takes no certificate.
TEST_CASE("a certificate beside the key file is used, and one that cannot be costs no key") {
  const Identity& key = *key_of("ssh-ed25519#user");
  AuthServerConfig config = server_config();
  ServerUser user;
  user.name = "me";
  user.authorized_keys = {blob_of(key)};
  config.users.push_back(user);
  RunningServer server(std::move(config));
  SecretBytes pem;
  REQUIRE(format_private_key(key, std::nullopt, pem, 4).ok());
  const TempFolder folder;
  Host host(server.port());
  const auto login = [&](const std::string& name) {
    folder.write(name, std::string(as_text(pem.reveal())));
    const std::string path = folder.path(name);
    host.forget_events();
    ipworksauth_sshauth_setauthmode(host, AM_PUBLIC_KEY);
    ipworksauth_sshauth_setsshcertstoretype(host, CST_PEMKEY_FILE);
    ipworksauth_sshauth_setsshcertstore(host, path.data(), static_cast<int>(path.size()));
    return host.authenticate();
  };
  const auto told = [&](const std::string& why) {
    return std::any_of(host.logs.begin(), host.logs.end(), [&](const std::string& line) {
      return has(line, "SSHCertStore: one key or certificate was passed over") && has(line, why);
    });
  };
  const auto line = [](const Identity& of, std::uint32_t kind) {
    CertificateSpec spec;
    spec.kind = kind;
    return "ssh-ed25519-cert-v01@openssh.com " +
           base64_encode(make_certificate(of, authority(), spec)) + " a comment\n";
  };
  CHECK(login("alone") == 0);
  CHECK_FALSE(told(""));
  for (const char* mark : {"", "\xef\xbb\xbf"}) {
    folder.write("good-cert.pub", mark + line(key, Certificate::user));
    CHECK(login("good") == 0);
    CHECK_FALSE(told(""));
    KeyResult read = load_identity_file(folder.path("good"));
    PassedOver over;
    attach_certificate(folder.path("good"), *read, over);
    CHECK_FALSE(read->certificate().empty());
    CHECK(over.num == 0);
  }
  const Identity& other = *key_of("ssh-ed25519#other");
  const std::pair<std::string, const char*> unfit[] = {
      {"", "is no algorithm of certificates"},
      {key.public_line(), "is no algorithm of certificates"},
      {"ssh-ed25519-cert-v01@openssh.com AAAA", "is no certificate"},
      {std::string(100 * 1000, 'x'), "octets, at most"},
      {line(key, Certificate::host), "a host's certificate"},
      {line(other, Certificate::user), "of another key"}};
  for (const auto& [contents, why] : unfit) {
    INFO(why);
    folder.write("unfit-cert.pub", contents);
    CHECK(login("unfit") == 0);
    CHECK(told(why));
    CHECK(told(folder.path("unfit-cert.pub: ")));
  }
  std::filesystem::create_directory(folder.path("in-cert.pub"));
  CHECK(login("in") == 0);
  CHECK(told("is a directory"));
  CHECK(login(std::string(250, 'n')) == 0);  // with "-cert.pub" it is too long for a name
  CHECK(told("cannot be opened"));
}

// The loopback server takes no certificates, but is shown this one and nothing else; to sshd the
// tests' peers log in with it.
TEST_CASE("SignedSSHCert is used with the key of an agent, too") {
  const auto key = key_of("ssh-ed25519#agent"), stranger = key_of("ssh-ed25519#stranger");
  CertificateSpec spec;
  spec.kind = Certificate::user;
  const Blob certificate = make_certificate(*key, authority(), spec);
  RunningServer server([&] {
    AuthServerConfig config = server_config();
    ServerUser user;
    user.name = "me";
    user.authorized_keys = {blob_of(*key), blob_of(*stranger)};
    config.users.push_back(user);
    return config;
  }());
  const TempFolder home;  // without keys
  const Home at_home(home.path(""));
  FakeAgent agent({stranger, key});
  Host host(server.port());
  ipworksauth_sshauth_setpassword(host, "");
  ipworksauth_sshauth_setauthmode(host, AM_PUBLIC_KEY);
  host.config("AgentSocket=" + agent.path());
  for (const char* mode : {"2", "1"}) {
    host.config(std::string("EnablePageantAuth=") + mode);
    host.config("SignedSSHCert=");
    CHECK(host.authenticate() == 0);
    host.config("SignedSSHCert=ssh-ed25519-cert-v01@openssh.com " + base64_encode(certificate));
    const std::size_t before = agent.flags().size();
    CHECK(host.authenticate() == 1032);
    CHECK(::test::has(host.error(), "key tried: ssh-ed25519-cert-v01@openssh.com key " +
                                        fingerprint(certificate, FingerprintKind::sha256_base64,
                                                    default_provider())));
    CHECK(agent.flags().size() <= before + 1);
  }
  // An agent that has not got it is asked for no other key.
  host.config("SignedSSHCert=ssh-ed25519-cert-v01@openssh.com " +
              base64_encode(make_certificate(*key_of("ssh-ed25519#gone"), authority(), spec)));
  host.config("EnablePageantAuth=2");
  CHECK(host.authenticate() == 272);
}
