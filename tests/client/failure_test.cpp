// What goes wrong around a login: settings, connections, servers that vanish, limits of time.
#include "support.hpp"
#include "tests/net/net_support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

AuthServerConfig password_server() {
  AuthServerConfig config = server_config();
  config.users.push_back(user_with_password("secret"));
  return config;
}

}  // namespace

TEST_CASE("Settings that cannot work fail before the network is troubled") {
  TestClient t(closed_port());
  t.config().ciphers = "no-such-cipher";
  CHECK(t.run().code == 1005);
  CHECK_FALSE(t.client.result().text.empty());
  t.config().ciphers.clear();
  t.config().identification = "HTTP/1.1";
  CHECK(t.run().code == 1005);
  t.config().identification.clear();
  t.config().host.clear();
  CHECK(t.run().code == 102);
  t.config().host = "127.0.0.1";
  t.config().port = 0;
  CHECK(t.run().code == 116);
  t.config().port = 1;
  t.config().provider = nullptr;
  CHECK(t.run().code == 270);
  CHECK(t.recorder.count("connected 0") == 0);
  for (const std::string& event : t.recorder.events) CHECK(event.starts_with("error "));
}

TEST_CASE("Hosts that cannot be connected to") {
  TestClient t(closed_port());
  CHECK(t.run().code == 10061);
  CHECK(t.client.result().stage == ClientStage::connect);
  CHECK(t.client.result().os_error != 0);
  CHECK(t.recorder.count("connected 10061") == 1);
  CHECK(t.recorder.balanced());
  t.config().host = "0.0.0.0";
  CHECK(t.run().code == 102);
  t.config().host = "bad host";
  CHECK(t.run().code == 11001);
  CHECK(t.client.result().stage == ClientStage::resolve);
  t.config().host = "::1";
  CHECK(t.run().code == 10047);
  t.config().host = "127.0.0.1";
  t.config().socket.local_host = "192.0.2.77";  // RFC 5737: not one of ours
  CHECK(t.run().code == 10049);
}

TEST_CASE("A local port can be chosen") {
  RunningServer server(password_server());
  TestClient t(server.port());
  t.config().password = secret("secret");
  t.config().socket.local_port = closed_port();
  CHECK(t.run().code == 0);
  CHECK(t.client.result().local_port == t.config().socket.local_port);
}

TEST_CASE("A server identification that no pattern accepts") {
  RunningServer server(password_server());
  TestClient t(server.port());
  t.config().password = secret("secret");
  std::string seen;
  t.config().accept_identification = [&](std::string_view id) {
    seen = id;
    return false;
  };
  CHECK(t.run().code == 1002);
  CHECK(seen.starts_with("SSH-2.0-"));
  CHECK(t.client.result().attempts == 0);
  t.config().accept_identification = [](std::string_view) { return true; };
  CHECK(t.run().code == 0);
}

TEST_CASE("Something that is no SSH server") {
  ScriptedServer server(password_server(), {{"", "220 mail.test ESMTP\r\n\x01\x02\r\n", 1, false}});
  TestClient t(server.port());
  t.config().password = secret("secret");
  const ClientResult& r = t.run();
  CHECK(r.code != 0);
  CHECK(t.recorder.said("220 mail.test ESMTP"));
  CHECK(t.recorder.balanced());
}

TEST_CASE(
    "A server that is gone at each stage: an error that says where, no hang, no retry early") {
  for (int flights = 0; flights <= 2; ++flights)
    for (const bool reset : {false, true}) {
      ScriptedServer server(password_server(), {{"", "", flights, reset}});
      TestClient t(server.port());
      t.config().password = secret("secret");
      const ClientResult& r = t.run();
      INFO("after " << flights << " flights, reset " << reset << ": " << r.text);
      CHECK((r.code == 1120 || r.code == 10054));
      CHECK(r.attempts == 0);
      CHECK(r.connections == (flights == 2 ? 2 : 1));
      CHECK(t.recorder.balanced());
      CHECK_FALSE(r.text.empty());
    }
}

