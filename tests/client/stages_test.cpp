// Every stage of a login ends by its limits and by interrupts: at each the other side falls silent,
// time is a number, and nothing but what is tested can end the login.
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>

#include "support.hpp"
#include "tests/net/dns_server.hpp"
#include "tests/net/net_support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

enum class At : std::uint8_t {
  local_lookup,
  lookup,
  proxy_lookup,
  connect,
  proxy,
  identification,
  key_exchange,
  host_key,
  authentication,
  disconnect
};

struct StageRow {
  At at;
  ClientStage stage;
  bool connecting;  // the connection timeout counts
};
constexpr StageRow kStages[] = {
    {At::local_lookup, ClientStage::resolve, true},
    {At::lookup, ClientStage::resolve, true},
    {At::proxy_lookup, ClientStage::resolve, true},
    {At::connect, ClientStage::connect, true},
    {At::proxy, ClientStage::proxy, true},
    {At::identification, ClientStage::identification, false},
    {At::key_exchange, ClientStage::key_exchange, false},
    {At::host_key, ClientStage::host_key, false},
    {At::authentication, ClientStage::authentication, false},
    {At::disconnect, ClientStage::disconnect, false},
};

bool possible(const StageRow& row) { return row.stage != ClientStage::resolve || asynchronous(); }

// A client that was brought to a stage, and everything that it talks to there, in one thread.
class Stuck {
 public:
  explicit Stuck(const StageRow& row) : row_(row), t_(1) {
    REQUIRE(Listener::open(false, 0, listener_).ok());
    ClientConfig& c = t_.config();
    c.port = listener_.port();
    c.password = secret("secret");
    c.clock = clock.function();
    c.timeout = c.login_timeout = 0;
    c.wait_for_server_disconnect = row.at == At::disconnect;
    c.lookup.servers = dns_.address();
    dns_.script = [](const std::string&) {
      DnsAnswer none;
      none.how = DnsAnswer::How::silence;
      return none;
    };
    t_.recorder.on_host_key = [this](const HostKeyQuestion&) {
      return row_.at == At::host_key ? HostKeyAnswer::later : HostKeyAnswer::accept;
    };
    prepare();
  }

  Client& client() { return t_.client; }
  Recorder& recorder() { return t_.recorder; }
  ClientConfig& config() { return t_.config(); }
  FakeClock clock;

  void reach() {
    client().start();
    if (row_.at >= At::proxy) accept();
    if (row_.at == At::key_exchange) say("SSH-2.0-silent\r\n");
    if (row_.at >= At::host_key) serve();
    while (client().busy() && client().result().stage != row_.stage) {
      wait_ready(client());
      client().step();
    }
    INFO(client().result().text);
    REQUIRE(client().busy());
  }

  // The same object, to a server that does what it should.
  void use_again() {
    AuthServerConfig config = server_config();
    config.users.push_back(user_with_password("secret"));
    RunningServer server(std::move(config));
    ClientConfig& c = t_.config();
    c.host = "127.0.0.1";
    c.port = server.port();
    c.proxy.type = ProxyType::none;
    c.socket.local_host.clear();
    c.wait_for_server_disconnect = false;
    c.clock = nullptr;
    t_.recorder.on_host_key = nullptr;
    t_.recorder.events.clear();
    CHECK(t_.run().code == 0);
    CHECK(t_.recorder.balanced());
  }

 private:
  void prepare() {
    ClientConfig& c = t_.config();
    switch (row_.at) {
      case At::local_lookup: c.socket.local_host = "local.test"; break;
      case At::lookup: c.host = "host.test"; break;
      case At::proxy_lookup:
        c.host = "host.test";  // a SOCKS4 proxy is told addresses
        use_proxy(ProxyType::socks4);
        break;
      case At::connect:
        silent_.emplace("127.0.0.1", closed_port());
        c.port = silent_->port();
        break;
      case At::proxy: use_proxy(ProxyType::http); break;
      case At::authentication: c.pipelining = false; break;  // else one answer goes past it
      default: break;
    }
  }
  void use_proxy(ProxyType type) {
    config().proxy.type = type;
    config().proxy.host = "127.0.0.1";
    config().proxy.port = listener_.port();
  }
  void accept() {
    wait_for({listener_.fd(), true, false, kLong}, nullptr);
    far_ = listener_.accept();
    REQUIRE(far_);
  }
  void say(std::string_view text) { REQUIRE(far_.send(as_bytes(text)).len == text.size()); }

  // Serves until the client is where it should be stuck.
  void serve() {
    server_.users.push_back(user_with_password("secret"));
    ServerSession session(server_, nullptr, 1);
    std::string why;
    REQUIRE(session.start(why));
    while (client().busy() && client().result().stage != row_.stage) {
      session.work(0);
      const Bytes out = session.pending();
      if (!out.empty()) session.sent(far_.send(out).len);
      client().step();
      std::uint8_t in[4096];
      if (const IoResult io = far_.receive(in); io.kind == IoKind::some)
        session.receive(Bytes(in, io.len));
      pollfd both[] = {{far_.fd(), POLLIN, 0}, {client().wants().fd, POLLIN, 0}};
      if (session.pending().empty() && client().state() == ClientState::working)
        ::poll(both, 2, 10);
    }
  }

