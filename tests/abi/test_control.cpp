// Who is in control: event loops, interrupts, callbacks that stop a login or try what they must
// not, destruction at every moment.
#include <poll.h>

#include <atomic>
#include <catch2/catch.hpp>

#include "tests/abi/host.hpp"

using namespace sshauth;
using namespace sshauth::test;
using ::test::Event;
using ::test::Host;
using ::test::password_server;

namespace {

// As a host's own loop would do it, with poll alone. Returns the code of the doevents that ended
// it. `num_calls` counts doevents, `num_late` the waits that ended without anything having
// happened.
int run_by_events(Host& host, int* num_calls = nullptr, int* num_late = nullptr) {
  for (int last = IPWORKSAUTH_STATE_IDLE;;) {
    pollfd p{ipworksauth_sshauth_getsocket(host), 0, 0};
    const int wants = ipworksauth_sshauth_getwants(host), wait = ipworksauth_sshauth_getwait(host);
    if ((wants & IPWORKSAUTH_WANTS_READ) != 0) p.events |= POLLIN;
    if ((wants & IPWORKSAUTH_WANTS_WRITE) != 0) p.events |= POLLOUT;
    const int ready = ::poll(&p, p.events != 0 ? 1 : 0, wait);
    if (num_late != nullptr && ready == 0 && wait != 0) ++*num_late;
    const int code = ipworksauth_sshauth_doevents(host);
    if (num_calls != nullptr) ++*num_calls;
    const int state = ipworksauth_sshauth_getstate(host);
    CHECK(state >= last);
    last = state;
    if (state == IPWORKSAUTH_STATE_SUCCEEDED || state == IPWORKSAUTH_STATE_FAILED) return code;
    CHECK(code == 0);
  }
}

int start(Host& host) {
  CHECK(ipworksauth_sshauth_settimeout(host, 0) == 0);
  CHECK(host.config("SelectWaitMillis=0").empty());
  return host.authenticate();
}

}  // namespace

TEST_CASE("Timeout 0: authenticate returns at once, the host's loop does the rest") {
  RunningServer server(password_server());
  Host host(server.port());
  CHECK(start(host) == 135);
  CHECK(host.code() == 135);
  CHECK(ipworksauth_sshauth_getstate(host) >= IPWORKSAUTH_STATE_CONNECTING);
  CHECK(ipworksauth_sshauth_getstate(host) <= IPWORKSAUTH_STATE_AUTHENTICATING);
  CHECK(ipworksauth_sshauth_getsocket(host) >= 0);
  CHECK(ipworksauth_sshauth_getwants(host) != 0);
  const int again = host.authenticate();
  CHECK((again == 104 || again == 1105));
  CHECK(ipworksauth_sshauth_setsshport(host, 1) == 100);
  CHECK(run_by_events(host) == 0);
  CHECK(ipworksauth_sshauth_getstate(host) == IPWORKSAUTH_STATE_SUCCEEDED);
  CHECK(host.seen == std::vector<std::string>{"Connected 0 OK", "Disconnected 0 OK"});
  CHECK(ipworksauth_sshauth_getsocket(host) == -1);
  CHECK(ipworksauth_sshauth_getwants(host) == 0);
  CHECK(ipworksauth_sshauth_getwait(host) == -1);
  CHECK(ipworksauth_sshauth_doevents(host) == 0);

  ipworksauth_sshauth_setpassword(host, "wrong");
  CHECK(start(host) == 135);
  CHECK(run_by_events(host) == 1032);
  CHECK(ipworksauth_sshauth_doevents(host) == 0);
  CHECK(ipworksauth_sshauth_getstate(host) == IPWORKSAUTH_STATE_FAILED);
}

TEST_CASE("a loop of poll and doevents neither spins nor waits in vain") {
  AuthServerConfig config = server_config();
  ServerUser user;
  user.name = "me";
  user.rounds = {{"", "", {{"One: ", true, ""}}}, {"", "", {{"Two: ", true, ""}}}};
  config.users.push_back(user);
  RunningServer server(std::move(config));
  for (const bool waits_for_server : {false, true}) {
    Host host(server.port());
    ipworksauth_sshauth_setauthmode(host, AM_KEYBOARD_INTERACTIVE);
    CHECK(host.config(std::string("WaitForServerDisconnect=") + (waits_for_server ? "1" : "0"))
              .empty());
    for (int turn = 0; turn < 3; ++turn) {
      int num_calls = 0, num_late = 0;
      CHECK(start(host) == 135);
      CHECK(run_by_events(host, &num_calls, &num_late) == 0);
      CHECK(num_late == 0);
      // The server speaks six times; what it says may come in two pieces each, with the connection
      // and the end on top.
      CHECK(num_calls <= 16);
    }
  }
}

