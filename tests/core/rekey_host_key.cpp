// A server that comes with another host key in a re-exchange: the host decides anew, and until it
// has, no credential leaves.
#include <catch2/catch.hpp>

#include "tests/core/loopback_world.hpp"
#include "tests/core/misbehave.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

Ways ways_of(const Identity& key) {
  Ways ways;
  ways.host_key.assign(key.public_blob().begin(), key.public_blob().end());
  ways.private_key = key.private_key();
  return ways;
}

// A client that has logged in so far that it awaits the answer to its password.
struct Scene {
  explicit Scene(const char* strict_marker = "strict")
      : setup(fastest_provider(), IPWORKSAUTH_CLIENT),
        duel(setup.config, fastest_provider(), ways_of(key_of("ssh-ed25519", 100))) {
    duel.peer.ways.strict = std::string(strict_marker) == "strict";
    duel.subject.answer = [this](ipworksauth_engine* e, const ipworksauth_event& ev) {
      if (ev.kind == IPWORKSAUTH_EVENT_HOST_KEY) {
        flags.push_back(ev.flags);
        const std::uint32_t verdict = accept ? std::uint32_t{IPWORKSAUTH_ACCEPT_HOST_KEY} : 0;
        return !hold && ipworksauth_engine_answer_host_key(e, verdict) == 0;
      }
      return answer_plainly(e, ev);
    };
    duel.peer.identify();
    duel.carry();
    exchange();
    duel.peer.say(ServiceAccept{"ssh-userauth"});
    duel.carry();
    REQUIRE(duel.subject.has("attempt:password"));
  }
  // As the honest server does, from KEXINIT to NEWKEYS.
  void exchange() {
    duel.peer.kexinit();
    duel.carry();
    duel.peer.kex_reply();
    duel.peer.newkeys();
    duel.carry();
  }
  void come_with(const Identity& key) {
    const Ways other = ways_of(key);
    duel.peer.ways.host_key = other.host_key;
    duel.peer.ways.private_key = other.private_key;
  }

  bool accept = true, hold = false;
  std::vector<std::uint32_t> flags;
  Setup setup;
  Duel duel;
};

}  // namespace

TEST_CASE("another host key in a re-exchange is asked about, and goes on when accepted") {
  for (const char* strict : {"strict", "not strict"}) {
    Scene s(strict);
    s.come_with(key_of("ssh-ed25519", 101));
    s.exchange();
    INFO(s.duel.subject.why());
    REQUIRE(s.flags.size() == 2);
    CHECK(s.flags[0] == 0);
    CHECK(s.flags[1] == IPWORKSAUTH_FLAG_REKEY);
    CHECK(s.duel.subject.facts().rekeys == 1);
    const Bytes blob = key_of("ssh-ed25519", 101).public_blob();
    CHECK(s.duel.subject.text(IPWORKSAUTH_TEXT_HOST_KEY) == as_text(blob));
    s.duel.peer.say(UserauthSuccess{});
    s.duel.carry();
    CHECK(s.duel.subject.has("authenticated"));
  }
}

TEST_CASE("the accepted host key in a re-exchange is not asked about again") {
  Scene s;
  s.exchange();
  CHECK(s.flags.size() == 1);
  CHECK(s.duel.subject.facts().rekeys == 1);
  CHECK(s.duel.subject.ended().empty());
}

TEST_CASE("another host key in a re-exchange ends the connection when refused") {
  Scene s;
  s.accept = false;
  s.come_with(key_of("ssh-ed25519", 101));
  s.duel.peer.heard.clear();
  s.exchange();
  CHECK(s.flags.size() == 2);
  CHECK(s.duel.subject.ended() == "host_key_refused");
  CHECK(s.duel.subject.facts().rekeys == 0);
  // No NEWKEYS, and no success from whom nobody knows.
  REQUIRE(!s.duel.peer.heard.empty());
  CHECK(s.duel.peer.heard.back()[0] == 1);
  for (const Octets& payload : s.duel.peer.heard)
    CHECK((payload[0] == 20 || payload[0] == 30 || payload[0] == 1));
}

TEST_CASE("while the host thinks about another host key nothing leaves") {
  Scene s;
  s.hold = true;
  s.come_with(key_of("ssh-ed25519", 101));
  s.duel.peer.heard.clear();
  s.duel.peer.kexinit();
  s.duel.carry();
  s.duel.peer.kex_reply();
  s.duel.carry();
  CHECK(s.duel.subject.facts().question == IPWORKSAUTH_EVENT_HOST_KEY);
  for (const Octets& payload : s.duel.peer.heard) CHECK((payload[0] == 20 || payload[0] == 30));
  REQUIRE(ipworksauth_engine_answer_host_key(s.duel.subject.engine(),
                                             IPWORKSAUTH_ACCEPT_HOST_KEY) == 0);
  s.duel.peer.newkeys();
  s.duel.carry();
  CHECK(s.duel.subject.facts().rekeys == 1);
}

TEST_CASE("a re-exchange whose signature does not verify ends the connection") {
  Scene s;
  s.duel.peer.ways.private_key = key_of("ssh-ed25519", 101).private_key();  // of another key
  s.exchange();
  CHECK(s.flags.size() == 1);
  CHECK(s.duel.subject.ended() == "bad_signature");
}
