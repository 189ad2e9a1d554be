// Approved algorithms: the policy FIPS, and UseFIPSCompliantAPI with and without OpenSSL's module.
// Debian has no such module. Where one was built, OPENSSL_MODULES and OPENSSL_CONF name it, and the
// second half of the last test runs.
#include <catch2/catch.hpp>

#include "tests/abi/handle.hpp"
#include "tests/abi/host.hpp"

using namespace sshauth::test;
using ::test::Handle;
using ::test::Host;

namespace {

sshauth::AuthServerConfig password_server() {
  sshauth::AuthServerConfig config = server_config("ecdsa-sha2-nistp256");
  config.users.push_back(user_with_password("secret"));
  return config;
}

bool logged(const Host& host, const std::string& part) {
  for (const std::string& line : host.logs)
    if (line.find(part) != std::string::npos) return true;
  return false;
}

// A login that works and uses nothing that was not approved.
void check_approved_login(Host& host) {
  CHECK(host.authenticate() == 0);
  CHECK(host.error().empty());
  CHECK_FALSE(host.logs.empty());
  for (const char* name : {"x25519", "chacha20", "umac", "sha1", "md5"}) {
    INFO(name);
    CHECK_FALSE(logged(host, name));
  }
  bool approved = false;
  for (const char* name :
       {"mlkem768nistp256-sha256", "ecdh-sha2-nistp256", "diffie-hellman-group14-sha256"})
    approved = approved || logged(host, name);
  CHECK(approved);
}

// Whether libcrypto's row of MD5, which no module serves, can begin.
bool has_md5() {
  const sshauth::HashAlg* md5 = sshauth::find(sshauth::hashes(sshauth::openssl_provider()), "md5");
  REQUIRE(md5 != nullptr);
  alignas(16) unsigned char ctx[64] = {};
  REQUIRE(md5->ctx_len <= sizeof ctx);
  const bool begun = md5->init(ctx) == 1;
  md5->wipe(ctx);
  return begun;
}

}  // namespace

TEST_CASE("the policy FIPS holds approved algorithms alone") {
  Handle o;
  CHECK(o.config("SecurityPolicy=fips").empty());
  CHECK(o.config("SecurityPolicy") == "FIPS");
  CHECK(o.config("SSHKeyExchangeAlgorithms").find("ecdh-sha2-nistp256,") != std::string::npos);
  CHECK(o.config("SSHMacAlgorithms").starts_with("hmac-sha2-256-etm@openssh.com,"));
  std::string all = ipworksauth_sshauth_getsshencryptionalgorithms(o);
  for (const char* list : {"SSHKeyExchangeAlgorithms", "SSHPublicKeyAlgorithms", "SSHMacAlgorithms",
                           "SSHPubKeyAuthSigAlgorithms"})
    all += "," + o.config(list);
  for (const char* not_approved :
       {"x25519", "curve25519", "chacha20", "umac", "md5", "sha1", "ripemd", "arcfour", "cbc",
        "ssh-dss", ",ssh-rsa,", "group1-", "gss-"}) {
    INFO(not_approved);
    CHECK(all.find(not_approved) == std::string::npos);
  }
}

TEST_CASE("a login under the policy FIPS") {
  RunningServer server(password_server());
  Host host(server.port());
  CHECK(host.config("SecurityPolicy=FIPS").empty());
  check_approved_login(host);
}

TEST_CASE("UseInternalSecurityAPI chooses between the sets of cryptography") {
  RunningServer server(password_server());
  Host host(server.port());
  const std::string built_in = host.config("BuildInfo");
  CHECK(host.config("UseInternalSecurityAPI=False").empty());
  CHECK(host.config("BuildInfo").ends_with("cryptography by openssl"));
  CHECK(host.authenticate() == 0);
  CHECK(host.config("UseInternalSecurityAPI=yes").empty());
  CHECK(host.config("BuildInfo") == built_in);
  CHECK(host.authenticate() == 0);
}

TEST_CASE("UseFIPSCompliantAPI: the module, or why not") {
  RunningServer server(password_server());
  Host host(server.port());
  const std::string result = host.config("UseFIPSCompliantAPI=True");
  if (!result.empty()) {
    CHECK(result == "<270>");
    CHECK(host.error().starts_with("UseFIPSCompliantAPI: "));
    CHECK(host.error().find("fips") != std::string::npos);
    CHECK(host.config("UseFIPSCompliantAPI") == "False");
    CHECK(host.authenticate() == 0);  // as if nothing had been asked
    CHECK(logged(host, "curve25519"));
    return;
  }
  Handle other;
  CHECK(other.config("UseFIPSCompliantAPI") == "True");  // one switch for the process
  CHECK(other.config("BuildInfo").find("fips") != std::string::npos);
  CHECK(ipworksauth_sshauth_reset(other) == 0);
  CHECK(other.config("UseFIPSCompliantAPI") == "True");
  check_approved_login(host);
  CHECK_FALSE(has_md5());  // the rows fetch from the module, whoever asks them
  CHECK(host.config("SSHFingerprintMD5").empty());
  CHECK(host.config("SSHFingerprintSHA256").size() == 95);
  CHECK(other.config("UseFIPSCompliantAPI=False").empty());
  CHECK(has_md5());
  CHECK(host.config("UseFIPSCompliantAPI") == "False");
  CHECK(host.authenticate() == 0);
  CHECK(logged(host, "curve25519"));
}
