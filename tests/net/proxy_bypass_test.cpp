// Lists of hosts that are reached without the proxy.
#include <catch2/catch.hpp>

#include "lib/net/proxy_bypass.hpp"
#include "proxy_play.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

struct Row {
  std::string list, host;
  bool exceptions, no_proxy;  // whether it is covered, by kind of list
};

}  // namespace

TEST_CASE("Hosts that go without the proxy") {
  for (const Row& row : {
           Row{"", "a", false, false},
           {" ; ,", "a", false, false},
           {"a;b;10.0.0.1", "b", true, true},
           {"a;b", "ab", false, false},
           {"*", "anything", true, true},
           {"*", "10.0.0.1", true, true},
           {"*", "::1", true, true},
           // names
           {"Example.ORG", "example.org", true, true},
           {"example.org.", "example.org", true, true},
           {"example.org", "example.org.", true, true},
           {"example.org", "x.example.org", false, true},
           {"example.org", "badexample.org", false, false},
           {".example.org", "x.example.org", true, true},
           {".example.org", "y.x.example.org", true, true},
           {".example.org", "example.org", false, false},
           {".", "a", false, false},
           {"*.example.org", "x.EXAMPLE.org", true, true},
           {"*.example.org", "y.x.example.org", true, true},
           {"*.example.org", "example.org", false, false},
           {"web?", "web1", true, true},
           {"web?", "web12", false, false},
           {"a*b*c", "aXbYbZc", true, true},
           {"*a*a*a*a*a*a*b", std::string(255, 'a'), false, false},
           {"<local>", "intranet", true, true},
           {"<LOCAL>", "intranet.", true, true},
           {"<local>", "a.b", false, false},
           {"<local>", "::1", false, false},
           // addresses
           {"10.0.0.1", "10.0.0.1", true, true},
           {"10.0.0.1", "10.0.0.11", false, false},
           {"10.0.0.1", "x.10.0.0.1", false, false},
           {"10.0.0.*", "10.0.0.11", true, true},
           {"[::1]", "::1", true, true},
           {"::1", "[0:0:0:0:0:0:0:1]", true, true},
           {"::1", "::1%lo", true, true},
           {"2001:DB8::1", "2001:db8:0::1", true, true},
           {"2001:db8::1", "2001:db8::2", false, false},
           {"10.0.0.1", "::ffff:10.0.0.1", true, true},
           {"::ffff:10.0.0.1", "10.0.0.1", true, true},
           // networks
           {"10.0.0.0/8", "10.255.0.1", true, true},
           {"10.0.0.0/8", "11.0.0.1", false, false},
           {"10.0.0.7/8", "10.9.9.9", true, true},
           {"192.0.2.128/25", "192.0.2.127", false, false},
           {"192.0.2.128/25", "192.0.2.128", true, true},
           {"192.0.2.1/32", "192.0.2.1", true, true},
           {"192.0.2.1/32", "192.0.2.0", false, false},
           {"0.0.0.0/0", "192.0.2.1", true, true},
           {"0.0.0.0/0", "2001:db8::1", false, false},
           {"::/0", "2001:db8::1", true, true},
           {"::/0", "192.0.2.1", false, false},
           {"2001:db8::/32", "2001:db8:ffff::1", true, true},
           {"2001:db8::/33", "2001:db8:8000::1", false, false},
           {"[2001:db8::]/32", "2001:db8::9", true, true},
           {"10.0.0.0/8", "10.example.org", false, false},
           {"10.0.0.0/8", "example.org", false, false},
           // ports: the host is asked about with port 22
           {"a:22", "a", true, true},
           {"a:23", "a", false, false},
           {"*:22", "a", true, true},
           {"10.0.0.0/8:22", "10.0.0.1", true, true},
           {"10.0.0.0/8:23", "10.0.0.1", false, false},
           {"[::1]:22", "::1", true, true},
           {"[::1]:23", "::1", false, false},
           {"[2001:db8::]/32:22", "2001:db8::9", true, true},
           // nothing that could match
           {"10.0.0.0/33", "10.0.0.0", false, false},
           {"10.0.0.0/", "10.0.0.0", false, false},
           {"10.0.0.0/8x", "10.0.0.0", false, false},
           {"a/8", "a", false, false},
           {"a:b:c", "a", false, false},
           {"*", "", false, false},
           {"*", std::string(256, 'h'), false, false},
       }) {
    INFO(row.list << " " << row.host);
    CHECK(proxy_bypassed(row.list, BypassList::exceptions, row.host, 22) == row.exceptions);
    CHECK(proxy_bypassed(row.list, BypassList::no_proxy, row.host, 22) == row.no_proxy);
  }
}

TEST_CASE("Entries that can never match are named") {
  CHECK(bad_bypass_entry("a;*.b;10.0.0.0/8;2001:db8::/32;[::1]:22;<local>;web?:80").empty());
  CHECK(bad_bypass_entry("").empty());
  for (const char* bad : {"10.0.0.0/33", "::/129", "10.0.0.0/x", "10.0.0.0/-1", "a/8", "a:b:c",
                          "a:0", "a:65536", "[::1]:x", "[]", "[::1"}) {
    INFO(bad);
    CHECK(bad_bypass_entry("a;" + std::string(bad) + ";b") == bad);
  }
  CHECK(bad_bypass_entry("\x1b[1m/8") == "?[1m/8");
}