TEST_CASE("A server that breaks on the pipelined flight gets one step by step") {
  ScriptedServer server(password_server(), {{"", "", 2, false}, {}});
  TestClient t(server.port());
  t.config().password = secret("secret");
  unsigned asked = 0;
  t.recorder.on_host_key = [&](const HostKeyQuestion&) {
    ++asked;
    return HostKeyAnswer::accept;
  };
  const ClientResult& r = t.run();
  INFO(r.text);
  CHECK(r.code == 0);
  CHECK(r.connections == 2);
  CHECK(asked == 1);  // the same key is not asked about twice
  CHECK(t.recorder.count("connected 0") == 2);
  CHECK(t.recorder.balanced());
  CHECK(t.recorder.said("step by step"));
  server.stop();
  CHECK(server.served == 2);
}

TEST_CASE("There is one such retry, and none where the flight was not pipelined") {
  ScriptedServer server(password_server(), {{"", "", 2, false}});
  TestClient t(server.port());
  t.config().password = secret("secret");
  CHECK(t.run().code == 1120);
  CHECK(t.client.result().connections == 2);
  t.config().pipelining = false;
  CHECK(t.run().code == 1120);
  CHECK(t.client.result().connections == 1);
}

TEST_CASE("There is no retry once the server has answered an authentication request") {
  // Three flights: identification and KEXINIT; reply and NEWKEYS; a refusal that leaves more.
  ScriptedServer server(password_server(), {{"", "", 3, false}});
  TestClient t(server.port());
  t.config().password_tries = 3;
  t.recorder.on_password = [](const PasswordQuestion&, SecretBytes& out) {
    out = secret("wrong");
    return Answer::given;
  };
  CHECK(t.run().code == 1120);
  CHECK(t.client.result().connections == 1);
}

// ---- proxies ---------------------------------------------------------------------------------

TEST_CASE("Through proxies; the server's first words may come with the proxy's last") {
  using namespace std::string_literals;
  struct Case {
    ProxyType type;
    std::string hear, say;
  };
  const std::string port_octets;
  for (const Case& c : {Case{ProxyType::http, "\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"},
                        Case{ProxyType::socks4a, "ssh.test\0"s, "\x00\x5a\0\0\0\0\0\0"s}}) {
    ScriptedServer server(password_server(), {{c.hear, c.say, -1, false}});
    TestClient t(1234);
    t.config().host = "ssh.test";  // only the proxy knows it
    t.config().proxy.type = c.type;
    t.config().proxy.host = "127.0.0.1";
    t.config().proxy.port = server.port();
    t.config().password = secret("secret");
    const ClientResult& r = t.run();
    INFO(r.text);
    CHECK(r.code == 0);
    CHECK(r.remote_port == server.port());
    CHECK(t.recorder.count("status Firewall connection complete. 0") == 1);
    CHECK(t.recorder.said("Connecting through the "));
    CHECK_FALSE(t.recorder.said("in the clear"));
    server.stop();
    CHECK(has(server.heard, "ssh.test"));
  }
}

TEST_CASE("Proxies that refuse, vanish or talk nonsense: 118") {
  for (const char* said :
       {"HTTP/1.1 403 No\r\n\r\n", "SSH-2.0-x\r\n", "HTTP/1.1 301 There\r\n\r\n"}) {
    ScriptedServer server(password_server(), {{"\r\n\r\n", said, 1, false}});
    TestClient t(22);
    t.config().proxy.type = ProxyType::http;
    t.config().proxy.host = "127.0.0.1";
    t.config().proxy.port = server.port();
    CHECK(t.run().code == 118);
    CHECK(t.client.result().stage == ClientStage::proxy);
    CHECK(t.recorder.count("connected 118") == 1);
    CHECK(t.recorder.count("status Firewall host disconnected. 118") == 1);
    CHECK(t.recorder.balanced());
  }
  ScriptedServer server(password_server(), {{"\r\n", "", 0, false}});
  TestClient t(22);
  t.config().proxy.type = ProxyType::http;
  t.config().proxy.host = "127.0.0.1";
  t.config().proxy.port = server.port();
  CHECK(t.run().code == 118);
  t.config().proxy.port = closed_port();
  CHECK(t.run().code == 10061);
  CHECK(has(t.client.result().text, "the HTTP proxy 127.0.0.1 port "));
  t.config().proxy.host.clear();
  CHECK(t.run().code == 118);
  t.config().proxy.host = "127.0.0.1";
  t.config().proxy.headers = secret("X: y\r\n\r\nGET / HTTP/1.1");
  t.config().proxy.port = server.port();
  CHECK(t.run().code == 118);
}

