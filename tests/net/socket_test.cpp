// Sockets on loopback: made, refused, raced, bound, interrupted. No sleeps; time is a number that
// the tests count up themselves.
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <string>
#include <thread>

#include "lib/net/connector.hpp"
#include "lib/net/interrupt.hpp"
#include "lib/net/listener.hpp"

using namespace sshauth;

namespace {

constexpr int kLong = 30'000;  // milliseconds; only a broken test waits so long

Listener listen_on(bool v6 = false) {
  Listener out;
  const NetError error = Listener::open(v6, 0, out);
  INFO(error.text);
  REQUIRE(error.ok());
  return out;
}

bool has_v6() {
  Listener out;
  const bool ok = Listener::open(true, 0, out).ok();
  if (!ok) WARN("no IPv6 loopback here");
  return ok;
}

std::vector<Address> to(std::uint16_t port, const char* host = "127.0.0.1",
                        IpMode mode = IpMode::v6_preferred) {
  std::vector<Address> out;
  REQUIRE(resolve(host, port, mode, out).ok());
  return out;
}

// A port that was free a moment ago.
std::uint16_t closed_port() {
  Listener gone = listen_on();
  return gone.port();
}

Connector::State finish(Connector& c, std::uint64_t now = 0) {
  for (;;) {
    const Connector::State state = c.step(now);
    if (state != Connector::State::working) return state;
    wait_for({c.fd(), c.wants_read(), !c.wants_read(), kLong}, nullptr);
  }
}

Socket connect_to(const Listener& listener, const SocketOptions& options = {}) {
  Connector c({listener.address()}, {}, options);
  REQUIRE(finish(c) == Connector::State::connected);
  return c.take();
}

std::string receive_some(Socket& s) {
  std::uint8_t buffer[64];
  for (;;) {
    const IoResult got = s.receive(buffer);
    if (got.kind == IoKind::some) return std::string(as_text(Bytes(buffer, got.len)));
    if (got.kind != IoKind::would_block) return got.kind == IoKind::closed ? "closed" : "failed";
    wait_for({s.fd(), true, false, kLong}, nullptr);
  }
}

}  // namespace

TEST_CASE("A connection is made, carries octets both ways, and ends") {
  Listener listener = listen_on();
  Socket near = connect_to(listener);
  Socket far = listener.accept();
  REQUIRE(far);
  CHECK(near.remote().port() == listener.port());
  CHECK(near.local().text() == "127.0.0.1");
  CHECK(near.local().port() == far.remote().port());
  CHECK(near.send(as_bytes("hello")).len == 5);
  CHECK(receive_some(far) == "hello");
  far.quick_ack();
  near.finish_sending();
  CHECK(receive_some(far) == "closed");
  CHECK(far.send(as_bytes("bye")).len == 3);
  CHECK(receive_some(near) == "bye");
}

TEST_CASE("Sending to a peer that has gone is an error, not a signal") {
  Listener listener = listen_on();
  Socket near = connect_to(listener);
  {
    SocketOptions reset;
    reset.linger = false;
    Socket far = listener.accept();
    REQUIRE(far.apply(reset).ok());
  }
  CHECK(receive_some(near) == "failed");
  const IoResult sent = near.send(as_bytes("x"));
  CHECK(sent.kind == IoKind::failed);
  CHECK(net_code_of_errno(sent.os_error) == 10054);
}

TEST_CASE("Nobody listens: 10061 with a sentence") {
  Connector c(to(closed_port()), {}, {});
  CHECK(finish(c) == Connector::State::failed);
  CHECK(c.error().code == 10061);
  CHECK(c.error().os_error == ECONNREFUSED);
  CHECK(c.error().text.find("127.0.0.1 port") != std::string::npos);
}

TEST_CASE("Several addresses: the next is tried when one fails") {
  Listener listener = listen_on();
  auto targets = to(closed_port());
  targets.push_back(listener.address());
  Connector c(targets, {}, {});
  CHECK(finish(c) == Connector::State::connected);
  CHECK(c.take().remote().port() == listener.port());
}

TEST_CASE("Several addresses: the next is tried when one does not answer for 250 ms") {
  Listener answers = listen_on();
  // On Linux a listener whose queue is full answers nobody: its second connection hangs.
  Listener silent = listen_on();
  REQUIRE(::listen(silent.fd(), 0) == 0);
  const Socket in_queue = connect_to(silent);

  Connector c({silent.address(), answers.address()}, {}, {});
  CHECK(c.step(1000) == Connector::State::working);
  CHECK(c.next_attempt() == 1000 + kAttemptDelay);
  CHECK(c.step(1000 + kAttemptDelay - 1) == Connector::State::working);
  CHECK(c.next_attempt() == 1000 + kAttemptDelay);
  CHECK(finish(c, 1000 + kAttemptDelay) == Connector::State::connected);
  CHECK(c.take().remote().port() == answers.port());
  CHECK(c.next_attempt() == std::nullopt);
}

TEST_CASE("IPv6 first, IPv4 when IPv6 does not answer") {
  if (!has_v6()) return;
  Listener v4 = listen_on();
  std::vector<Address> targets = to(v4.port(), "::1");
  targets.push_back(v4.address());
  Connector c(targets, {}, {});
  CHECK(finish(c) == Connector::State::connected);
  CHECK(c.take().remote().family() == AF_INET);

  Listener v6 = listen_on(true);
  std::vector<Address> both{v6.address(), v4.address()};
  Connector d(both, {}, {});
  CHECK(finish(d) == Connector::State::connected);
  CHECK(d.take().remote().family() == AF_INET6);
}

