// Logins through the C functions, against the loopback server: every mode, every way to have the
// host key accepted, what the events say.
#include <catch2/catch.hpp>

#include "lib/keys/fingerprint.hpp"
#include "tests/abi/host.hpp"

using namespace sshauth;
using namespace sshauth::test;
using ::test::Event;
using ::test::has;
using ::test::Host;
using ::test::password_server;
using ::test::TempFolder;

namespace {

AuthServerConfig greeting_server() {
  AuthServerConfig config = password_server();
  config.banner = "Be \x1b[1mwelcome";
  return config;
}

const Identity& host_key() { return *key_of("ssh-ed25519#host"); }

std::string hex(std::string_view octets) {
  std::string out;
  for (const char c : octets) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += two;
  }
  return out;
}

std::string ssh_string(std::string_view text) {
  std::string out(4, '\0');
  out[3] = static_cast<char>(text.size());
  return out + std::string(text);
}

}  // namespace

TEST_CASE("a password logs in; events, facts and state tell it") {
  RunningServer server(greeting_server());
  Host host(server.port());
  int local_port = 0;
  std::string local_host;
  host.on_event = [&](Event& e) {
    if (e.id == EID_SSHAUTH_SSHSERVERAUTHENTICATION) {
      CHECK(std::string_view(static_cast<char*>(e.param[0]),
                             static_cast<std::size_t>(e.cbparam[0])) ==
            as_text(host_key().public_blob()));
      CHECK(e.text(1) ==
            fingerprint(host_key().public_blob(), FingerprintKind::sha256_hex, default_provider()));
      CHECK(e.text(2) == "ssh-ed25519");
      CHECK(e.text(3).empty());
      CHECK(e.text(4).empty());
      CHECK_FALSE(e.text(5).empty());
      CHECK(e.number(6) == 0);
      CHECK(ipworksauth_sshauth_getstate(host) == IPWORKSAUTH_STATE_SECURING);
      CHECK(host.config("SSHFingerprintSHA256") == e.text(1));
      local_port = ipworksauth_sshauth_getlocalport(host);
      local_host = ipworksauth_sshauth_getlocalhost(host);
    }
    return 0;
  };
  CHECK(host.authenticate() == 0);
  CHECK(host.error().empty());
  CHECK(ipworksauth_sshauth_getstate(host) == IPWORKSAUTH_STATE_SUCCEEDED);
  CHECK(host.seen == std::vector<std::string>{"Connected 0 OK", "Disconnected 0 OK"});
  CHECK(host.count(EID_SSHAUTH_SSHSERVERAUTHENTICATION) == 1);
  CHECK(host.count(EID_SSHAUTH_CONNECTIONSTATUS) >= 2);
  CHECK(host.count(EID_SSHAUTH_SSHSTATUS) > 5);
  CHECK(local_port > 0);
  CHECK(local_host == "127.0.0.1");
  CHECK(ipworksauth_sshauth_getlocalport(host) == 0);
  CHECK(std::string(ipworksauth_sshauth_getsshhost(host)) == "127.0.0.1");
  CHECK(host.config("ServerSSHVersionString").starts_with("SSH-2.0-"));
  CHECK(host.config("SSHFingerprintMD5").size() == 47);
  CHECK(host.config("SSHFingerprintSHA1").size() == 59);
  CHECK(host.config("SSHFingerprintSHA256").size() == 95);
  CHECK_FALSE(host.config("KexGuessHint").empty());
  bool banner = false;
  for (const std::string& line : host.logs) {
    banner = banner || has(line, "welcome");
    CHECK_FALSE(has(line, "\x1b"));
  }
  CHECK(banner);
  CHECK(host.authenticate() == 0);  // again with the same object
  CHECK(ipworksauth_sshauth_reset(host) == 0);
  CHECK(ipworksauth_sshauth_getstate(host) == IPWORKSAUTH_STATE_IDLE);
  CHECK(host.config("ServerSSHVersionString").empty());
  CHECK(host.config("SSHFingerprintMD5").empty());
  CHECK(host.config("KexGuessHint").empty());
  CHECK(server.stop().num_authenticated() == 2);
}

