// RFC 8305: look-ups side by side, attempts one after the other, the first connection wins. The
// order of events is what is looked at; time is a number that the tests count up.
#include <poll.h>

#include <catch2/catch.hpp>
#include <optional>

#include "dns_server.hpp"
#include "lib/net/dialer.hpp"
#include "net_support.hpp"

using namespace sshauth;
using namespace sshauth::test;
using State = Connector::State;

namespace {

constexpr std::uint64_t kStart = 1'000;

// A name server with one answer for each family, and a dialer of "host.test".
struct Dialing {
  DnsServer server;
  WaitSet set = wait_set();
  SocketOptions options;
  DnsAnswer v4, v6;
  std::optional<Dialer> dialer;

  Dialing() {
    options.ip_mode = IpMode::v6_preferred;
    server.script = [this](const std::string& q) { return q.starts_with("AAAA") ? v6 : v4; };
  }
  void dial(std::uint16_t port, const char* host = "host.test") {
    LookupOptions lookup;
    lookup.servers = server.address();
    dialer.emplace(set, host, port, options, lookup);
  }
  // Until the server was asked both questions, and everything it said has been heard.
  void until_asked() {
    while (server.asked.size() < 2) {
      pollfd one{server.fd(), POLLIN, 0};
      ::poll(&one, 1, kLong);
      server.step();
    }
  }
  // Steps while there is anything to hear; time stands still.
  State settle(std::uint64_t now) {
    for (;;) {
      const State state = dialer->step(now);
      pollfd one{set.fd(), POLLIN, 0};
      if (state != State::working || ::poll(&one, 1, 0) <= 0) return state;
    }
  }
};

DnsAnswer held(DnsAnswer answer) {
  answer.how = DnsAnswer::How::hold;
  return answer;
}
DnsAnswer telling(std::vector<std::string> addresses) {
  DnsAnswer out;
  out.addresses = std::move(addresses);
  return out;
}

// The texts come in this order.
bool in_order(const std::string& text, const std::vector<std::string>& parts) {
  INFO(text);
  std::size_t at = 0;
  for (const std::string& part : parts) {
    at = text.find(part, at);
    if (at == text.npos) return false;
  }
  return true;
}

Connector connector_to(WaitSet& set, const std::vector<Address>& targets) {
  Connector c(set, {});
  c.add(targets);
  c.no_more();
  return c;
}

}  // namespace

// ---- the race ----------------------------------------------------------------------------------

TEST_CASE("Race: the next address is tried when one fails, at once") {
  WaitSet set = wait_set();
  const Socket answers = listen_at("127.0.0.1", 0);
  Connector c = connector_to(set, {address_of("127.0.0.2", closed_port()), answers.local()});
  CHECK(finish(c, set, kStart) == State::connected);
  CHECK(c.take().remote() == answers.local());
}

TEST_CASE("Race: the next address is tried when one keeps silent for 250 ms") {
  WaitSet set = wait_set();
  const std::uint16_t port = closed_port();
  const Silent silent("127.0.0.2", port);
  const Socket answers = listen_at("127.0.0.1", port);
  Connector c = connector_to(set, {address_of("127.0.0.2", port), answers.local()});
  CHECK(c.step(kStart) == State::working);
  CHECK(c.next_attempt() == kStart + kAttemptDelay);
  CHECK(c.step(kStart + kAttemptDelay - 1) == State::working);
  CHECK(c.progress() == "127.0.0.2 port " + std::to_string(port) + ": no answer yet");
  const std::size_t before = open_descriptors();
  CHECK(finish(c, set, kStart + kAttemptDelay) == State::connected);
  CHECK(c.next_attempt() == std::nullopt);
  // The winner is open, the loser closed.
  CHECK(open_descriptors() == before);
  CHECK(c.take().remote() == answers.local());
}

TEST_CASE("Race: an attempt that was late may still win") {
  WaitSet set = wait_set();
  const std::uint16_t port = closed_port();
  const Socket first = listen_at("127.0.0.1", port);
  const Silent second("127.0.0.2", port);
  Connector c = connector_to(set, {first.local(), address_of("127.0.0.2", port)});
  // Both attempts start in one step: the first has not been looked at when its time is over.
  CHECK(finish(c, set, kStart) == State::connected);
  CHECK(c.take().remote() == first.local());
}

TEST_CASE("Race: families take turns, IPv6 first, and the error names every address") {
  if (!has_v6()) return;
  WaitSet set = wait_set();
  const std::uint16_t port = closed_port();
  const std::string at = " port " + std::to_string(port) + ": ";
  Connector c = connector_to(set, {address_of("127.0.0.1", port), address_of("127.0.0.2", port),
                                   address_of("::1", port), address_of("127.0.0.1", port)});
  CHECK(finish(c, set, kStart) == State::failed);
  const NetError error = c.error();
  CHECK(error.code == 10061);
  CHECK(in_order(error.text, {"cannot connect to ::1" + at, "127.0.0.1" + at, "127.0.0.2" + at}));
  CHECK(error.text.find("127.0.0.1" + at) == error.text.rfind("127.0.0.1" + at));
}