TEST_CASE("Address families are kept to") {
  std::vector<Address> out;
  NetError error = resolve("::1", 22, IpMode::v4_only, out);
  CHECK(error.code == 10047);
  CHECK(resolve("127.0.0.1", 22, IpMode::v6_only, out).code == 10047);
  CHECK(resolve("127.0.0.1", 22, IpMode::v4_only, out).ok());
  REQUIRE(out.size() == 1);
  CHECK(out[0].text_with_port() == "127.0.0.1 port 22");
  CHECK(resolve("[::1]", 22, IpMode::v6_only, out).ok());
  CHECK(resolve("localhost", 22, IpMode::v4_only, out).ok());
  CHECK(out.at(0).family() == AF_INET);
  for (const std::string host : {"", "a b", "a\nb", "[]"}) {
    INFO(host);
    CHECK(resolve(host, 22, IpMode::v6_preferred, out).code == 11001);
    CHECK(out.empty());
  }
  CHECK(resolve(std::string(300, 'a'), 22, IpMode::v4_only, out).code == 11001);
  Address address;
  CHECK_FALSE(parse_address("127.1", address));
  CHECK_FALSE(parse_address("0x7f000001", address));
  REQUIRE(parse_address("0.0.0.0", address));
  CHECK(address.is_any());
  REQUIRE(parse_address("::", address));
  CHECK(address.is_any());
}

TEST_CASE("A local address and port can be asked for") {
  Listener listener = listen_on();
  const std::uint16_t port = closed_port();
  auto local = to(port);
  Connector c({listener.address()}, local, {});
  REQUIRE(finish(c) == Connector::State::connected);
  CHECK(c.take().local().port() == port);

  if (!has_v6()) return;
  Connector wrong({listener.address()}, to(0, "::1"), {});
  CHECK(finish(wrong) == Connector::State::failed);
  CHECK(wrong.error().code == 10049);
}

TEST_CASE("Options are set, in whole seconds where the system counts so") {
  Listener listener = listen_on();
  SocketOptions options;
  options.no_delay = true;
  options.keep_alive = true;
  options.keep_alive_time = 1500;
  options.keep_alive_interval = 1;
  options.keep_alive_count = 4;
  options.receive_buffer = 20'000;
  options.send_buffer = 20'000;
  options.linger_time = 1;
  Socket s = connect_to(listener, options);
  CHECK(s);
}

TEST_CASE("A raised interrupter ends waits until it is consumed; a wake ends one") {
  Listener listener = listen_on();
  Interrupter stop;
  stop.raise();
  wait_for({listener.fd(), true, false, kLong}, &stop);
  wait_for({listener.fd(), true, false, -1}, &stop);
  CHECK(stop.raised());
  CHECK(stop.consume());
  CHECK_FALSE(stop.consume());
  stop.wake();
  wait_for({listener.fd(), true, false, kLong}, &stop);
  CHECK_FALSE(stop.raised());
  wait_for({listener.fd(), true, false, 0}, &stop);
}

TEST_CASE("An interrupt from another thread ends a wait") {
  Listener listener = listen_on();
  Interrupter stop;
  std::thread other([&] { stop.raise(); });
  while (!stop.raised()) wait_for({listener.fd(), true, false, kLong}, &stop);
  other.join();
  CHECK(stop.consume());
}

namespace {
Interrupter* g_stop = nullptr;
void on_signal(int) { g_stop->raise(); }
}  // namespace

TEST_CASE("An interrupt from a signal handler ends a wait") {
  Listener listener = listen_on();
  Interrupter stop;
  g_stop = &stop;
  struct sigaction action {};
  struct sigaction before {};
  action.sa_handler = on_signal;
  REQUIRE(::sigaction(SIGUSR1, &action, &before) == 0);
  const pthread_t self = ::pthread_self();
  std::thread other([&] { ::pthread_kill(self, SIGUSR1); });
  while (!stop.raised()) wait_for({listener.fd(), true, false, kLong}, &stop);
  other.join();
  ::sigaction(SIGUSR1, &before, nullptr);
  CHECK(stop.consume());
}

TEST_CASE("Codes of the system and of the resolver") {
  CHECK(net_code_of_errno(EINTR) == 10004);
  CHECK(net_code_of_errno(ECONNREFUSED) == 10061);
  CHECK(net_code_of_errno(EHOSTUNREACH) == 10065);
  CHECK(net_code_of_errno(EPIPE) == 10054);
  CHECK(net_code_of_errno(0) == 10022);
  for (int code :
       {10004, 10009, 10013, 10014, 10022, 10024, 10035, 10036, 10037, 10038, 10039, 10040, 10041,
        10042, 10043, 10044, 10045, 10046, 10047, 10048, 10049, 10050, 10051, 10052, 10053, 10054,
        10055, 10056, 10057, 10058, 10059, 10060, 10061, 10062, 10063, 10064, 10065, 10066, 10067,
        10068, 10069, 10070, 10071, 10091, 10092, 10093, 11001, 11002, 11003, 11004}) {
    INFO(code);
    CHECK_FALSE(net_code_text(code).empty());
  }
  CHECK(net_code_text(10001).empty());
  CHECK(net_error_of_errno(987654, "doing").text == "doing: the system's error 987654");
}
