// Names to addresses, asked of a name server of the tests' own.
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "dns_server.hpp"
#include "lib/net/lookup.hpp"
#include "net_support.hpp"

using namespace sshauth;
using namespace sshauth::test;
using How = DnsAnswer::How;

namespace {

DnsAnswer with(std::vector<std::string> addresses) {
  DnsAnswer out;
  out.addresses = std::move(addresses);
  return out;
}
DnsAnswer failing(int rcode) {
  DnsAnswer out;
  out.rcode = rcode;
  return out;
}
DnsAnswer being(How how) {
  DnsAnswer out = with({"127.0.0.1", "::1"});
  out.how = how;
  return out;
}

LookupOptions options_for(const DnsServer& server) {
  LookupOptions out;
  out.servers = server.address();
  return out;
}

// A look-up and its server take turns until it is over.
struct Asking {
  DnsServer server;
  WaitSet set;
  LookupOptions options = options_for(server);

  Asking() { REQUIRE(WaitSet::open(set).ok()); }

  NetError ask(const std::string& host, IpMode mode, std::vector<std::string>& out) {
    Lookup lookup(set, host, 22, mode, options);
    for (lookup.step(); !lookup.over(); lookup.step()) {
      pollfd both[] = {{set.fd(), POLLIN, 0}, {server.fd(), POLLIN, 0}};
      const auto ms = lookup.wait_ms();
      ::poll(both, 2, ms ? static_cast<int>(*ms) : -1);
      server.step();
    }
    out.clear();
    for (const Address& address : lookup.addresses()) out.push_back(address.text_with_port());
    return lookup.error();
  }
  int code(const std::string& host, IpMode mode) {
    std::vector<std::string> found;
    const NetError error = ask(host, mode, found);
    INFO(host << ": " << error.text);
    CHECK(error.ok() == error.text.empty());
    CHECK(error.ok() != found.empty());
    return error.code;
  }
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("Names: the addresses of the families asked for, IPv6 first") {
  if (!asynchronous()) return;
  Asking t;
  t.server.script = [](const std::string&) { return with({"192.0.2.1", "2001:db8::1"}); };
  Texts found;
  CHECK(t.ask("host.test", IpMode::v4_only, found).ok());
  CHECK(found == Texts{"192.0.2.1 port 22"});
  CHECK(t.server.asked == Texts{"A host.test"});
  t.server.asked.clear();
  CHECK(t.ask("host.test", IpMode::v6_only, found).ok());
  CHECK(found == Texts{"2001:db8::1 port 22"});
  CHECK(t.server.asked == Texts{"AAAA host.test"});
  t.server.asked.clear();
  CHECK(t.ask("host.test", IpMode::v6_preferred, found).ok());
  CHECK(found == Texts{"2001:db8::1 port 22", "192.0.2.1 port 22"});
  CHECK(t.server.asked.size() == 2);
}

TEST_CASE("Names: what name servers refuse or lack has its code") {
  if (!asynchronous()) return;
  struct Case {
    int rcode, code;
  };
  // RFC 1035 §4.1.1: 1 FORMERR, 2 SERVFAIL, 3 NXDOMAIN, 4 NOTIMP, 5 REFUSED.
  for (const Case c :
       {Case{0, 11004}, {1, 11003}, {2, 11002}, {3, 11001}, {4, 11003}, {5, 11003}}) {
    Asking t;
    t.server.script = [&](const std::string&) { return failing(c.rcode); };
    INFO("rcode " << c.rcode);
    for (const IpMode mode : {IpMode::v4_only, IpMode::v6_only, IpMode::v6_preferred})
      CHECK(t.code("host.test", mode) == c.code);
  }
}

TEST_CASE(
    "Names: one family is enough, and a failure that leaves hope is told before a final one") {
  if (!asynchronous()) return;
  Asking t;
  t.server.script = [](const std::string& q) {
    return q.starts_with("AAAA") ? failing(2) : with({"192.0.2.1"});
  };
  CHECK(t.code("host.test", IpMode::v6_preferred) == 0);
  t.server.script = [](const std::string& q) {
    return q.starts_with("AAAA") ? failing(2) : failing(0);
  };
  CHECK(t.code("host.test", IpMode::v6_preferred) == 11002);
  t.server.script = [](const std::string& q) {
    return q.starts_with("AAAA") ? failing(3) : failing(0);
  };
  CHECK(t.code("host.test", IpMode::v6_preferred) == 11004);
}

TEST_CASE("Names: silence and servers that are not there: try again") {
  if (!asynchronous()) return;
  Asking t;
  t.options.attempt_ms = 1;
  t.options.attempts = 1;
  t.server.script = [](const std::string&) { return being(How::silence); };
  CHECK(t.code("host.test", IpMode::v4_only) == 11002);
  {
    DnsServer gone;
    t.options.servers = gone.address();
  }
  CHECK(t.code("host.test", IpMode::v4_only) == 11002);
}

TEST_CASE("Names: answers that are none are not believed") {
  if (!asynchronous()) return;
  for (const How how : {How::cut, How::noise, How::wrong_number, How::wrong_question}) {
    Asking t;
    t.options.attempt_ms = 1;
    t.options.attempts = 1;
    t.server.script = [&](const std::string&) { return being(how); };
    INFO("how " << static_cast<int>(how));
    const int code = t.code("host.test", IpMode::v4_only);
    CHECK((code == 11002 || code == 11003));
  }
}

TEST_CASE("Names: of a thousand addresses the first few are kept; long answers come by TCP") {
  if (!asynchronous()) return;
  Asking t;
  t.server.script = [](const std::string&) {
    DnsAnswer out = with({"192.0.2.1"});
    out.copies = 1000;
    return out;
  };
  Texts found;
  CHECK(t.ask("host.test", IpMode::v4_only, found).ok());
  CHECK(found.size() == kMaxAddresses);
  CHECK(t.server.asked == Texts{"A host.test", "tcp A host.test"});
}

TEST_CASE("Names: aliases are followed, also in circles, once") {
  if (!asynchronous()) return;
  Asking t;
  t.server.script = [](const std::string&) {
    DnsAnswer out = with({"192.0.2.1"});
    out.aliases = {"a.test", "b.test", "c.test"};
    return out;
  };
  CHECK(t.code("host.test", IpMode::v4_only) == 0);
  t.server.script = [](const std::string&) {
    DnsAnswer out;
    out.aliases = {"a.test", "host.test", "a.test", "host.test"};
    return out;
  };
  CHECK(t.code("host.test", IpMode::v4_only) != 0);
}

TEST_CASE("Names: the search domain completes names without a dot, but none that ends with one") {
  if (!asynchronous()) return;
  Asking t;
  t.options.search = "example.test";
  t.server.script = [](const std::string& q) {
    return q == "A host.example.test" ? with({"192.0.2.1"}) : failing(3);
  };
  CHECK(t.code("host", IpMode::v4_only) == 0);
  t.server.asked.clear();
  CHECK(t.code("host.", IpMode::v4_only) == 11001);
  CHECK(t.server.asked == Texts{"A host"});
  CHECK(t.code("host.example.test.", IpMode::v4_only) == 0);
}

TEST_CASE("Names: the next server is asked when one fails") {
  if (!asynchronous()) return;
  Asking t;
  DnsServer broken;
  broken.script = [](const std::string&) { return failing(2); };
  t.server.script = [](const std::string&) { return with({"192.0.2.1"}); };
  t.options.servers = broken.address() + "," + t.server.address();
  Lookup lookup(t.set, "host.test", 22, IpMode::v4_only, t.options);
  for (lookup.step(); !lookup.over(); lookup.step()) {
    pollfd all[] = {{t.set.fd(), POLLIN, 0}, {t.server.fd(), POLLIN, 0}, {broken.fd(), POLLIN, 0}};
    ::poll(all, 3, -1);
    broken.step();
    t.server.step();
  }
  CHECK(lookup.error().ok());
  CHECK(broken.asked == Texts{"A host.test"});
}

TEST_CASE("Names: a look-up that is dropped is forgotten, whatever comes later") {
  if (!asynchronous()) return;
  Asking t;
  t.server.script = [](const std::string&) { return being(How::hold); };
  {
    const Lookup lookup(t.set, "host.test", 22, IpMode::v6_preferred, t.options);
    while (t.server.asked.size() < 2) {
      pollfd one{t.server.fd(), POLLIN, 0};
      ::poll(&one, 1, -1);
      t.server.step();
    }
    CHECK_FALSE(lookup.over());
  }
  t.server.release();
  pollfd none{t.set.fd(), POLLIN, 0};
  CHECK(::poll(&none, 1, 0) == 0);
}

TEST_CASE("localhost is known to every machine, and no name server is asked") {
  Asking t;
  t.server.script = [](const std::string&) { return with({"192.0.2.66"}); };
  for (const char* name : {"localhost", "LocalHost", "localhost."}) {
    INFO(name);
    Texts found;
    CHECK(t.ask(name, IpMode::v4_only, found).ok());
    REQUIRE_FALSE(found.empty());
    CHECK(found[0] == "127.0.0.1 port 22");
    CHECK(t.server.asked.empty());
  }
}

TEST_CASE("The C library looks names up where that is asked for") {
  Asking t;
  t.options.system = true;
  t.server.script = [](const std::string&) { return with({"192.0.2.66"}); };
  Texts found;
  CHECK(t.ask("localhost", IpMode::v4_only, found).ok());
  REQUIRE_FALSE(found.empty());
  CHECK(found[0] == "127.0.0.1 port 22");
  CHECK(t.code("bad name", IpMode::v4_only) == 11001);
  CHECK(t.server.asked.empty());
}

TEST_CASE("Addresses need no look-up, in brackets and with a zone too") {
  Asking t;
  Texts found;
  for (const char* host : {"::1", "[::1]"}) {
    CHECK(t.ask(host, IpMode::v6_preferred, found).ok());
    CHECK(found == Texts{"::1 port 22"});
  }
  CHECK(t.ask("fe80::1%lo", IpMode::v6_only, found).ok());
  CHECK(found == Texts{"fe80::1%lo port 22"});
  CHECK(t.ask("[fe80::1%lo]", IpMode::v6_only, found).ok());
  CHECK(t.code("::1", IpMode::v4_only) == 10047);
  CHECK(t.code("127.0.0.1", IpMode::v6_only) == 10047);
  CHECK(t.code("127.0.0.1", IpMode::v4_only) == 0);
  CHECK(t.server.asked.empty());
}

TEST_CASE("What is neither a name nor an address is refused before anybody is asked") {
  for (const bool system : {false, true}) {
    Asking t;
    t.options.system = system;
    for (const std::string& host :
         {std::string(""), std::string("."), std::string("a b"), std::string("a\nb"),
          std::string("[]"), std::string("a\0b", 3), std::string(300, 'a'), std::string("127.1"),
          std::string("0x7f000001"), std::string("2130706433"),
          std::string("b\xc3\xbc"
                      "cher.test"),
          std::string("host.test:22"), std::string("me@host.test"), std::string("ssh://host.test"),
          std::string("::1%"), std::string("fe80::1%no-such-link"), std::string("[host.test]")})
      CHECK(t.code(host, IpMode::v4_only) == 11001);
    CHECK(t.server.asked.empty());
  }
}

TEST_CASE("Names: labels that are empty or too long") {
  if (!asynchronous()) return;
  Asking t;
  t.server.script = [](const std::string&) { return failing(3); };
  CHECK(t.code("a..test", IpMode::v4_only) == 11001);
  CHECK(t.code(std::string(64, 'a') + ".test", IpMode::v4_only) == 11001);
}

TEST_CASE("A child of fork looks names up for itself") {
  if (!asynchronous()) return;
  Asking before;
  before.server.script = [](const std::string&) { return with({"192.0.2.1"}); };
  CHECK(before.code("host.test", IpMode::v4_only) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    Asking mine;
    mine.server.script = [](const std::string&) { return with({"192.0.2.1"}); };
    Texts found;
    ::_exit(mine.ask("host.test", IpMode::v4_only, found).ok() && found.size() == 1 ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}