TEST_CASE("A proxy that closes after its challenge is answered over a second connection") {
  const std::string challenge =
      "HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=x\r\nConnection: close\r\n\r\n";
  ScriptedServer server(password_server(), {{"\r\n\r\n", challenge, -1, false},
                                            {"\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", -1, false}});
  TestClient t(22);
  t.config().proxy.type = ProxyType::http;
  t.config().proxy.host = "127.0.0.1";
  t.config().proxy.port = server.port();
  t.config().proxy.user = "u";
  t.config().proxy.password = secret("p");
  t.config().password = secret("secret");
  const ClientResult& r = t.run();
  INFO(r.text);
  CHECK(r.code == 0);
  CHECK(r.connections == 1);
  CHECK(t.recorder.count("connected 0") == 1);
  CHECK(t.recorder.count("status Firewall host disconnected. 0") == 1);
  CHECK(t.recorder.balanced());
  CHECK(t.recorder.said("The password for the HTTP proxy 127.0.0.1 port "));
  server.stop();
  CHECK(server.served == 2);
  CHECK(has(server.heard, "Proxy-Authorization: Basic dTpw\r\n"));
}

TEST_CASE("Hosts on the exceptions list are reached without the proxy") {
  RunningServer server(password_server());
  TestClient t(server.port());
  t.config().proxy.type = ProxyType::socks5;
  t.config().proxy.host = "127.0.0.1";
  t.config().proxy.port = closed_port();
  t.config().password = secret("secret");
  CHECK(t.run().code == 10061);
  t.config().proxy_exceptions = "example.org;127.0.0.1";
  CHECK(t.run().code == 0);
}

// ---- time ------------------------------------------------------------------------------------

namespace {

// A server that accepts and says only what it is told to, on a clock of its own.
struct SilentServer {
  Listener listener;
  FakeClock clock;
  TestClient t;
  Socket far;

  static Listener open() {
    Listener out;
    REQUIRE(Listener::open(false, 0, out).ok());
    return out;
  }
  SilentServer() : listener(open()), t(listener.port()) { t.config().clock = clock.function(); }

  void connect() {
    t.client.start();
    while (!t.client.is_connected()) {
      wait_ready(t.client);
      t.client.step();
    }
    wait_for({listener.fd(), true, false, -1}, nullptr);
    far = listener.accept();
    REQUIRE(far);
  }
  void say(std::string_view text) {
    REQUIRE(far.send(as_bytes(text)).len == text.size());
    wait_for({t.client.wants().fd, true, false, -1}, nullptr);
    t.client.step();
  }
};

}  // namespace