TEST_CASE("refused: wrong password, unknown user, and the text says so") {
  RunningServer server(password_server());
  for (const char* user : {"me", "nobody"}) {
    Host host(server.port());
    ipworksauth_sshauth_setuser(host, user);
    ipworksauth_sshauth_setpassword(host, "wrong");
    CHECK(host.authenticate() == 1032);
    CHECK(host.code() == 1032);
    CHECK(has(host.error(), "password"));
    CHECK(host.count(EID_SSHAUTH_ERROR) == 1);
    CHECK(host.count(EID_SSHAUTH_DISCONNECTED) == 1);
    CHECK(ipworksauth_sshauth_getstate(host) == IPWORKSAUTH_STATE_FAILED);
  }
}

TEST_CASE("the host key is refused unless something vouches for it") {
  RunningServer server(password_server());
  const std::string line = host_key().public_line();
  const std::string other = key_of("ssh-ed25519#other")->public_line();
  const std::string base64 = base64_encode(host_key().public_blob());
  const std::string sha256 =
      fingerprint(host_key().public_blob(), FingerprintKind::sha256_base64, default_provider());
  const std::string md5 =
      fingerprint(host_key().public_blob(), FingerprintKind::md5_hex, default_provider());
  const auto attempt = [&](const char* encoded, const std::string& setting) {
    Host host(server.port());
    host.accept = false;
    if (*encoded != '\0')
      CHECK(ipworksauth_sshauth_setsshacceptserverhostkeyencoded(
                host, encoded, static_cast<int>(std::strlen(encoded))) == 0);
    if (!setting.empty()) CHECK(host.config(setting).empty());
    int preset = -1;
    host.on_event = [&](Event& e) {
      if (e.id == EID_SSHAUTH_SSHSERVERAUTHENTICATION) preset = e.number(6);
      return 0;
    };
    const int code = host.authenticate();
    CHECK(preset == (code == 0 ? 1 : 0));
    return code;
  };
  CHECK(attempt("", "") == 1030);
  CHECK(attempt(line.c_str(), "") == 0);
  CHECK(attempt(base64.c_str(), "") == 0);
  CHECK(attempt(other.c_str(), "") == 1030);
  CHECK(attempt("", "SSHAcceptAnyServerHostKey=yes") == 0);
  CHECK(attempt("", "SSHAcceptServerHostKeyFingerPrint=" + sha256) == 0);
  CHECK(attempt("",
                "SSHAcceptServerHostKeyFingerPrint=00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:"
                "ee:ff," +
                    md5) == 0);
  CHECK(attempt("",
                "SSHAcceptServerHostKeyFingerPrint=00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:"
                "ee:ff") == 1030);
  Host host(server.port());
  CHECK(ipworksauth_sshauth_setsshacceptserverhostkeyencoded(host, "rubbish", 7) == 10022);
  CHECK(has(host.error(), "SSHAcceptServerHostKeyEncoded"));
}

TEST_CASE("the callback may refuse a key that is vouched for") {
  RunningServer server(password_server());
  Host host(server.port());
  host.config("SSHAcceptAnyServerHostKey=True");
  host.on_event = [&](Event& e) {
    if (e.id == EID_SSHAUTH_SSHSERVERAUTHENTICATION) e.out[6] = nullptr;
    return 0;
  };
  CHECK(host.authenticate() == 1030);
}

