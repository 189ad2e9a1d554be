// Sockets on loopback: made, refused, set up, interrupted. No sleeps; time is a number that
// the tests count up themselves.
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <string>
#include <thread>

#include "net_support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

Listener listen_on(bool v6 = false) {
  Listener out;
  const NetError error = Listener::open(v6, 0, out);
  INFO(error.text);
  REQUIRE(error.ok());
  return out;
}

Socket connect_to(const Listener& listener, const SocketOptions& options = {}) {
  WaitSet set = wait_set();
  Connector c(set, options);
  c.add({listener.address()});
  c.no_more();
  REQUIRE(finish(c, set, 0) == Connector::State::connected);
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
  WaitSet set = wait_set();
  Connector c(set, {});
  c.add({address_of("127.0.0.1", closed_port())});
  c.no_more();
  CHECK(finish(c, set, 0) == Connector::State::failed);
  CHECK(c.error().code == 10061);
  CHECK(c.error().os_error == ECONNREFUSED);
  CHECK(c.error().text.starts_with("cannot connect to 127.0.0.1 port "));
}

TEST_CASE("Addresses are read, and nothing else is") {
  Address address;
  CHECK_FALSE(parse_address("127.1", address));
  CHECK_FALSE(parse_address("0x7f000001", address));
  CHECK_FALSE(parse_address("localhost", address));
  CHECK_FALSE(parse_address("", address));
  REQUIRE(parse_address("0.0.0.0", address));
  CHECK(address.is_any());
  REQUIRE(parse_address("::", address));
  CHECK(address.is_any());
  REQUIRE(parse_address("fe80::1%lo", address));
  CHECK(address.is_link_local());
  CHECK(address.text() == "fe80::1%lo");
  CHECK_FALSE(address == address_of("fe80::1", 0));
}

TEST_CASE("Options are set on the socket, in whole seconds where the system counts so") {
  Listener listener = listen_on();
  SocketOptions options;
  options.no_delay = true;
  options.keep_alive = true;
  options.keep_alive_time = 1500;
  options.keep_alive_interval = 1;
  options.keep_alive_count = 4;
  options.receive_buffer = 20'000;
  options.send_buffer = 30'000;
  const Socket s = connect_to(listener, options);
  CHECK(option_of(s.fd(), IPPROTO_TCP, TCP_NODELAY) == 1);
  CHECK(option_of(s.fd(), SOL_SOCKET, SO_KEEPALIVE) == 1);
  CHECK(option_of(s.fd(), IPPROTO_TCP, TCP_KEEPIDLE) == 2);
  CHECK(option_of(s.fd(), IPPROTO_TCP, TCP_KEEPINTVL) == 1);
  CHECK(option_of(s.fd(), IPPROTO_TCP, TCP_KEEPCNT) == 4);
  // Linux keeps as much again for itself, socket(7).
  CHECK(option_of(s.fd(), SOL_SOCKET, SO_RCVBUF) == 40'000);
  CHECK(option_of(s.fd(), SOL_SOCKET, SO_SNDBUF) == 60'000);
}

TEST_CASE("Options that are not set are the system's") {
  Listener listener = listen_on();
  const Socket s = connect_to(listener);
  CHECK(option_of(s.fd(), IPPROTO_TCP, TCP_NODELAY) == 0);
  CHECK(option_of(s.fd(), SOL_SOCKET, SO_KEEPALIVE) == 0);
  linger value{};
  socklen_t len = sizeof value;
  REQUIRE(::getsockopt(s.fd(), SOL_SOCKET, SO_LINGER, &value, &len) == 0);
  CHECK(value.l_onoff == 0);
}

TEST_CASE("Options that the system cannot take are errors that name them") {
  Listener listener = listen_on();
  const auto refused = [&](const SocketOptions& options) {
    WaitSet set = wait_set();
    Connector c(set, options);
    c.add({listener.address()});
    c.no_more();
    CHECK(finish(c, set, 0) == Connector::State::failed);
    CHECK(c.error().code == 10022);
    return c.error().text;
  };
  SocketOptions options;
  options.keep_alive = true;
  options.keep_alive_time = 2'000'000'000;
  CHECK(refused(options).find("KeepAliveTime") != std::string::npos);
  options.keep_alive_time = 0;
  options.keep_alive_interval = 2'000'000'000;
  CHECK(refused(options).find("KeepAliveInterval") != std::string::npos);
  options.keep_alive_interval = 0;
  options.keep_alive_count = 1000;
  CHECK(refused(options).find("KeepAliveRetryCount") != std::string::npos);
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