TEST_CASE("Race: of any number of addresses a few are tried") {
  WaitSet set = wait_set();
  const std::uint16_t port = closed_port();
  std::vector<Address> many;
  for (int i = 1; i <= 200; ++i)
    many.push_back(address_of(("127.0.0." + std::to_string(i)).c_str(), port));
  if (has_v6()) many.push_back(address_of("::1", port));
  Connector c = connector_to(set, many);
  CHECK(finish(c, set, kStart) == State::failed);
  CHECK(in_order(c.error().text, {"127.0.0.16 "}));
  CHECK_FALSE(in_order(c.error().text, {"127.0.0.17 "}));
  if (has_v6()) CHECK(in_order(c.error().text, {"::1 "}));
}

TEST_CASE("Race: many addresses of one family take no place from the other") {
  if (!has_v6()) return;
  WaitSet set = wait_set();
  const Socket v4 = listen_at("127.0.0.1", 0);
  std::vector<Address> all;
  for (int i = 2; i <= 21; ++i)  // nothing listens there
    all.push_back(address_of(("::ffff:127.0.0." + std::to_string(i)).c_str(), v4.local().port()));
  all.push_back(v4.local());
  Connector c = connector_to(set, all);
  CHECK(finish(c, set, kStart) == State::connected);
  CHECK(c.take().remote() == v4.local());
}

TEST_CASE("Race: nothing to try is a failure, and nothing yet is not") {
  WaitSet set = wait_set();
  Connector c(set, {});
  CHECK(c.step(kStart) == State::working);
  c.no_more();
  CHECK(c.step(kStart) == State::failed);
  CHECK(c.error().code == 10049);
}

// ---- with the look-up ---------------------------------------------------------------------------

TEST_CASE("Dialer: IPv6 is tried as soon as it is known, without waiting for IPv4") {
  if (!asynchronous() || !has_v6()) return;
  const Socket v6 = listen_at("::1", 0);
  Dialing d;
  d.v6 = telling({"::1"});
  d.v4 = held(telling({"127.0.0.1"}));
  d.dial(v6.local().port());
  CHECK(d.dialer->looking_up());
  d.until_asked();
  CHECK(finish(*d.dialer, d.set, kStart) == State::connected);
  CHECK(d.dialer->take().remote() == v6.local());
}

TEST_CASE("Dialer: IPv4 that is known first waits 50 ms for IPv6, no longer") {
  if (!asynchronous()) return;
  const Socket v4 = listen_at("127.0.0.1", 0);
  Dialing d;
  d.v4 = telling({"127.0.0.1"});
  d.v6 = held(telling({"::1"}));
  d.dial(v4.local().port());
  d.until_asked();
  CHECK(d.settle(kStart) == State::working);
  CHECK(d.dialer->looking_up());
  // The name server's own limit counts on the real clock, and is later.
  CHECK(d.dialer->wake_at(kStart) == kStart + kResolutionDelay);
  CHECK(d.settle(kStart + kResolutionDelay - 1) == State::working);
  CHECK(d.dialer->looking_up());
  CHECK(finish(*d.dialer, d.set, kStart + kResolutionDelay) == State::connected);
  CHECK(d.dialer->take().remote() == v4.local());
}

TEST_CASE("Dialer: IPv4 does not wait where IPv6 has no answer") {
  if (!asynchronous()) return;
  const Socket v4 = listen_at("127.0.0.1", 0);
  for (const int rcode : {0, 2, 3, 5}) {
    Dialing d;
    d.v4 = telling({"127.0.0.1"});
    d.v6.rcode = rcode;
    d.dial(v4.local().port());
    for (;;) {
      d.server.step();
      const State state = d.dialer->step(kStart);
      if (state == State::connected) break;
      REQUIRE(state == State::working);
      pollfd both[] = {{d.set.fd(), POLLIN, 0}, {d.server.fd(), POLLIN, 0}};
      ::poll(both, 2, kLong);
    }
    CHECK(d.dialer->take().remote() == v4.local());
  }
}

TEST_CASE("Dialer: IPv6 that comes late joins the race") {
  if (!asynchronous() || !has_v6()) return;
  const std::uint16_t port = closed_port();
  const Silent v4("127.0.0.1", port);
  const Socket v6 = listen_at("::1", port);
  Dialing d;
  d.v4 = telling({"127.0.0.1"});
  d.v6 = held(telling({"::1"}));
  d.dial(port);
  d.until_asked();
  CHECK(d.settle(kStart) == State::working);
  const std::uint64_t tried = kStart + kResolutionDelay;
  CHECK(d.settle(tried) == State::working);
  CHECK_FALSE(d.dialer->looking_up());
  d.server.release();
  wait_for({d.set.fd(), true, false, kLong}, nullptr);
  CHECK(d.settle(tried) == State::working);
  CHECK(d.dialer->wake_at(tried) == tried + kAttemptDelay);
  CHECK(finish(*d.dialer, d.set, tried + kAttemptDelay) == State::connected);
  CHECK(d.dialer->take().remote() == v6.local());
}

