// fork(2): objects in both processes, logins that stay the parent's, random numbers that differ.
// No thread runs here, so that what a child does is defined.
#include <poll.h>
#include <sys/socket.h>

#include <cstring>
#include <fstream>
#include <set>
#include <vector>

#include "ipworksauth/sshauth.h"
#include "lib/net/interrupt.hpp"
#include "lib/net/listener.hpp"
#include "tests/abi/processes.hpp"

using namespace sshauth;
using namespace test;

namespace {

constexpr int kOfTheParent = 211;

// An object that accepts every host key; `on_event` may look at events before that.
class Object {
 public:
  explicit Object(std::uint16_t port)
      : obj_(ipworksauth_sshauth_create(&Object::sink, this, nullptr, 0)) {
    ipworksauth_sshauth_setsshhost(obj_, "127.0.0.1");
    ipworksauth_sshauth_setsshport(obj_, port);
    ipworksauth_sshauth_setuser(obj_, "me");
    ipworksauth_sshauth_setpassword(obj_, "secret");
    ipworksauth_sshauth_config(obj_, "PasswordPrompt=none matches");
  }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  ~Object() { destroy(); }
  void destroy() { ipworksauth_sshauth_destroy(std::exchange(obj_, nullptr)); }

  operator void*() const { return obj_; }
  int authenticate() { return ipworksauth_sshauth_authenticate(obj_); }
  int state() const { return ipworksauth_sshauth_getstate(obj_); }
  bool over() const { return state() >= IPWORKSAUTH_STATE_SUCCEEDED; }

  // One step of a login with Timeout 0, after waiting for what it wants.
  int step() {
    const int wants = ipworksauth_sshauth_getwants(obj_);
    const int events = ((wants & IPWORKSAUTH_WANTS_READ) != 0 ? POLLIN : 0) |
                       ((wants & IPWORKSAUTH_WANTS_WRITE) != 0 ? POLLOUT : 0);
    pollfd set = {ipworksauth_sshauth_getsocket(obj_), static_cast<short>(events), 0};
    ::poll(&set, 1, ipworksauth_sshauth_getwait(obj_));
    return ipworksauth_sshauth_doevents(obj_);
  }

  std::function<void(int)> on_event;

 private:
  static int sink(void* context, int id, int, void* param[], int[]) {
    Object& self = *static_cast<Object*>(context);
    if (self.on_event) self.on_event(id);
    if (id == EID_SSHAUTH_SSHSERVERAUTHENTICATION)
      param[6] = reinterpret_cast<void*>(std::intptr_t{1});
    if (id == EID_SSHAUTH_SSHKEYBOARDINTERACTIVE) {
      char code[] = "4711";
      ipworksauth_evtstr(param[3], 2, code, 1);
    }
    return 0;
  }

  void* obj_;
};

// Stands before the server and lets 200 octets of it through for every token: a login in many
// steps.
class Relay {
 public:
  explicit Relay(std::uint16_t server) : child_([this, server] { return serve(server); }) {
    port_.get(&port, sizeof port);
  }
  std::uint16_t port = 0;
  void let_through() const { CHECK(tokens_.put("t", 1)); }

 private:
  int serve(std::uint16_t server) {
    Listener listener;
    if (!Listener::open(false, 0, listener).ok()) return 1;
    const std::uint16_t at = listener.port();
    if (!port_.put(&at, sizeof at)) return 2;
    wait_for({listener.fd(), true, false, -1}, nullptr);
    Socket client = listener.accept(), up;
    Address target;
    if (!client || !parse_address("127.0.0.1", target) || !Socket::open(AF_INET, up).ok()) return 3;
    target.set_port(server);
    ::connect(up.fd(), target.data(), target.len());
    wait_for({up.fd(), false, true, -1}, nullptr);
    while (pass(client, up)) continue;
    return 0;
  }

  bool pass(Socket& client, Socket& up) {
    pollfd set[] = {{client.fd(), POLLIN, 0},
                    {left_ != 0 ? up.fd() : -1, POLLIN, 0},
                    {left_ == 0 ? tokens_.input() : -1, POLLIN, 0}};
    ::poll(set, 3, -1);
    if (set[0].revents != 0 && !copy(client, up, 4096)) return false;
    if (set[1].revents != 0) {
      const std::size_t passed = copy(up, client, left_);
      left_ -= passed;
      if (passed == 0) return false;
    }
    char token;
    if (set[2].revents != 0 && ::read(tokens_.input(), &token, 1) == 1) left_ = 200;
    return true;
  }

  static std::size_t copy(Socket& from, Socket& to, std::size_t at_most) {
    std::uint8_t octets[4096];
    const IoResult io = from.receive(MutBytes(octets).first(at_most));
    if (io.kind != IoKind::some) return 0;
    return to.send(Bytes(octets, io.len)).len;
  }

