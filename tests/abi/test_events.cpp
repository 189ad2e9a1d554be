// What the events tell: their order, the steps of a login, log levels.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/abi/host.hpp"

using namespace sshauth;
using namespace sshauth::test;
using ::test::Event;
using ::test::has;
using ::test::Host;
using ::test::password_server;

namespace {

// The lines of `kind` ("SSHStatus"), without it.
std::vector<std::string> of(const Host& host, const std::string& kind) {
  std::vector<std::string> out;
  for (const std::string& line : host.lines)
    if (line.starts_with(kind + "|")) out.push_back(line.substr(kind.size() + 1));
  return out;
}

// The first step that does not come, in that order; "" when all do.
std::string missing_step(const std::vector<std::string>& lines,
                         const std::vector<std::string>& steps) {
  std::size_t at = 0;
  for (const std::string& step : steps) {
    while (at < lines.size() && !has(lines[at], step)) ++at;
    if (at == lines.size()) return step;
    ++at;
  }
  return {};
}

std::string all(const Host& host) {
  std::string out;
  for (const std::string& line : host.lines) out += line + "\n";
  return out;
}

}  // namespace

TEST_CASE("the steps of a login by password, in order") {
  RunningServer server(password_server());
  Host host(server.port());
  // Step by step, not by the guess that an earlier login would allow.
  CHECK(host.config("KexGuess=0").empty());
  CHECK(host.config("SSHKeyExchangeAlgorithms=ecdh-sha2-nistp256").empty());
  CHECK(ipworksauth_sshauth_setsshencryptionalgorithms(host, "aes256-ctr") == 0);
  CHECK(host.config("SSHMacAlgorithms=hmac-sha2-256").empty());
  CHECK(host.authenticate() == 0);
  INFO(all(host));
  CHECK(missing_step(host.lines, {"ConnectionStatus|Remote host connection complete.|0|OK",
                                  "Connected|0|OK",
                                  "SSHStatus|Sent our identification: SSH-2.0-IPWorks SSH Client",
                                  "SSHStatus|Read the server's identification: SSH-2.0-",
                                  "SSHStatus|Key exchange has begun",
                                  "SSHStatus|Our lists of algorithms are sent",
                                  "SSHStatus|The server's lists of algorithms are read",
                                  "SSHStatus|Key exchange: ecdh-sha2-nistp256",
                                  "SSHStatus|Host key algorithm: ssh-ed25519",
                                  "SSHStatus|Encryption to the server: aes256-ctr",
                                  "SSHStatus|Encryption from the server: aes256-ctr",
                                  "SSHStatus|Integrity to the server: hmac-sha2-256",
                                  "SSHStatus|Integrity from the server: hmac-sha2-256",
                                  "SSHStatus|Compression to the server: none",
                                  "SSHStatus|Compression from the server: none",
                                  "SSHStatus|The algorithms are agreed",
                                  "SSHStatus|SSH_MSG_KEX_INIT is sent to the server",
                                  "SSHStatus|SSH_MSG_KEX_REPLY is read from the server",
                                  "SSHStatus|The server's signature over the key exchange verifies",
                                  "SSHStatus|The server's host key: ssh-ed25519 SHA256:",
                                  "SSHServerAuthentication|",
                                  "SSHStatus|The host key is accepted",
                                  "SSHStatus|What we send is under new keys from here on",
                                  "SSHStatus|The service ssh-userauth is asked for",
                                  "SSHStatus|What the server sends is under new keys from here on",
                                  "SSHStatus|Key exchange is complete",
                                  "ConnectionStatus|S/Shell handshake complete.|0|OK",
                                  "SSHStatus|The service ssh-userauth is granted",
                                  "SSHStatus|The server accepted password",
                                  "SSHStatus|Disconnecting",
                                  "ConnectionStatus|S/Shell connection broken.|0|OK",
                                  "ConnectionStatus|Remote host disconnected.|0|OK",
                                  "Disconnected|0|OK"})
            .empty());
  // The request leaves with our new keys, maybe before the server's are here.
  CHECK(missing_step(host.lines, {"SSHStatus|The service ssh-userauth is asked for",
                                  "SSHStatus|Trying password for user me",
                                  "SSHStatus|The server accepted password"})
            .empty());
  CHECK(host.lines.front() == "ConnectionStatus|Remote host connection complete.|0|OK");
  CHECK(host.lines[1] == "Connected|0|OK");
  CHECK(host.lines.back() == "Disconnected|0|OK");
  CHECK(of(host, "ConnectionStatus").size() == 4);
  CHECK(of(host, "Error").empty());
}

