// Ways a login ends, at every event of it: by the callback's return value, an exception, an
// interrupt, the end of the object. After each the object can be used again, where there still is
// one.
#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>

#include "ipworksauth/sshauth.hpp"
#include "tests/abi/host.hpp"

using namespace sshauth;
using namespace sshauth::test;
using ::test::Event;
using ::test::has;
using ::test::Host;
using ::test::password_server;

namespace {

// Two questions, so that a login has events of every kind but SSHCustomAuth.
AuthServerConfig asking_server() {
  AuthServerConfig config = server_config();
  ServerUser user;
  user.name = "me";
  user.rounds = {{"", "", {{"One: ", true, ""}, {"Two: ", false, ""}}}};
  config.users.push_back(user);
  return config;
}

struct Asked : Host {
  explicit Asked(std::uint16_t port) : Host(port) {
    ipworksauth_sshauth_setauthmode(*this, AM_KEYBOARD_INTERACTIVE);
  }
};

std::size_t events_of_a_login(std::uint16_t port) {
  Asked host(port);
  REQUIRE(host.authenticate() == 0);
  REQUIRE(host.balanced());
  return host.lines.size();
}

// Where the server has said yes there is nothing left to stop.
bool succeeded_before(const Host& host, std::size_t at) {
  for (std::size_t i = 0; i < at; ++i)
    if (has(host.lines[i], "|Disconnecting")) return true;
  return false;
}

// Nothing is told after `at` but how it ends.
void check_quiet(const Host& host, std::size_t at) {
  for (std::size_t i = at + 1; i < host.lines.size(); ++i) {
    const std::string& line = host.lines[i];
    const bool end = line.starts_with("Error|") || line.starts_with("ConnectionStatus|") ||
                     line.starts_with("Connected|") || line.starts_with("Disconnected|") ||
                     has(line, "|Disconnecting");
    CHECK(end);
  }
}

// Runs a login through blocking calls or by doevents.
int run(Host& host, bool blocking) {
  ipworksauth_sshauth_settimeout(host, blocking ? 20 : 0);
  int code = host.authenticate();
  while (code == 135 || (code == 0 && !blocking &&
                         ipworksauth_sshauth_getstate(host) < IPWORKSAUTH_STATE_SUCCEEDED))
    code = ipworksauth_sshauth_doevents(host);
  return code;
}

}  // namespace

TEST_CASE("a login stopped by the return value of any of its events") {
  RunningServer server(asking_server());
  const std::size_t num = events_of_a_login(server.port());
  Asked host(server.port());
  for (const bool blocking : {true, false}) {
    for (std::size_t at = 0; at < num; ++at) {
      INFO(blocking << " " << at);
      host.forget_events();
      std::string stopped_at;
      host.on_event = [&](Event& e) {
        if (host.lines.size() != at + 1) return 0;
        stopped_at = e.line();
        ipworksauth_sshauth_seteventerrorandcode(host, 5, "as the host wishes");
        return 4711;
      };
      CHECK(run(host, blocking) == 4711);
      INFO(stopped_at);
      CHECK(host.error() == "as the host wishes");
      CHECK(ipworksauth_sshauth_geteventerrorcode(host) == 4711);
      CHECK(std::string(ipworksauth_sshauth_geteventerror(host)) == "as the host wishes");
      CHECK(ipworksauth_sshauth_getstate(host) == IPWORKSAUTH_STATE_FAILED);
      CHECK(host.balanced());
      CHECK(host.count(EID_SSHAUTH_ERROR) <= 1);
      check_quiet(host, at);
    }
  }
  host.on_event = nullptr;
  CHECK(run(host, true) == 0);
  CHECK(host.error().empty());
}

// The event tells of the request, which waits to be sent by then.
TEST_CASE("a login that is stopped where its password is told of does not send it") {
  RunningServer server(password_server());
  for (const bool interrupt : {false, true})
    for (const bool blocking : {true, false}) {
      INFO(interrupt << " " << blocking);
      Host host(server.port());
      bool stopped = false;
      host.on_event = [&](Event& e) {
        if (stopped || !has(e.line(), "Trying password")) return 0;
        stopped = true;
        if (interrupt) ipworksauth_sshauth_interrupt(host);
        return interrupt ? 0 : 77;
      };
      CHECK(run(host, blocking) == (interrupt ? 301 : 77));
      CHECK(stopped);
      CHECK(host.balanced());
    }
  CHECK(server.stop().num_authenticated() == 0);
}