  StageRow row_;
  Listener listener_;
  DnsServer dns_;
  std::optional<Silent> silent_;
  Socket far_;
  AuthServerConfig server_ = server_config();
  TestClient t_;
};

std::string name_of(const StageRow& row) {
  return std::string(stage_name(row.stage)) + " " + std::to_string(static_cast<int>(row.at));
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// It ended with this code, at this stage, and told so once.
void check_end(Stuck& s, const StageRow& row, int code) {
  const ClientResult& r = s.client().result();
  INFO(r.text);
  CHECK_FALSE(s.client().busy());
  CHECK(r.code == code);
  CHECK(r.stage == row.stage);
  CHECK(s.recorder().count("error " + std::to_string(code)) == 1);
  CHECK(s.recorder().balanced());
  const bool was_up = row.stage > ClientStage::proxy;
  CHECK(s.recorder().count("connected 0") == (was_up ? 1 : 0));
  CHECK(s.recorder().count("connected " + std::to_string(code)) == (was_up ? 0 : 1));
  CHECK(s.recorder().count("disconnected " + std::to_string(code)) == (was_up ? 1 : 0));
}

}  // namespace

TEST_CASE("Stages: an interrupt between two steps ends each at once, and the object goes on") {
  for (const StageRow& row : kStages) {
    if (!possible(row)) continue;
    INFO(name_of(row));
    Stuck s(row);
    s.reach();
    CHECK(s.client().wants().timeout_ms != 0);
    s.client().interrupt();
    s.client().step();
    check_end(s, row, 301);
    s.use_again();
  }
}

TEST_CASE("Stages: an interrupt of another thread ends a wait at each, though no limit runs") {
  for (const StageRow& row : kStages) {
    if (!possible(row)) continue;
    INFO(name_of(row));
    Stuck s(row);
    s.reach();
    std::thread other([&] { s.client().interrupt(); });
    while (s.client().busy()) s.client().step_for(kLong);
    other.join();
    check_end(s, row, 301);
  }
}

TEST_CASE("Stages: an interrupt of an event ends the login before it answers anything") {
  for (const std::string at :
       {"connected 0", "The server's host key", "The host key is accepted"}) {
    INFO(at);
    AuthServerConfig config = server_config();
    config.users.push_back(user_with_password("secret"));
    RunningServer server(std::move(config));
    TestClient t(server.port());
    unsigned asked = 0;
    t.recorder.on_password = [&](const PasswordQuestion&, SecretBytes&) {
      ++asked;
      return Answer::none;
    };
    t.recorder.on_connected = [&](int) {
      if (at == "connected 0") t.client.interrupt();
    };
    t.recorder.on_status = [&](const std::string& sentence) {
      if (has(sentence, at)) t.client.interrupt();
    };
    CHECK(t.run().code == 301);
    CHECK(asked == 0);
    CHECK(t.client.result().attempts == 0);
    CHECK(t.client.result().host_key_accepted == (at == "The host key is accepted"));
    CHECK(t.recorder.balanced());
  }
}

TEST_CASE("Stages: an accepted host key counts for nothing when its event interrupts") {
  AuthServerConfig config = server_config();
  config.users.push_back(user_with_password("secret"));
  RunningServer server(std::move(config));
  TestClient t(server.port());
  t.config().password = secret("secret");
  t.recorder.on_host_key = [&](const HostKeyQuestion&) {
    t.client.interrupt();
    return HostKeyAnswer::accept;
  };
  CHECK(t.run().code == 301);
  CHECK_FALSE(t.client.result().host_key_accepted);
  CHECK(t.client.result().attempts == 0);
}