  Pipe tokens_, port_;
  std::size_t left_ = 0;
  Child child_;
};

}  // namespace

TEST_CASE("an object made before fork logs in in both processes") {
  ServerProcess server;
  const bool used = GENERATE(false, true);
  Object object(server.port);
  if (used) CHECK(object.authenticate() == 0);
  Child child([&] {
    const int first = object.authenticate();
    const int again = object.authenticate();
    return first == 0 && again == 0 && object.state() == IPWORKSAUTH_STATE_SUCCEEDED ? 0 : 1;
  });
  CHECK(object.authenticate() == 0);
  CHECK(child.wait() == 0);
  CHECK(object.authenticate() == 0);
}

// Returns 0 when the child saw what it should.
static int act_in_child(Object& object, unsigned what, std::uint16_t server) {
  switch (what) {
    case 0: object.destroy(); return 0;
    case 1:
      if (ipworksauth_sshauth_doevents(object) != kOfTheParent) return 1;
      return object.state() == IPWORKSAUTH_STATE_FAILED && ipworksauth_sshauth_doevents(object) == 0
                 ? 0
                 : 2;
    case 2: return ipworksauth_sshauth_reset(object) == 0 ? 0 : 3;
    case 3:  // its own login, past the relay
      if (ipworksauth_sshauth_getsocket(object) != -1) return 4;
      if (ipworksauth_sshauth_setsshport(object, server) != 0) return 5;
      ipworksauth_sshauth_settimeout(object, 60);
      return object.authenticate() == 0 ? 0 : 6;
    default: return 0;
  }
}

TEST_CASE("a login that runs stays the parent's, whatever the child does with the object") {
  ServerProcess server;
  const unsigned what = GENERATE(0u, 1u, 2u, 3u);
  unsigned before = 0;  // steps before the fork
  for (;; ++before) {
    Relay relay(server.port);
    Object object(relay.port);
    ipworksauth_sshauth_settimeout(object, 0);
    const auto step = [&] {
      relay.let_through();
      return object.step();
    };
    REQUIRE(object.authenticate() == 135);
    for (unsigned i = 0; i < before && !object.over(); ++i) CHECK(step() == 0);
    if (object.over()) break;
    INFO("child does " << what << " after " << before << " steps");
    Child child([&] { return act_in_child(object, what, server.port); });
    // The child is through before the parent goes on: what it sent would come first.
    CHECK(child.wait() == 0);
    while (!object.over()) CHECK(step() == 0);
    CHECK(object.state() == IPWORKSAUTH_STATE_SUCCEEDED);
  }
  CHECK(before > 5);
}