TEST_CASE("Silence for the timeout ends the login, a word puts it off") {
  SilentServer s;
  s.t.config().timeout = 10;
  s.connect();
  s.clock.pass(9'999);
  s.t.client.step();
  REQUIRE(s.t.client.busy());
  CHECK(s.t.client.wants().timeout_ms == 1);
  s.say("hello\r\n");
  s.clock.pass(9'999);
  s.t.client.step();
  REQUIRE(s.t.client.busy());
  s.clock.pass(1);
  s.t.client.step();
  CHECK(s.t.client.result().code == 201);
  CHECK(s.t.client.result().stage == ClientStage::identification);
  CHECK(s.t.recorder.count("disconnected 201") == 1);
  CHECK(s.t.recorder.balanced());
}

TEST_CASE("A server that drips octets meets the login timeout") {
  SilentServer s;
  s.t.config().timeout = 60;
  s.t.config().login_timeout = 300;
  s.connect();
  for (int i = 0; i < 29; ++i) {
    s.clock.pass(10'000);
    s.say("wait\r\n");
    REQUIRE(s.t.client.busy());
  }
  s.clock.pass(10'000);
  s.t.client.step();
  CHECK(s.t.client.result().code == 201);
  CHECK(has(s.t.client.result().text, "LoginTimeout"));
}

TEST_CASE("An absolute timeout is not put off") {
  SilentServer s;
  s.t.config().timeout = 10;
  s.t.config().absolute_timeout = true;
  s.connect();
  s.clock.pass(9'000);
  s.say("hello\r\n");
  REQUIRE(s.t.client.busy());
  s.clock.pass(1'000);
  s.t.client.step();
  CHECK(s.t.client.result().code == 201);
}

TEST_CASE("Without limits nothing ends but by interrupt") {
  SilentServer s;
  s.t.config().timeout = 0;
  s.t.config().login_timeout = 0;
  s.connect();
  CHECK(s.t.client.wants().timeout_ms == -1);
  s.clock.pass(1'000'000'000);
  s.t.client.step();
  CHECK(s.t.client.busy());
  s.t.client.interrupt();
  s.t.client.step();
  CHECK(s.t.client.result().code == 301);
}

TEST_CASE("The connection timeout counts to the connection through the proxy") {
  SilentServer s;
  s.t.config().proxy.type = ProxyType::http;
  s.t.config().proxy.host = "127.0.0.1";
  s.t.config().proxy.port = s.listener.port();
  s.t.config().connection_timeout = 5;
  s.t.client.start();
  wait_for({s.listener.fd(), true, false, -1}, nullptr);
  s.far = s.listener.accept();
  s.clock.pass(4'999);
  s.t.client.step();
  REQUIRE(s.t.client.busy());
  s.clock.pass(1);
  s.t.client.step();
  CHECK(s.t.client.result().code == 201);
  CHECK(has(s.t.client.result().text, "the HTTP proxy 127.0.0.1 port "));
  CHECK(has(s.t.client.result().text, "(stage: proxy)"));
  CHECK(s.t.recorder.count("connected 201") == 1);
}

TEST_CASE("Time in the observer does not count against the login") {
  RunningServer server(password_server());
  FakeClock clock;
  TestClient t(server.port());
  t.config().clock = clock.function();
  t.config().password = secret("secret");
  t.config().timeout = 10;
  t.config().login_timeout = 20;
  t.recorder.on_host_key = [&](const HostKeyQuestion&) {
    clock.pass(3'600'000);
    return HostKeyAnswer::accept;
  };
  CHECK(t.run().code == 0);
  CHECK(t.client.result().callback_ms == 3'600'000);
}

TEST_CASE("Time of an open question does not count either, but for the absolute timeout") {
  for (const bool absolute : {false, true}) {
    RunningServer server(password_server());
    FakeClock clock;
    TestClient t(server.port());
    t.config().clock = clock.function();
    t.config().password = secret("secret");
    t.config().timeout = 10;
    t.config().login_timeout = 20;
    t.config().absolute_timeout = absolute;
    bool decided = false;
    t.recorder.on_host_key = [&](const HostKeyQuestion&) {
      return decided ? HostKeyAnswer::accept : HostKeyAnswer::later;
    };
    t.client.start();
    while (t.client.state() == ClientState::working) {
      wait_ready(t.client);
      t.client.step();
    }
    REQUIRE(t.client.state() == ClientState::question);
    clock.pass(100'000);
    decided = true;
    t.client.step();
    while (t.client.busy()) {
      wait_ready(t.client);
      t.client.step();
    }
    CHECK(t.client.result().code == (absolute ? 201 : 0));
  }
}

TEST_CASE("What the client is told last is remembered nowhere: credentials can be forgotten") {
  RunningServer server(password_server());
  TestClient t(server.port());
  t.config().password = secret("secret");
  t.config().identities = {key_of("ssh-ed25519")};
  CHECK(t.run().code == 0);
  t.client.forget_credentials();
  CHECK_FALSE(t.config().password.has_value());
  CHECK(t.config().identities.empty());
  CHECK(t.run().code == 1032);
}