TEST_CASE("Stages: the inactivity timeout ends each, but for the host's own time to decide") {
  for (const StageRow& row : kStages) {
    if (!possible(row)) continue;
    INFO(name_of(row));
    Stuck s(row);
    s.config().timeout = 10;
    s.reach();
    s.clock.pass(9'999);
    s.client().step();
    REQUIRE(s.client().busy());
    s.clock.pass(1);
    s.client().step();
    if (row.at == At::host_key) {
      CHECK(s.client().busy());
      continue;
    }
    check_end(s, row, 201);
    CHECK(has(s.client().result().text, "Timeout: nothing came"));
    CHECK(has(s.client().result().text, std::string("stage: ") + stage_name(row.stage)));
    if (row.at == At::connect) CHECK(has(s.client().result().text, "no answer yet"));
    if (row.at == At::disconnect) CHECK(has(s.client().result().text, "is authenticated"));
  }
}

TEST_CASE("Stages: the absolute timeout, the connection timeout and the login timeout") {
  struct Limit {
    const char* said;
    void (*set)(ClientConfig&);
  };
  const Limit kLimits[] = {{"Timeout (absolute): ",
                            [](ClientConfig& c) {
                              c.timeout = 10;
                              c.absolute_timeout = true;
                            }},
                           {"ConnectionTimeout: ",
                            [](ClientConfig& c) {
                              c.timeout = 3600;
                              c.connection_timeout = 10;
                            }},
                           {"LoginTimeout: ", [](ClientConfig& c) { c.login_timeout = 10; }}};
  for (const Limit& limit : kLimits)
    for (const StageRow& row : kStages) {
      if (!possible(row)) continue;
      const std::string said = limit.said;
      INFO(said << name_of(row));
      Stuck s(row);
      limit.set(s.config());
      s.reach();
      s.clock.pass(10'000);
      s.client().step();
      const bool ends = said.starts_with("Timeout") ||
                        (said.starts_with("Conn") ? row.connecting : row.at != At::host_key);
      CHECK(s.client().busy() == !ends);
      if (!ends) continue;
      check_end(s, row, 201);
      CHECK(has(s.client().result().text, said));
      CHECK(has(s.client().result().text, stage_name(row.stage)));
    }
}

TEST_CASE("Stages: no look-up, however the server behaves, keeps a step from returning") {
  if (!asynchronous()) return;
  Stuck s(kStages[1]);
  s.reach();
  for (int i = 0; i < 100; ++i) s.client().step();
  CHECK(s.client().busy());
  CHECK(s.client().wants().read);
  CHECK(s.client().wants().fd >= 0);
}

TEST_CASE("The rate limit holds back what is sent, by the clock") {
  AuthServerConfig config = server_config();
  config.users.push_back(user_with_password("secret"));
  RunningServer server(std::move(config));
  FakeClock clock;
  TestClient t(server.port());
  t.config().clock = clock.function();
  t.config().password = secret("secret");
  t.config().max_transfer_rate = 1'000;
  const std::uint64_t from = *clock.now;
  t.client.start();
  while (t.client.busy()) {
    const ClientWants wants = t.client.wants();
    // Held back: nothing is waited for but time.
    if (!wants.read && !wants.write)
      clock.pass(static_cast<std::uint64_t>(wants.timeout_ms));
    else
      wait_ready(t.client);
    t.client.step();
  }
  const ClientResult& r = t.client.result();
  INFO(r.text);
  CHECK(r.code == 0);
  REQUIRE(r.octets_out > 1'000);
  CHECK(*clock.now - from >= r.octets_out - 100 - 1'000);
  CHECK(*clock.now - from <= r.octets_out + 1'000);
}

// ---- LingerTime -------------------------------------------------------------------------------

namespace {

// A login whose link goes down before the good-bye leaves; in a network of its own. The exit code
// says what was wrong.
int linger_without_link(bool interrupt) {
  if (::unshare(CLONE_NEWNET) != 0 || std::system("ip link set lo up") != 0) return 99;
  AuthServerConfig config = server_config();
  config.users.push_back(user_with_password("secret"));
  RunningServer server(std::move(config));
  FakeClock clock;
  TestClient t(server.port());
  t.config().clock = clock.function();
  t.config().password = secret("secret");
  t.config().socket.linger_time = 5;
  t.recorder.on_status = [](const std::string& sentence) {
    if (has(sentence, "is authenticated") && std::system("ip link set lo down") != 0) ::_exit(98);
  };
  t.client.start();
  while (t.client.busy() && t.client.result().stage != ClientStage::disconnect) {
    wait_ready(t.client);
    t.client.step();
  }
  // It waits, without blocking.
  if (!t.client.busy()) return 1;
  const ClientWants wants = t.client.wants();
  if (wants.timeout_ms <= 0 || wants.read || wants.write) return 2;
  clock.pass(4'999);
  t.client.step();
  if (!t.client.busy()) return 3;
  if (interrupt)
    t.client.interrupt();
  else
    clock.pass(1);
  t.client.step();
  if (t.client.busy()) return 4;
  return t.client.result().code == 0 && t.recorder.count("disconnected 0") == 1 ? 0 : 5;
}

}  // namespace

TEST_CASE("LingerTime is waited for without blocking, and an interrupt ends it") {
  for (const bool interrupt : {false, true}) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      int code = 97;
      try {
        code = linger_without_link(interrupt);
      } catch (...) {
        code = 96;
      }
      ::_exit(code);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    if (WEXITSTATUS(status) == 99)
      skipped("a network namespace needs root and the command ip");
    else
      CHECK(WEXITSTATUS(status) == 0);
  }
}

TEST_CASE("LingerTime does not hold up a login whose octets have arrived") {
  AuthServerConfig config = server_config();
  config.users.push_back(user_with_password("secret"));
  RunningServer server(std::move(config));
  TestClient t(server.port());
  t.config().password = secret("secret");
  t.config().socket.linger_time = 3'600;
  CHECK(t.run().code == 0);
}