TEST_CASE("an exception out of any event is an event error") {
  RunningServer server(asking_server());
  const std::size_t num = events_of_a_login(server.port());
  Asked host(server.port());
  for (std::size_t at = 0; at < num; ++at) {
    INFO(at);
    host.forget_events();
    host.on_event = [&](Event&) -> int {
      if (host.lines.size() != at + 1) return 0;
      if (at % 2 == 0) throw std::runtime_error("thrown by the host");
      throw 7;
    };
    CHECK(host.authenticate() == -1);
    CHECK(has(host.error(), at % 2 == 0 ? "thrown by the host" : "returned -1"));
    CHECK(host.balanced());
    check_quiet(host, at);
  }
  host.on_event = nullptr;
  CHECK(host.authenticate() == 0);
}

TEST_CASE("interrupt inside any event") {
  RunningServer server(asking_server());
  const std::size_t num = events_of_a_login(server.port());
  Asked host(server.port());
  for (const bool blocking : {true, false}) {
    for (std::size_t at = 0; at < num; ++at) {
      INFO(blocking << " " << at);
      host.forget_events();
      host.on_event = [&](Event&) {
        if (host.lines.size() == at + 1) CHECK(ipworksauth_sshauth_interrupt(host) == 0);
        return 0;
      };
      const int code = run(host, blocking);
      CHECK(code == (succeeded_before(host, at + 1) ? 0 : 301));
      CHECK(host.balanced());
      check_quiet(host, at);
    }
  }
  host.on_event = nullptr;
  CHECK(run(host, true) == 0);
}

TEST_CASE("interrupt between calls of doevents, after each of them") {
  RunningServer server(asking_server());
  Asked host(server.port());
  ipworksauth_sshauth_settimeout(host, 0);
  for (int after = 0;; ++after) {
    INFO(after);
    host.forget_events();
    CHECK(host.authenticate() == 135);
    for (int i = 0; i < after && ipworksauth_sshauth_getstate(host) < IPWORKSAUTH_STATE_SUCCEEDED;
         ++i)
      CHECK(ipworksauth_sshauth_doevents(host) == 0);
    if (ipworksauth_sshauth_getstate(host) >= IPWORKSAUTH_STATE_SUCCEEDED) break;
    const bool closing = ipworksauth_sshauth_getstate(host) == IPWORKSAUTH_STATE_CLOSING;
    ipworksauth_sshauth_interrupt(host);
    CHECK(ipworksauth_sshauth_getwait(host) == 0);  // so a loop comes back at once
    CHECK(ipworksauth_sshauth_doevents(host) == (closing ? 0 : 301));
    CHECK(ipworksauth_sshauth_getstate(host) ==
          (closing ? IPWORKSAUTH_STATE_SUCCEEDED : IPWORKSAUTH_STATE_FAILED));
    CHECK(host.balanced());
  }
  CHECK(run(host, true) == 0);
}

namespace {

// Lets another thread act while an event is being handled.
class Meeting {
 public:
  void arrive_and_wait() {
    std::unique_lock lock(mutex_);
    arrived_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return left_; });
  }
  template <class Act>
  void meet(Act act) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrived_; });
    act();
    left_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool arrived_ = false, left_ = false;
};

}  // namespace

TEST_CASE("interrupt from another thread at each stage") {
  RunningServer server(asking_server());
  const std::vector<std::string> stages = {
      "Connected|0|OK",
      "SSHStatus|Sent our identification",
      "SSHStatus|Read the server's identification",
      "SSHStatus|Key exchange has begun",
      "SSHStatus|The algorithms are agreed",
      "SSHServerAuthentication|",
      "SSHStatus|Key exchange is complete",
      "SSHStatus|The service ssh-userauth is granted",
      "SSHKeyboardInteractive|||One: ",
      "SSHKeyboardInteractive|||Two: ",
  };
  for (const std::string& stage : stages) {
    INFO(stage);
    Asked host(server.port());
    host.config("KexGuess=0");
    Meeting meeting;
    bool met = false;
    host.on_event = [&](Event& e) {
      if (!met && e.line().starts_with(stage)) {
        met = true;
        meeting.arrive_and_wait();
      }
      return 0;
    };
    std::thread other([&] { meeting.meet([&] { ipworksauth_sshauth_interrupt(host); }); });
    const int code = host.authenticate();
    if (!met) meeting.arrive_and_wait();
    other.join();
    CHECK(met);
    CHECK(code == 301);
    CHECK(host.balanced());
    CHECK(host.authenticate() == 0);
  }
}