TEST_CASE("every step is told once by SSHStatus and once by Log at level 1, in the same words") {
  RunningServer server(password_server());
  Host host(server.port());
  CHECK(host.authenticate() == 0);
  const std::vector<std::string> steps = of(host, "SSHStatus");
  CHECK(steps.size() > 20);
  for (std::size_t i = 0; i < host.lines.size(); ++i) {
    if (!host.lines[i].starts_with("SSHStatus|")) continue;
    REQUIRE(i + 1 < host.lines.size());
    CHECK(host.lines[i + 1] == "Log|1|" + host.lines[i].substr(10) + "|Info");
  }
}

TEST_CASE("the list of methods is asked for, attempts fail, succeed in part and succeed") {
  AuthServerConfig config = server_config();
  ServerUser user = user_with_password("secret");
  user.rounds = {{"", "", {{"Code: ", true, "secret"}}}};
  user.required = {"password", "keyboard-interactive"};
  config.users.push_back(user);
  RunningServer server(std::move(config));
  Host host(server.port());
  CHECK(ipworksauth_sshauth_setauthmode(host, AM_MULTI_FACTOR) == 0);
  CHECK(host.config("PasswordPrompt=Code: ").empty());
  CHECK(host.authenticate() == 0);
  INFO(all(host));
  CHECK(missing_step(of(host, "SSHStatus"),
                     {"Asking for the methods that can authenticate user me",
                      "Methods that can authenticate the user: ", "Trying password for user me",
                      "The server accepted password and wants more",
                      "Trying keyboard-interactive for user me", "The server asks 1 question",
                      "The server accepted keyboard-interactive"})
            .empty());
  ipworksauth_sshauth_setpassword(host, "wrong");
  ipworksauth_sshauth_setauthmode(host, AM_PASSWORD);
  host.forget_events();
  CHECK(host.authenticate() == 1032);
  CHECK(missing_step(host.lines,
                     {"SSHStatus|The server refused password; methods that can continue",
                      "SSHStatus|Disconnecting", "Error|1032|",
                      "ConnectionStatus|S/Shell connection broken.|1032|",
                      "ConnectionStatus|Remote host disconnected.|1032|", "Disconnected|1032|"})
            .empty());
}

TEST_CASE("a weak algorithm that is agreed says so, in both events") {
  AuthServerConfig config = password_server();
  config.compressions = "zlib";
  config.ciphers = "3des-cbc";
  config.macs = "hmac-md5";
  RunningServer server(std::move(config));
  Host host(server.port());
  CHECK(host.authenticate() == 0);
  CHECK(missing_step(host.lines, {"SSHStatus|Compression to the server: zlib",
                                  "SSHStatus|Warning: zlib is weak", "Log|1|Warning: zlib is weak"})
            .empty());
  for (const char* name : {"3des-cbc", "hmac-md5"})
    for (const char* event : {"SSHStatus|Warning: ", "Log|1|Warning: "}) {
      INFO(name);
      CHECK(has(all(host), std::string(event) + name + " is weak"));
    }
}

TEST_CASE("accepting any host key warns, accepting the right one does not") {
  RunningServer server(password_server());
  Host host(server.port());
  host.accept = false;
  host.config("SSHAcceptAnyServerHostKey=True");
  CHECK(host.authenticate() == 0);
  CHECK(missing_step(host.lines, {"SSHStatus|Warning: any host key is accepted", "Log|1|Warning"})
            .empty());
  Host careful(server.port());
  CHECK(careful.authenticate() == 0);
  CHECK_FALSE(has(all(careful), "any host key"));
}

TEST_CASE("level 0 is silent, 2 shows each packet, 3 its octets") {
  RunningServer server(password_server());
  Host host(server.port());
  for (const int level : {0, 1, 2, 3}) {
    host.forget_events();
    CHECK(host.config("LogLevel=" + std::to_string(level)).empty());
    CHECK(host.authenticate() == 0);
    for (const std::string& line : of(host, "Log")) {
      const int said = line[0] - '0';
      REQUIRE(said >= 1);
      REQUIRE(said <= level);
      CHECK(line.ends_with(said == 1 ? "|Info" : said == 2 ? "|Verbose" : "|Debug"));
    }
    const std::string lines = all(host);
    CHECK(of(host, "SSHStatus").size() > 20);
    CHECK(has(lines, "Log|1|") == (level >= 1));
    CHECK(has(lines, "Log|2|sent SSH_MSG_KEXINIT (20), packet 0, ") == (level >= 2));
    CHECK(has(lines, "Log|2|received SSH_MSG_KEXINIT (20), packet 0, ") == (level >= 2));
    CHECK(has(lines, "Log|2|sent SSH_MSG_USERAUTH_REQUEST (50)") == (level >= 2));
    CHECK(has(lines, "Log|2|received SSH_MSG_USERAUTH_SUCCESS (52)") == (level >= 2));
    CHECK(has(lines, "Log|2|sent SSH_MSG_DISCONNECT (1)") == (level >= 2));
    CHECK(has(lines, "Log|3|0000  14 ") == (level >= 3));
    CHECK(has(lines, "\n0010  ") == (level >= 3));
    CHECK(has(lines, "Log|3|0000  34 ") == (level >= 3));
  }
}