TEST_CASE("Dialer: one family alone where that is asked for") {
  if (!asynchronous() || !has_v6()) return;
  for (const IpMode mode : {IpMode::v4_only, IpMode::v6_only}) {
    const std::uint16_t port = closed_port();
    const Socket v4 = listen_at("127.0.0.1", port), v6 = listen_at("::1", port);
    Dialing d;
    d.v4 = telling({"127.0.0.1"});
    d.v6 = telling({"::1"});
    d.options.ip_mode = mode;
    d.dial(port);
    while (d.server.asked.empty()) {
      wait_for({d.server.fd(), true, false, kLong}, nullptr);
      d.server.step();
    }
    CHECK(finish(*d.dialer, d.set, kStart) == State::connected);
    CHECK(d.server.asked.size() == 1);
    CHECK(d.dialer->take().remote() == (mode == IpMode::v4_only ? v4 : v6).local());
  }
}

TEST_CASE("Dialer: an answer of 0.0.0.0 is nobody's address") {
  if (!asynchronous()) return;
  const Socket v4 = listen_at("127.0.0.1", 0);
  for (const bool alone : {true, false}) {
    Dialing d;
    d.v4 = telling(alone ? std::vector<std::string>{"0.0.0.0"}
                         : std::vector<std::string>{"0.0.0.0", "127.0.0.1"});
    d.v6 = telling({"::"});
    d.dial(v4.local().port());
    d.until_asked();
    CHECK(finish(*d.dialer, d.set, kStart) == (alone ? State::failed : State::connected));
    if (alone) CHECK(d.dialer->error().code == 102);
  }
}

TEST_CASE("Dialer: a name that does not exist") {
  if (!asynchronous()) return;
  Dialing d;
  d.v4.rcode = d.v6.rcode = 3;
  d.dial(22);
  d.until_asked();
  CHECK(finish(*d.dialer, d.set, kStart) == State::failed);
  CHECK(d.dialer->error().code == 11001);
  CHECK(in_order(d.dialer->error().text, {"host.test", "no host of that name"}));
}

// ---- from where -------------------------------------------------------------------------------

TEST_CASE("LocalHost: an address, an interface or a name; LocalPort") {
  const Socket listener = listen_at("127.0.0.1", 0);
  for (const char* local : {"127.0.0.1", "127.0.0.3", "lo", "localhost"}) {
    INFO(local);
    Dialing d;
    d.options.local_host = local;
    d.options.local_port = closed_port();
    d.dial(listener.local().port(), "127.0.0.1");
    REQUIRE(finish(*d.dialer, d.set, kStart) == State::connected);
    const Address from = d.dialer->take().local();
    CHECK(from.port() == d.options.local_port);
    CHECK(from.text() == (std::string(local) == "127.0.0.3" ? "127.0.0.3" : "127.0.0.1"));
  }
  if (!has_v6()) return;
  const Socket v6 = listen_at("::1", 0);
  for (const char* local : {"::1", "[::1]", "lo", "localhost", ""}) {
    INFO(local);
    Dialing d;
    d.options.local_host = local;
    d.options.local_port = closed_port();
    d.dial(v6.local().port(), "::1");
    REQUIRE(finish(*d.dialer, d.set, kStart) == State::connected);
    CHECK(d.dialer->take().local() == address_of("::1", d.options.local_port));
  }
}

TEST_CASE("LocalHost and LocalPort that cannot be used say so") {
  const Socket listener = listen_at("127.0.0.1", 0);
  const auto fails = [&](const char* local, std::uint16_t port, int code, const char* said) {
    Dialing d;
    d.options.local_host = local;
    d.options.local_port = port;
    d.dial(listener.local().port(), "127.0.0.1");
    CHECK(finish(*d.dialer, d.set, kStart) == State::failed);
    INFO(local << " port " << port << ": " << d.dialer->error().text);
    CHECK(d.dialer->error().code == code);
    CHECK(in_order(d.dialer->error().text, {said}));
  };
  const Socket other = listen_at("127.0.0.1", 0);
  fails("127.0.0.1", other.local().port(), 10048, "in use");
  fails("", other.local().port(), 10048, "in use");
  fails("192.0.2.77", 0, 10049, "192.0.2.77");  // RFC 5737: not of this machine
  fails("::1", 0, 10049, "LocalHost ::1 has no IPv4 address");
  fails("bad name", 0, 11001, "LocalHost");
}