TEST_CASE("interrupt of a doevents that waits: of nothing, too") {
  Host host;
  CHECK(host.config("SelectWaitMillis=60000").empty());
  std::atomic<bool> returned{false};
  std::thread other([&] {
    while (!returned) {
      ipworksauth_sshauth_interrupt(host);
      std::this_thread::yield();
    }
  });
  CHECK(ipworksauth_sshauth_doevents(host) == 0);
  returned = true;
  other.join();
}

TEST_CASE("destroy inside any event ends the login and the handle") {
  RunningServer server(asking_server());
  const std::size_t num = events_of_a_login(server.port());
  for (const bool blocking : {true, false}) {
    for (std::size_t at = 0; at < num; ++at) {
      INFO(blocking << " " << at);
      Asked host(server.port());
      ipworksauth_sshauth_settimeout(host, blocking ? 20 : 0);
      void* const handle = host;
      bool gone = false;
      host.on_event = [&](Event& e) {
        CHECK_FALSE(gone);  // nothing is fired for what is destroyed
        if (host.lines.size() != at + 1) return 0;
        gone = true;
        CHECK(host.destroy() == 0);
        // The handle has ended; the event's parameters have not.
        CHECK(ipworksauth_sshauth_destroy(handle) == 10022);
        CHECK(ipworksauth_sshauth_getlasterrorcode(handle) == 10022);
        CHECK(ipworksauth_sshauth_setuser(handle, "you") == 10022);
        CHECK(ipworksauth_sshauth_interrupt(handle) == 10022);
        CHECK(ipworksauth_sshauth_getstate(handle) == IPWORKSAUTH_STATE_IDLE);
        CHECK(e.line() == host.lines.back());
        return 0;
      };
      int code = ipworksauth_sshauth_authenticate(handle);
      while (!gone) code = ipworksauth_sshauth_doevents(handle);
      CHECK(code == (succeeded_before(host, at + 1) ? 0 : 301));
    }
  }
}

TEST_CASE("destroy inside the events of reset") {
  ScriptedServer server(asking_server(), {Script{"never said", "", -1, false}});
  Asked host(server.port());
  ipworksauth_sshauth_settimeout(host, 0);
  CHECK(host.authenticate() == 135);
  void* const handle = host;
  while (host.count(EID_SSHAUTH_CONNECTED) == 0) ipworksauth_sshauth_doevents(handle);
  host.on_event = [&](Event& e) {
    if (e.id == EID_SSHAUTH_DISCONNECTED) CHECK(host.destroy() == 0);
    return 0;
  };
  CHECK(ipworksauth_sshauth_reset(handle) == 0);
  CHECK(host.lines.back().starts_with("Disconnected|301|"));
}

TEST_CASE("a callback may run another object, and one that refuses runs neither twice") {
  RunningServer server(asking_server());
  Asked outer(server.port()), inner(server.port());
  inner.on_event = [&](Event&) {
    CHECK(ipworksauth_sshauth_authenticate(outer) == 211);
    CHECK(ipworksauth_sshauth_authenticate(inner) == 211);
    return 0;
  };
  int logins = 0;
  outer.on_event = [&](Event& e) {
    if (e.id == EID_SSHAUTH_SSHKEYBOARDINTERACTIVE || e.id == EID_SSHAUTH_DISCONNECTED)
      logins += inner.authenticate() == 0 ? 1 : 0;
    if (e.id == EID_SSHAUTH_SSHSERVERAUTHENTICATION) {
      Host third(server.port());
      third.on_event = [](Event&) { return 3; };
      CHECK(third.authenticate() == 3);
    }
    return 0;
  };
  CHECK(outer.authenticate() == 0);
  CHECK(logins == 3);
  CHECK(inner.balanced());
  CHECK(outer.balanced());
}

TEST_CASE("a server that goes away after any of its flights, closing or resetting") {
  for (const bool reset : {false, true}) {
    for (int flights = 0; flights < 5; ++flights) {
      INFO(reset << " " << flights);
      ScriptedServer server(asking_server(), {Script{"", "", flights, reset}});
      Asked host(server.port());
      for (int turn = 0; turn < 2; ++turn) {
        host.forget_events();
        const int code = run(host, turn == 0);
        if (flights < 3) CHECK(code != 0);  // the third flight may say yes
        CHECK(host.code() == code);
        CHECK(host.balanced());
        CHECK(host.count(EID_SSHAUTH_ERROR) == (code != 0 ? 1 : 0));
        CHECK(host.count(EID_SSHAUTH_DISCONNECTED) >= 1);
        const std::string text = code != 0 ? host.error() : "OK";
        CHECK(host.lines.back() == "Disconnected|" + std::to_string(code) + "|" + text);
      }
    }
  }
}