TEST_CASE("through a proxy: its stages come first and go last") {
  ScriptedServer proxy(password_server(),
                       {Script{"\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", -1, false}});
  Host host(2222);
  CHECK(ipworksauth_sshauth_setsshhost(host, "server.invalid") == 0);
  CHECK(ipworksauth_sshauth_setfirewalltype(host, FW_TUNNEL) == 0);
  CHECK(ipworksauth_sshauth_setfirewallhost(host, "127.0.0.1") == 0);
  CHECK(ipworksauth_sshauth_setfirewallport(host, proxy.port()) == 0);
  CHECK(host.authenticate() == 0);
  const std::vector<std::string> expected = {
      "Firewall connection complete.|0|OK", "Remote host connection complete.|0|OK",
      "S/Shell handshake complete.|0|OK",   "S/Shell connection broken.|0|OK",
      "Remote host disconnected.|0|OK",     "Firewall host disconnected.|0|OK"};
  CHECK(of(host, "ConnectionStatus") == expected);
  CHECK(missing_step(host.lines, {"ConnectionStatus|Firewall connection complete.|0|OK",
                                  "ConnectionStatus|Remote host connection complete.|0|OK",
                                  "Connected|0|OK", "SSHStatus|Sent our identification"})
            .empty());
}

TEST_CASE("a connection that cannot be made: Connected tells the TCP/IP code and its text") {
  std::uint16_t nobody = 0;
  {
    Listener listener;
    REQUIRE(Listener::open(false, 0, listener).ok());
    nobody = listener.port();
  }
  Host host(nobody);
  CHECK(host.authenticate() == 10061);
  REQUIRE(host.lines.size() == 2);
  CHECK(host.lines[0] == "Connected|10061|" + host.error());
  CHECK(host.lines[1] == "Error|10061|" + host.error());
  CHECK(has(host.error(), "127.0.0.1"));
}

TEST_CASE("a failure is told by Error, the stages of the way out and Disconnected alike") {
  AuthServerConfig config = password_server();
  config.identification = "SSH-2.0-Other_1";
  RunningServer server(std::move(config));
  Host host(server.port());
  host.config("SSHVersionPattern=*OpenSSH*");
  CHECK(host.authenticate() == 1002);
  const std::string end = "1002|" + host.error();
  CHECK(missing_step(host.lines,
                     {"Connected|0|OK", "Error|" + end,
                      "ConnectionStatus|Remote host disconnected.|" + end, "Disconnected|" + end})
            .empty());
  CHECK_FALSE(has(all(host), "S/Shell"));  // which never came to be
}

TEST_CASE("a key re-exchange tells its steps too") {
  AuthServerConfig config = server_config();
  ServerUser user;
  user.name = "me";
  user.rounds = {{"", "", {{"Code: ", true, ""}}}};
  config.users.push_back(user);
  RunningServer server(std::move(config));
  Host host(server.port());
  ipworksauth_sshauth_setauthmode(host, AM_KEYBOARD_INTERACTIVE);
  host.on_event = [&](Event& e) {
    if (e.id == EID_SSHAUTH_SSHKEYBOARDINTERACTIVE) host.config("SSHKeyRenegotiate");
    return 0;
  };
  CHECK(host.authenticate() == 0);
  INFO(all(host));
  CHECK(missing_step(
            of(host, "SSHStatus"),
            {"Key exchange has begun", "Key exchange is complete", "Key re-exchange has begun",
             "Our lists of algorithms are sent", "The server's lists of algorithms are read",
             "Key exchange: ", "The algorithms are agreed", "What we send is under new keys",
             "What the server sends is under new keys", "Key re-exchange is complete"})
            .empty());
}

TEST_CASE("blocking and event-driven logins fire the same events") {
  RunningServer server(password_server());
  Host blocking(server.port()), driven(server.port());
  CHECK(blocking.authenticate() == 0);
  ipworksauth_sshauth_settimeout(driven, 0);
  CHECK(driven.authenticate() == 135);
  while (ipworksauth_sshauth_getstate(driven) < IPWORKSAUTH_STATE_SUCCEEDED)
    CHECK(ipworksauth_sshauth_doevents(driven) == 0);
  // What a log tells of the two directions may come in either order: the server speaks first, too.
  const auto without_log = [](std::vector<std::string> lines) {
    std::erase_if(lines, [](const std::string& line) {
      return line.starts_with("SSHStatus|") || line.starts_with("Log|");
    });
    return lines;
  };
  const auto sorted = [](std::vector<std::string> lines) {
    std::sort(lines.begin(), lines.end());
    return lines;
  };
  CHECK(without_log(blocking.lines) == without_log(driven.lines));
  CHECK(sorted(blocking.lines) == sorted(driven.lines));
}