TEST_CASE("known_hosts files") {
  RunningServer server(password_server());
  const TempFolder folder;
  const std::string path = folder.path("known"), changed = folder.path("changed");
  const auto entry = [&](const Identity& key) {
    return "[127.0.0.1]:" + std::to_string(server.port()) + " " + key.public_line() + "\n";
  };
  folder.write("known", entry(host_key()));
  folder.write("changed", entry(*key_of("ssh-ed25519#other")));
  Host host(server.port());
  host.accept = false;
  CHECK(host.config("KnownHosts=" + path).empty());
  CHECK(host.authenticate() == 0);
  CHECK(host.config("KnownHosts=" + changed).empty());
  CHECK(host.authenticate() == 1030);
  CHECK(host.config("KnownHosts=" + changed + ":" + path).empty());
  CHECK(host.authenticate() == 0);
  CHECK(host.config("KnownHosts=" + folder.path("missing")).empty());
  CHECK(host.authenticate() == 302);
  CHECK(has(host.error(), "KnownHosts"));

  // What cannot be read is told, and what may revoke a key is not passed over.
  folder.write("partly", "nonsense\nand more\n" + entry(host_key()));
  CHECK(host.config("KnownHosts=" + folder.path("partly")).empty());
  host.forget_events();
  CHECK(host.authenticate() == 0);
  const std::string passed = "SSHStatus|KnownHosts: " + folder.path("partly") +
                             " line 1 is passed over: no key after the host names; so are 1 more";
  CHECK(std::count(host.lines.begin(), host.lines.end(), passed) == 1);
  folder.write("revoking", "@REVOKED * " + host_key().public_line() + "\n" + entry(host_key()));
  CHECK(host.config("KnownHosts=" + folder.path("revoking")).empty());
  CHECK(host.authenticate() == 302);
  CHECK(has(host.error(), "line 1 may revoke a key"));
}

TEST_CASE("AuthMode 0 comes in as anonymous, where the server lets it") {
  AuthServerConfig config = password_server();
  ServerUser anonymous;
  anonymous.name = "anonymous";
  anonymous.may_come_in_without = true;
  config.users.push_back(anonymous);
  RunningServer server(std::move(config));
  Host host(server.port());
  CHECK(ipworksauth_sshauth_setauthmode(host, AM_NONE) == 0);
  CHECK(host.authenticate() == 0);
}

TEST_CASE("keyboard-interactive: prompts, both ways to answer, the password by pattern") {
  AuthServerConfig config = server_config();
  ServerUser user;
  user.name = "me";
  user.rounds = {
      {"Name", "Do \x1b tell", {{"Password: ", false, "secret"}, {"Code: ", true, "42"}}},
      {"", "Thank you", {}},
      {"", "", {{"Last: ", false, ""}}}};
  config.users.push_back(user);
  RunningServer server(std::move(config));
  static char code[] = "42";
  for (const bool by_function : {true, false}) {
    Host host(server.port());
    CHECK(ipworksauth_sshauth_setauthmode(host, AM_KEYBOARD_INTERACTIVE) == 0);
    CHECK(host.config("PasswordPrompt=[Pp]assword:*").empty());
    std::vector<std::string> asked;
    host.on_event = [&](Event& e) {
      if (e.id != EID_SSHAUTH_SSHKEYBOARDINTERACTIVE) return 0;
      asked.push_back(e.text(0) + "|" + e.text(1) + "|" + e.text(2) + "|" + e.text(3) + "|" +
                      std::to_string(e.number(4)));
      if (e.text(2) != "Code: ") return 0;
      if (by_function)
        CHECK(ipworksauth_evtstr(e.param[3], 2, code, 1) == e.param[3]);
      else
        e.out[3] = code;
      return 0;
    };
    CHECK(host.authenticate() == 0);
    CHECK(asked == std::vector<std::string>{"Name|Do ? tell|Password: |secret|0",
                                            "Name|Do ? tell|Code: ||1", "||Last: ||0"});
  }
  Host host(server.port());
  ipworksauth_sshauth_setauthmode(host, AM_KEYBOARD_INTERACTIVE);
  CHECK(host.authenticate() == 1032);  // empty answers are wrong ones
}

TEST_CASE("AuthMode 6: the host writes the packets") {
  RunningServer server(password_server());
  const std::string request = std::string(1, '\x32') + ssh_string("me") +
                              ssh_string("ssh-connection") + ssh_string("password") +
                              std::string(1, '\0') + ssh_string("secret");
  std::string answer = hex(request);
  std::vector<std::string> packets;
  const auto attempt = [&] {
    Host host(server.port());
    packets.clear();
    CHECK(ipworksauth_sshauth_setauthmode(host, AM_CUSTOM) == 0);
    host.on_event = [&](Event& e) {
      if (e.id != EID_SSHAUTH_SSHCUSTOMAUTH) return 0;
      packets.push_back(e.text(0));
      if (packets.size() == 1) e.out[0] = answer.data();
      return 0;
    };
    return host.authenticate();
  };
  CHECK(attempt() == 0);
  CHECK(packets == std::vector<std::string>{""});
  answer.replace(answer.size() - 12, 12, hex("wrong!"));
  CHECK(attempt() == 1032);  // the refusal is shown, and left alone
  REQUIRE(packets.size() == 2);
  CHECK(packets[1].starts_with("33"));
  for (const char* bad : {"3", "zz", "14", "50"}) {
    answer = bad;
    INFO(bad);
    CHECK(attempt() == 10022);
  }
}