TEST_CASE("doevents alone, waiting inside, ends a login too") {
  RunningServer server(password_server());
  Host host(server.port());
  CHECK(ipworksauth_sshauth_settimeout(host, 0) == 0);
  CHECK(host.config("SelectWaitMillis=60000").empty());
  CHECK(host.authenticate() == 135);
  while (ipworksauth_sshauth_getstate(host) < IPWORKSAUTH_STATE_SUCCEEDED)
    CHECK(ipworksauth_sshauth_doevents(host) == 0);
  CHECK(ipworksauth_sshauth_getstate(host) == IPWORKSAUTH_STATE_SUCCEEDED);
}

TEST_CASE("any callback can stop the login with a code of its own") {
  RunningServer server(password_server());
  for (const int id :
       {EID_SSHAUTH_CONNECTED, EID_SSHAUTH_CONNECTIONSTATUS, EID_SSHAUTH_LOG,
        EID_SSHAUTH_SSHSERVERAUTHENTICATION, EID_SSHAUTH_SSHSTATUS, EID_SSHAUTH_DISCONNECTED}) {
    for (const bool with_text : {true, false}) {
      INFO(id << " " << with_text);
      Host host(server.port());
      host.on_event = [&](Event& e) {
        if (e.id != id) return 0;
        if (with_text) ipworksauth_sshauth_seteventerrorandcode(host, 77, "the host's reason");
        return 77;
      };
      CHECK(host.authenticate() == 77);
      CHECK(host.code() == 77);
      CHECK(host.error().find(with_text ? "the host's reason" : "77") != std::string::npos);
      CHECK(ipworksauth_sshauth_getstate(host) == IPWORKSAUTH_STATE_FAILED);
      CHECK(host.count(EID_SSHAUTH_DISCONNECTED) <= 1);
      host.on_event = nullptr;
      CHECK(host.authenticate() == 0);
    }
  }
}

TEST_CASE("an event error without a return value stops nothing") {
  RunningServer server(password_server());
  Host host(server.port());
  host.on_event = [&](Event& e) {
    if (e.id == EID_SSHAUTH_CONNECTED) ipworksauth_sshauth_seteventerrorandcode(host, 5, "five");
    return 0;
  };
  CHECK(host.authenticate() == 0);
}

TEST_CASE("inside a callback: what would run or end a login is refused, the rest works") {
  RunningServer server(password_server());
  Host host(server.port());
  int times = 0;
  host.on_event = [&](Event&) {
    ++times;
    CHECK(host.authenticate() == 211);
    CHECK(host.code() == 211);
    CHECK(ipworksauth_sshauth_reset(host) == 211);
    CHECK(ipworksauth_sshauth_doevents(host) == 211);
    CHECK(std::string(ipworksauth_sshauth_getuser(host)) == "me");
    CHECK(host.config("LogLevel") == "1");
    CHECK(host.config("PasswordPrompt=x").empty());
    CHECK(ipworksauth_sshauth_setlocalport(host, 5) == 106);
    CHECK(ipworksauth_sshauth_setlocalhost(host, "::1") == 107);
    CHECK(ipworksauth_sshauth_setsshhost(host, "other") == 101);
    CHECK(ipworksauth_sshauth_setsshport(host, 23) == 100);
    CHECK(host.config("MaxLineLength=4096") == "<112>");
    return 0;
  };
  CHECK(host.authenticate() == 0);
  CHECK(times > 5);
  CHECK(ipworksauth_sshauth_setsshport(host, 23) == 0);
  CHECK(host.config("MaxLineLength=4096").empty());
}

TEST_CASE("keys can be exchanged again from a callback") {
  AuthServerConfig config = server_config();
  ServerUser user;
  user.name = "me";
  user.rounds = {{"", "", {{"Code: ", true, ""}}}};
  config.users.push_back(user);
  RunningServer server(std::move(config));
  Host host(server.port());
  ipworksauth_sshauth_setauthmode(host, AM_KEYBOARD_INTERACTIVE);
  bool asked = false;
  host.on_event = [&](Event& e) {
    if (e.id == EID_SSHAUTH_SSHKEYBOARDINTERACTIVE) {
      asked = true;
      CHECK(host.config("SSHKeyRenegotiate").empty());
      CHECK(host.code() == 0);
    }
    return 0;
  };
  CHECK(host.authenticate() == 0);
  CHECK(asked);
  bool exchanged = false;
  for (const std::string& line : host.logs)
    exchanged = exchanged || line.find("re-exchange") != std::string::npos;
  CHECK(exchanged);
  CHECK(host.config("SSHKeyRenegotiate") == "<212>");
}