TEST_CASE("a server that falls silent after any of its flights") {
  for (int flights = 1; flights < 4; ++flights) {
    INFO(flights);
    ScriptedServer server(asking_server(), {Script{"", "", -1, false, flights}});
    Asked host(server.port());
    ipworksauth_sshauth_settimeout(host, 1);
    CHECK(host.authenticate() == 201);
    CHECK(host.balanced());
    CHECK(host.lines.back() == "Disconnected|201|" + host.error());
  }
}

TEST_CASE("one object through every outcome, and again") {
  RunningServer server(password_server());
  ScriptedServer broken(password_server(), {Script{"", "", 1, true}});
  Host host(server.port());
  for (const bool blocking : {true, false}) {
    CHECK(run(host, blocking) == 0);
    ipworksauth_sshauth_setpassword(host, "wrong");
    CHECK(run(host, blocking) == 1032);
    ipworksauth_sshauth_setpassword(host, "secret");
    CHECK(run(host, blocking) == 0);
    host.accept = false;
    CHECK(run(host, blocking) == 1030);
    host.accept = true;
    CHECK(run(host, blocking) == 0);
    ipworksauth_sshauth_setsshport(host, broken.port());
    CHECK(run(host, blocking) != 0);
    ipworksauth_sshauth_setsshport(host, server.port());
    CHECK(run(host, blocking) == 0);
    CHECK(host.config("SSHPublicKeyAlgorithms=rsa-sha2-512").empty());
    CHECK(run(host, blocking) == 1003);
    CHECK(ipworksauth_sshauth_reset(host) == 0);
    CHECK(ipworksauth_sshauth_getstate(host) == IPWORKSAUTH_STATE_IDLE);
    CHECK(run(host, blocking) == 102);
    ipworksauth_sshauth_setsshhost(host, "127.0.0.1");
    ipworksauth_sshauth_setsshport(host, server.port());
    ipworksauth_sshauth_setuser(host, "me");
    ipworksauth_sshauth_setpassword(host, "secret");
    CHECK(run(host, blocking) == 0);
    CHECK(host.balanced());
  }
}

TEST_CASE("an event error is told once: the first callback that stops names it") {
  RunningServer server(password_server());
  Host host(server.port());
  host.on_event = [&](Event& e) {
    if (e.id == EID_SSHAUTH_CONNECTED) return 7;
    return e.id == EID_SSHAUTH_ERROR ? 8 : e.id == EID_SSHAUTH_DISCONNECTED ? 9 : 0;
  };
  CHECK(host.authenticate() == 7);
  CHECK(has(host.error(), "Connected returned 7"));
  CHECK(ipworksauth_sshauth_geteventerrorcode(host) == 7);
  CHECK(host.balanced());
  // Codes with a row of their own or none, a text or none, and the reference's old special value.
  for (const int code : {-10000, -1, 201, 1032, 77}) {
    host.on_event = [&](Event& e) {
      if (e.id != EID_SSHAUTH_SSHSTATUS) return 0;
      ipworksauth_sshauth_seteventerrorandcode(host, code, nullptr);
      return code;
    };
    CHECK(host.authenticate() == code);
    CHECK(has(host.error(), "SSHStatus returned " + std::to_string(code)));
  }
}

// ---- class SSHAuth ----

namespace {

class Thrower : public SSHAuth {
 public:
  int FireConnected(SSHAuthConnectedEventParams*) override {
    throw std::runtime_error("no, thank you");
  }
};

class Deleter : public SSHAuth {
 public:
  int FireSSHServerAuthentication(SSHAuthSSHServerAuthenticationEventParams*) override {
    delete this;
    return 0;
  }
};

template <class Login>
Login* login_to(std::uint16_t port) {
  auto* login = new Login;
  login->SetSSHHost("127.0.0.1");
  login->SetSSHPort(port);
  login->SetUser("me");
  login->SetPassword("secret");
  return login;
}

}  // namespace

TEST_CASE("class SSHAuth: an event function that throws, and one that deletes its object") {
  RunningServer server(password_server());
  const std::unique_ptr<Thrower> thrower(login_to<Thrower>(server.port()));
  CHECK_THROWS_WITH(thrower->Authenticate(), "no, thank you");
  CHECK(has(thrower->GetLastError(), "no, thank you"));
  CHECK(thrower->GetEventErrorCode() == -1);
  CHECK(login_to<Deleter>(server.port())->Authenticate() == 301);
}