TEST_CASE("a new password, when the server wants one and the host set one") {
  AuthServerConfig config = server_config();
  ServerUser user = user_with_password("secret");
  user.must_change_password = true;
  config.users.push_back(user);
  RunningServer server(std::move(config));
  Host host(server.port());
  CHECK(host.authenticate() == 1032);
  CHECK(host.config("NewPassword=n3w").empty());
  CHECK(host.authenticate() == 0);
}

TEST_CASE("several methods in a row, and trying them all") {
  AuthServerConfig config = server_config();
  ServerUser both = user_with_password("secret");
  both.authorized_keys = {blob_of(*key_of("ssh-ed25519"))};
  both.required = {"password", "publickey"};
  config.users.push_back(both);
  ServerUser key_only;
  key_only.name = "key";
  key_only.authorized_keys = both.authorized_keys;
  config.users.push_back(key_only);
  RunningServer server(std::move(config));

  SecretBytes pem;
  REQUIRE(format_private_key(*key_of("ssh-ed25519"), std::nullopt, pem).ok());
  const std::string blob(as_text(pem.reveal()));
  const auto attempt = [&](const char* user, int mode, bool try_all, bool with_key) {
    Host host(server.port());
    ipworksauth_sshauth_setuser(host, user);
    CHECK(ipworksauth_sshauth_setauthmode(host, mode) == 0);
    CHECK(host.config(std::string("TryAllAvailableAuthMethods=") + (try_all ? "1" : "0")).empty());
    if (with_key) {
      CHECK(ipworksauth_sshauth_setsshcertstoretype(host, CST_PEMKEY_BLOB) == 0);
      CHECK(ipworksauth_sshauth_setsshcertstore(host, blob.data(), static_cast<int>(blob.size())) ==
            0);
    }
    return host.authenticate();
  };
  CHECK(attempt("me", AM_MULTI_FACTOR, false, true) == 0);
  CHECK(attempt("me", AM_MULTI_FACTOR, false, false) == 1032);
  CHECK(attempt("me", AM_PASSWORD, false, true) == 1032);
  CHECK(attempt("key", AM_PASSWORD, false, true) == 1032);
  CHECK(attempt("key", AM_PASSWORD, true, true) == 0);
  CHECK(attempt("key", AM_MULTI_FACTOR, false, true) == 0);
}

TEST_CASE("algorithm lists and policies are what is offered") {
  AuthServerConfig config = password_server();
  config.compressions = "none,zlib@openssh.com";
  RunningServer server(std::move(config));
  const auto says = [&](const std::string& setting, const std::string& sentence) {
    Host host(server.port());
    INFO(setting);
    CHECK(host.config(setting).empty());
    CHECK(host.authenticate() == 0);
    bool said = false;
    for (const std::string& line : host.logs) said = said || has(line, sentence);
    return said;
  };
  CHECK(says("SSHKeyExchangeAlgorithms=ecdh-sha2-nistp384", "ecdh-sha2-nistp384"));
  CHECK(says("SSHKeyExchangeAlgorithms=diffie-hellman-group1-sha1,ecdh-sha2-nistp521",
             "ecdh-sha2-nistp521"));
  CHECK(says("SSHMacAlgorithms=hmac-sha2-512-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"));
  CHECK(says("SSHCompressionAlgorithms=zlib@openssh.com", "zlib@openssh.com"));
  CHECK(says("SecurityPolicy=Modern", "chacha20-poly1305@openssh.com"));
  CHECK(says("UseInternalSecurityAPI=False", "aes256-ctr"));
  Host host(server.port());
  CHECK(ipworksauth_sshauth_setsshencryptionalgorithms(host, "aes128-gcm@openssh.com") == 0);
  CHECK(host.authenticate() == 0);
  CHECK(host.config("SSHPublicKeyAlgorithms=rsa-sha2-512").empty());
  CHECK(host.authenticate() == 1003);  // the server has an Ed25519 key alone
  CHECK(has(host.error(), "rsa-sha2-512"));
}