TEST_CASE("interrupt: from a callback, from another thread, and when nothing runs") {
  RunningServer server(password_server());
  Host host(server.port());
  CHECK(ipworksauth_sshauth_interrupt(host) == 0);
  CHECK(host.authenticate() == 0);  // an interrupt of nothing is not kept for later
  host.on_event = [&](Event& e) {
    if (e.id == EID_SSHAUTH_SSHSERVERAUTHENTICATION) ipworksauth_sshauth_interrupt(host);
    return 0;
  };
  CHECK(host.authenticate() == 301);
  host.on_event = nullptr;

  // A server that never says a word: only the interrupt can end this.
  ScriptedServer silent(server_config(), {Script{"never said", "", -1, false}});
  Host waiting(silent.port());
  ipworksauth_sshauth_settimeout(waiting, 3600);
  std::atomic<bool> connected{false};
  waiting.on_event = [&](Event& e) {
    if (e.id == EID_SSHAUTH_CONNECTED) connected = true;
    return 0;
  };
  std::thread other([&] {
    while (!connected) std::this_thread::yield();
    ipworksauth_sshauth_interrupt(waiting);
  });
  CHECK(waiting.authenticate() == 301);
  other.join();
}

TEST_CASE("a silent server is a timeout, by each of the three clocks") {
  ScriptedServer silent(server_config(), {Script{"never said", "", -1, false}});
  for (const char* setting : {"LoginTimeout=0", "AbsoluteTimeout=True", "LoginTimeout=1"}) {
    Host host(silent.port());
    ipworksauth_sshauth_settimeout(host, std::string(setting) == "LoginTimeout=1" ? 3600 : 1);
    CHECK(host.config(setting).empty());
    CHECK(host.authenticate() == 201);
  }
}

TEST_CASE("reset and destroy in the middle of a login") {
  RunningServer server(password_server());
  for (int steps = 0; steps < 6; ++steps) {
    Host host(server.port());
    CHECK(start(host) == 135);
    for (int i = 0; i < steps; ++i) ipworksauth_sshauth_doevents(host);
    CHECK(ipworksauth_sshauth_reset(host) == 0);
    CHECK(ipworksauth_sshauth_getstate(host) == IPWORKSAUTH_STATE_IDLE);
    CHECK(ipworksauth_sshauth_getsocket(host) == -1);
    CHECK(host.count(EID_SSHAUTH_DISCONNECTED) <= 1);

    Host gone(server.port());
    CHECK(start(gone) == 135);
    for (int i = 0; i < steps; ++i) ipworksauth_sshauth_doevents(gone);
    const std::size_t events = gone.ids.size();
    gone.destroy();
    CHECK(gone.ids.size() == events);
  }
}

TEST_CASE("objects in parallel do not know of each other") {
  RunningServer server(password_server());
  std::vector<std::thread> threads;
  std::atomic<int> succeeded{0};
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      Host host(server.port());
      for (int turn = 0; turn < 3; ++turn)
        if (host.authenticate() == 0) ++succeeded;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(succeeded == 12);
}

TEST_CASE("without a callback nothing is asked") {
  RunningServer server(password_server());
  void* o = ipworksauth_sshauth_create(nullptr, nullptr, nullptr, 0);
  ipworksauth_sshauth_setsshhost(o, "127.0.0.1");
  ipworksauth_sshauth_setsshport(o, server.port());
  ipworksauth_sshauth_setuser(o, "me");
  ipworksauth_sshauth_setpassword(o, "secret");
  CHECK(ipworksauth_sshauth_authenticate(o) == 1030);
  ipworksauth_sshauth_config(o, "SSHAcceptAnyServerHostKey=True");
  CHECK(ipworksauth_sshauth_authenticate(o) == 0);
  CHECK(ipworksauth_sshauth_destroy(o) == 0);
}

TEST_CASE("a host name is looked up and reads back as its address; known names stay") {
  RunningServer server(password_server());
  Host host(server.port());
  CHECK(ipworksauth_sshauth_setsshhost(host, "localhost") == 0);
  CHECK(host.authenticate() == 0);
  CHECK(std::string(ipworksauth_sshauth_getsshhost(host)) == "127.0.0.1");
  CHECK(ipworksauth_sshauth_setsshhost(host, ipworksauth_sshauth_getsshhost(host)) == 0);
  CHECK(host.authenticate() == 0);
  CHECK(ipworksauth_sshauth_setsshhost(host, "localhost.") == 0);
  CHECK(std::string(ipworksauth_sshauth_getsshhost(host)) == "localhost.");
  CHECK(ipworksauth_sshauth_setsshhost(host, "no-such-host.invalid") == 0);
  const int code = host.authenticate();
  CHECK(code >= 11001);
  CHECK(code <= 11004);
}
