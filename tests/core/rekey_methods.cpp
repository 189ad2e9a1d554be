// A re-exchange from every key exchange method to every other, in both roles, over real crypto: one
// connection, whose exchanges go along every pair of methods once. Those by GSSAPI, which need a
// mechanism, have tests of their own.
#include <catch2/catch.hpp>

#include "tests/core/loopback_world.hpp"
#include "tests/core/misbehave.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

std::vector<std::string> methods() {
  std::vector<std::string> out;
  for (const KexMethod& method : kex_methods())
    if (!is_by_gss(method) && find_method(fastest_provider(), method.name) != nullptr)
      out.emplace_back(method.name);
  return out;
}

std::string as_list(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ",") + name;
  return out;
}

// A walk that passes from every one of `count` places to every one, itself too, once: the last of
// what is left is taken at each (Hierholzer's way to a closed walk over a complete digraph).
std::vector<std::size_t> every_pair(std::size_t count) {
  std::vector<std::size_t> left(count, count), stack = {0}, walk;
  while (!stack.empty()) {
    const std::size_t at = stack.back();
    if (left[at] != 0) {
      stack.push_back(--left[at]);
    } else {
      walk.push_back(at);
      stack.pop_back();
    }
  }
  return {walk.rbegin(), walk.rend()};
}

bool in_group(const std::string& method) {
  return method.find("group-exchange") != std::string::npos;
}

void exchange(Duel& d, const std::string& method) {
  d.peer.ways.kex = method;
  d.peer.kexinit();
  d.carry();
  if (d.peer.ways.server) {
    if (in_group(method)) {
      d.peer.group();
      d.carry();
    }
    d.peer.kex_reply();
  } else {
    d.peer.kex_init();
    d.carry();
    if (in_group(method)) {
      d.peer.init_in_group();
      d.carry();
    }
  }
  d.peer.newkeys();
  d.carry();
}

}  // namespace

TEST_CASE("a re-exchange from every key exchange method to every other, in both roles") {
  const std::vector<std::string> all = methods();
  const std::string names = as_list(all);
  const std::vector<std::size_t> walk = every_pair(all.size());
  REQUIRE(walk.size() == all.size() * all.size() + 1);
  const Identity& key = key_of("ssh-ed25519", 100);
  for (const std::uint32_t role : {IPWORKSAUTH_CLIENT, IPWORKSAUTH_SERVER}) {
    const bool client = role == IPWORKSAUTH_CLIENT;
    Setup setup(fastest_provider(), role);
    setup.config.kex_algorithms = names.c_str();
    setup.config.max_rekeys = 100'000;
    // Groups of the least length there is, or the walk would take long.
    setup.config.group_bits = 2048;
    Ways ways;
    ways.server = client;
    ways.groups.preferred = 2048;
    ways.kex = all[walk[0]];
    ways.host_key.assign(key.public_blob().begin(), key.public_blob().end());
    ways.private_key = key.private_key();
    Duel d(setup.config, fastest_provider(), ways);
    d.peer.identify();
    d.carry();
    for (std::size_t i = 0; i < walk.size(); ++i) {
      exchange(d, all[walk[i]]);
      INFO((client ? "client, to " : "server, to ")
           << all[walk[i]] << ": " << d.subject.why() << d.peer.broken);
      REQUIRE(d.subject.ended() == "");
      REQUIRE(d.subject.facts().rekeys == i);
      REQUIRE(d.subject.text(IPWORKSAUTH_TEXT_KEX) == all[walk[i]]);
    }
  }
}