TEST_CASE("the server's identification must match a pattern") {
  AuthServerConfig config = password_server();
  config.identification = "SSH-2.0-Other_1";
  RunningServer server(std::move(config));
  Host host(server.port());
  CHECK(host.config("SSHVersionPattern=*OpenSSH*").empty());
  CHECK(host.authenticate() == 1002);
  CHECK(host.config("SSHVersionPattern=*OpenSSH*,SSH-2.0-Other_?").empty());
  CHECK(host.authenticate() == 0);
  CHECK(host.config("ServerSSHVersionString") == "SSH-2.0-Other_1");
}

TEST_CASE("no secret reaches a log line, not even at level 3") {
  RunningServer server(password_server());
  Host host(server.port());
  CHECK(host.config("LogLevel=3").empty());
  CHECK(host.authenticate() == 0);
  CHECK(host.logs.size() > 20);
  std::string all;
  for (const std::string& line : host.logs) all += line + "\n";
  for (char& c : all) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  CHECK_FALSE(has(all, "secret"));
  CHECK_FALSE(has(all, "736563726574"));
  CHECK_FALSE(has(all, "73 65 63 72"));
  Host quiet(server.port());
  CHECK(quiet.config("LogLevel=0").empty());
  CHECK(quiet.authenticate() == 0);
  CHECK(quiet.count(EID_SSHAUTH_LOG) == 0);
}

TEST_CASE("through a proxy: the request, its credentials and headers, and what reads back") {
  AuthServerConfig config = password_server();
  ScriptedServer proxy(
      std::move(config),
      {Script{"\r\n\r\n",
              "HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n", -1,
              false},
       Script{"\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", -1, false}});
  Host host(2222);
  CHECK(ipworksauth_sshauth_setsshhost(host, "server.invalid") == 0);
  CHECK(ipworksauth_sshauth_setfirewalltype(host, FW_TUNNEL) == 0);
  CHECK(ipworksauth_sshauth_setfirewallhost(host, "localhost") == 0);
  CHECK(ipworksauth_sshauth_setfirewallport(host, proxy.port()) == 0);
  CHECK(ipworksauth_sshauth_setfirewalluser(host, "u") == 0);
  CHECK(ipworksauth_sshauth_setfirewallpassword(host, "p") == 0);
  CHECK(host.config("FirewallData=X-Ticket: 7").empty());
  CHECK(host.authenticate() == 0);
  CHECK(std::string(ipworksauth_sshauth_getfirewallhost(host)) == "127.0.0.1");
  CHECK(std::string(ipworksauth_sshauth_getsshhost(host)) == "server.invalid");
  bool through = false;
  for (const int id : host.ids) through = through || id == EID_SSHAUTH_CONNECTIONSTATUS;
  CHECK(through);
  proxy.stop();
  CHECK(has(proxy.heard, "CONNECT server.invalid:2222 HTTP/1.1\r\n"));
  CHECK(has(proxy.heard, "Proxy-Authorization: Basic dTpw\r\n"));
  CHECK(has(proxy.heard, "X-Ticket: 7\r\n"));
}

TEST_CASE("a proxy that refuses, and one that is not named") {
  ScriptedServer proxy(password_server(),
                       {Script{"\r\n\r\n", "HTTP/1.1 407 Who are you\r\n\r\n", -1, false}});
  Host host(2222);
  CHECK(ipworksauth_sshauth_setfirewalltype(host, FW_TUNNEL) == 0);
  CHECK(host.authenticate() == 118);
  CHECK(ipworksauth_sshauth_setfirewallhost(host, "127.0.0.1") == 0);
  CHECK(ipworksauth_sshauth_setfirewallport(host, proxy.port()) == 0);
  CHECK(host.authenticate() == 118);
  CHECK(has(host.error(), "407"));
}