TEST_CASE("a host may fork in an event") {
  ServerProcess server;
  const int at = GENERATE(1, 2, 3, 5, 7, 8, 9);
  const int timeout = GENERATE(0, 60);
  INFO("event " << at << ", Timeout " << timeout);
  Object object(server.port);
  ipworksauth_sshauth_settimeout(object, timeout);
  ipworksauth_sshauth_setauthmode(object, at == EID_SSHAUTH_SSHKEYBOARDINTERACTIVE
                                              ? IPWORKSAUTH_AM_KEYBOARD_INTERACTIVE
                                              : IPWORKSAUTH_AM_PASSWORD);
  pid_t child = -1;
  int told_to_child = 0;
  object.on_event = [&](int id) {
    if (child == 0) ++told_to_child;
    if (id == at && child == -1) child = ::fork();
  };
  int code = object.authenticate();
  while (child != 0 && timeout == 0 && !object.over()) code = object.step();
  // The child comes back with its copy of the call: not with a success that was not its own.
  while (child == 0 && timeout == 0 && !object.over()) code = object.step();
  if (child == 0) {
    ipworksauth_sshauth_settimeout(object, 60);
    // Disconnected comes when the outcome is known already.
    const bool told = code == kOfTheParent || (at == EID_SSHAUTH_DISCONNECTED && code == 0);
    // Nor does it ask or tell the child what is the parent's.
    if (!told || told_to_child != 0) ::_exit(told ? 3 : 1);
    ::_exit(object.authenticate() != 0 || told_to_child == 0 ? 2 : 0);
  }
  REQUIRE(child > 0);
  CHECK(code == 0);
  CHECK(object.state() == IPWORKSAUTH_STATE_SUCCEEDED);
  int status = -1;
  CHECK(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

namespace {

// How many descriptors an epoll descriptor of ours watches.
unsigned watched_by(int epoll) {
  std::ifstream info("/proc/self/fdinfo/" + std::to_string(epoll));
  unsigned count = 0;
  for (std::string line; std::getline(info, line);) count += line.starts_with("tfd:") ? 1 : 0;
  return count;
}

// A port where a connection is neither made nor refused: as many as it holds wait there already.
class FullPort {
 public:
  FullPort() {
    Address any;
    REQUIRE(parse_address("127.0.0.1", any));
    REQUIRE(Socket::open(AF_INET, listening_).ok());
    REQUIRE(listening_.bind(any).ok());
    REQUIRE(::listen(listening_.fd(), 0) == 0);
    const Address at = listening_.local();
    for (Socket& waiting : waiting_) {
      REQUIRE(Socket::open(AF_INET, waiting).ok());
      ::connect(waiting.fd(), at.data(), at.len());
    }
  }
  std::uint16_t port() const { return listening_.local().port(); }

 private:
  Socket listening_;
  std::array<Socket, 4> waiting_;
};

}  // namespace

TEST_CASE("a connection that is being made stays the parent's") {
  const unsigned what = GENERATE(0u, 1u, 2u);
  FullPort full;
  Object object(full.port());
  ipworksauth_sshauth_settimeout(object, 0);
  REQUIRE(object.authenticate() == 135);
  REQUIRE(object.state() == IPWORKSAUTH_STATE_CONNECTING);
  const unsigned before = watched_by(ipworksauth_sshauth_getsocket(object));
  CHECK(before > 0);
  Child child([&] { return act_in_child(object, what, 0); });
  CHECK(child.wait() == 0);
  CHECK(watched_by(ipworksauth_sshauth_getsocket(object)) == before);
}

TEST_CASE("the child's interrupts are its own") {
  Interrupter parents;
  Child child([&] {
    if (!parents.unshare()) return 1;
    parents.raise();
    pollfd set = {parents.fd(), POLLIN, 0};
    return ::poll(&set, 1, 0) == 1 ? 0 : 2;
  });
  CHECK(child.wait() == 0);
  pollfd set = {parents.fd(), POLLIN, 0};
  CHECK(::poll(&set, 1, 0) == 0);
  parents.wake();
  CHECK(::poll(&set, 1, 0) == 1);
}

namespace {

using Cookie = std::array<std::uint8_t, 16>;

// The cookie of the KEXINIT that comes after our identification (RFC 4253 §7.1).
bool read_cookie(Socket& socket, Cookie& cookie) {
  const std::string_view hello = "SSH-2.0-recorder\r\n";
  if (socket.send(as_bytes(hello)).len != hello.size()) return false;
  std::string heard;
  for (;;) {
    const std::size_t line = heard.find("\r\n");
    const std::size_t at = line == heard.npos ? 0 : line + 2 + 6;  // length, padding, number
    if (at != 0 && heard.size() >= at + cookie.size()) {
      std::memcpy(cookie.data(), heard.data() + at, cookie.size());
      return true;
    }
    std::uint8_t in[4096];
    wait_for({socket.fd(), true, false, -1}, nullptr);
    const IoResult io = socket.receive(in);
    if (io.kind == IoKind::would_block) continue;
    if (io.kind != IoKind::some) return false;
    heard.append(as_text(Bytes(in, io.len)));
  }
}

int record(Listener& listener, const Pipe& out, unsigned count) {
  for (unsigned i = 0; i < count;) {
    wait_for({listener.fd(), true, false, -1}, nullptr);
    Socket socket = listener.accept();
    if (!socket) continue;
    Cookie cookie;
    if (!read_cookie(socket, cookie) || !out.put(cookie.data(), cookie.size())) return 1;
    ++i;
  }
  return 0;
}

}  // namespace

TEST_CASE("random numbers of parent and children differ") {
  const std::string setting =
      GENERATE("UseInternalSecurityAPI=True", "UseInternalSecurityAPI=False");
  INFO(setting);
  Listener listener;
  REQUIRE(Listener::open(false, 0, listener).ok());
  constexpr unsigned kBefore = 2, kChildren = 3, kAll = kBefore + kChildren + 1;
  Pipe pipe;
  Child recorder([&] { return record(listener, pipe, kAll); });
  Object object(listener.port());
  ipworksauth_sshauth_config(object, setting.c_str());
  REQUIRE(ipworksauth_sshauth_getlasterrorcode(object) == 0);
  // Generators that keep a pool have one now, and the children get a copy.
  for (unsigned i = 0; i < kBefore; ++i) CHECK(object.authenticate() != 0);
  std::vector<Child> children;
  for (unsigned i = 0; i < kChildren; ++i)
    children.emplace_back([&] { return object.authenticate() != 0 ? 0 : 1; });
  CHECK(object.authenticate() != 0);
  for (Child& child : children) CHECK(child.wait() == 0);
  CHECK(recorder.wait() == 0);
  std::set<Cookie> cookies;
  for (unsigned i = 0; i < kAll; ++i) {
    Cookie cookie;
    pipe.get(cookie.data(), cookie.size());
    cookies.insert(cookie);
  }
  CHECK(cookies.size() == kAll);
}
