// How often the client has to speak until it is authenticated, for every method, with and without a
// guess of the key exchange (RFC 4253 §7, §7.1).
#include <catch2/catch.hpp>

#include "tests/core/loopback_world.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

constexpr std::uint32_t kWhenKnown = 1, kNever = 2, kEager = 3;
constexpr const char* kRightHint = "curve25519-sha256,ssh-ed25519";

// Both sides' lists begin with the method of the hint, whatever the provider's do.
struct Known : World {
  Known() {
    client.kex_algorithms = server.kex_algorithms =
        "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,"
        "diffie-hellman-group14-sha256";
  }
};

struct Kind {
  const char* name;
  std::uint32_t extra;  // flights that challenges add
  void (*set)(World&);
};

const Kind kKinds[] = {
    {"password", 0,
     [](World& w) {
       w.client.methods = "password";
       w.client_host.passwords = {"secret"};
     }},
    {"publickey", 0,
     [](World& w) {
       w.client.methods = "publickey";
       w.add_user_key(key_of("ssh-ed25519"));
     }},
    {"publickey RSA", 0,
     [](World& w) {
       w.client.methods = "publickey";
       w.add_user_key(key_of("ssh-rsa"));
     }},
    {"publickey after a probe", 1,
     [](World& w) {
       w.client.methods = "publickey";
       w.add_user_key(key_of("ssh-ed25519", 0));
       w.add_user_key(key_of("ssh-ed25519", 1));
     }},
    {"publickey after a probe that is refused", 2,
     [](World& w) {
       w.client.methods = "publickey";
       w.add_user_key(key_of("ssh-ed25519", 0), false);
       w.add_user_key(key_of("ssh-ed25519", 1));
     }},
    {"keyboard-interactive, two rounds", 2,
     [](World& w) {
       w.client.methods = "keyboard-interactive";
       w.client_host.responses = w.server_host.right_responses = {{"one", "two"}, {"three"}};
       w.server_host.rounds = {{{"1?", 0}, {"2?", 0}}, {{"3?", 1}}};
     }},
    {"none, then password", 1,
     [](World& w) {
       w.client.methods = "none,password";
       w.client_host.passwords = {"secret"};
     }},
    {"password that must be changed", 1,
     [](World& w) {
       w.client.methods = "password";
       w.client_host.passwords = {"secret"};
       w.server_host.change_password = true;
     }},
    {"publickey, then password", 1,
     [](World& w) {
       w.client.methods = "publickey,password";
       w.client_host.passwords = {"secret"};
       w.add_user_key(key_of("ssh-ed25519"));
       w.server_host.steps = {"publickey", "password"};
     }},
};

// The flights of a login that must succeed.
std::uint32_t flights(World& w, Feed feed = Feed::whole) {
  const PairResult result = w.run(feed);
  INFO(w.errors());
  REQUIRE(result.both_open);
  CHECK(w.pair->client.text(IPWORKSAUTH_TEXT_SESSION_ID) ==
        w.pair->server.text(IPWORKSAUTH_TEXT_SESSION_ID));
  return result.client_flights;
}

}  // namespace

TEST_CASE("flights of every method: three cold, two with a right guess, one more a challenge") {
  for (const Kind& kind : kKinds) {
    INFO(kind.name);
    Known cold;
    kind.set(cold);
    CHECK(flights(cold) == 3 + kind.extra);
    CHECK(cold.pair->client.text(IPWORKSAUTH_TEXT_GUESS_HINT) == kRightHint);

    Known warm;
    kind.set(warm);
    warm.client.guess_hint = kRightHint;
    CHECK(flights(warm) == 2 + kind.extra);

    Known eager;
    kind.set(eager);
    eager.client.kex_guess = kEager;
    CHECK(flights(eager) == 2 + kind.extra);

    Known never;
    kind.set(never);
    never.client.guess_hint = kRightHint;
    never.client.kex_guess = kNever;
    CHECK(flights(never) == 3 + kind.extra);

    // Step by step, for servers that take it no other way: the service, then the request.
    Known slow;
    kind.set(slow);
    slow.client.pipelining = 2;
    CHECK(flights(slow) == 4 + kind.extra);
  }
}

TEST_CASE("a guess that the server no longer shares costs a message, not the login") {
  struct Stale {
    const char* server_kex;
    const char* host_key;
  };
  const Stale stales[] = {{"ecdh-sha2-nistp256,curve25519-sha256", "ssh-ed25519"},
                          {"curve25519-sha256@libssh.org,curve25519-sha256", "ssh-ed25519"},
                          {"ecdh-sha2-nistp384", "ssh-ed25519"},
                          {"diffie-hellman-group14-sha256", "ssh-ed25519"},
                          {"curve25519-sha256", "ecdsa-sha2-nistp256"}};
  for (const Stale& stale : stales) {
    for (const Feed feed : {Feed::whole, Feed::one_octet, Feed::random_cuts}) {
      for (const std::uint32_t strict : {1U, 2U}) {
        INFO(stale.server_kex << " " << stale.host_key << " strict " << strict);
        Known w;
        w.client.methods = "password";
        w.client_host.passwords = {"secret"};
        w.client.guess_hint = kRightHint;
        w.client.strict_kex = strict;
        w.server.kex_algorithms = stale.server_kex;
        w.set_host_key(key_of(stale.host_key, 100));
        const std::uint32_t spoken = flights(w, feed);
        if (feed == Feed::whole) CHECK(spoken == 3);
        CHECK(w.pair->client.text(IPWORKSAUTH_TEXT_GUESS_HINT) != kRightHint);
      }
    }
  }
}

TEST_CASE("a hint that does not fit our own lists is no reason to guess") {
  for (const char* hint : {"", "curve25519-sha256", "ecdh-sha2-nistp256,ssh-ed25519",
                           "curve25519-sha256,rsa-sha2-512", ",", "x,y,z"}) {
    Known w;
    w.client.methods = "password";
    w.client_host.passwords = {"secret"};
    w.client.guess_hint = hint;
    w.client.kex_guess = kWhenKnown;
    INFO("hint \"" << hint << "\"");
    CHECK(flights(w) == 3);
  }
}

TEST_CASE("eager: right by the method alone, however the lists begin") {
  Known w;
  w.client.methods = "password";
  w.client_host.passwords = {"secret"};
  w.client.kex_guess = kEager;
  w.server.kex_algorithms = "ecdh-sha2-nistp256,curve25519-sha256";
  w.set_host_key(key_of("ecdsa-sha2-nistp256", 100));
  CHECK(flights(w) == 2);
}

TEST_CASE("eager: wrong ends the connection on both sides, in words") {
  for (const char* kex : {"ecdh-sha2-nistp256", "diffie-hellman-group14-sha256"}) {
    for (const Feed feed : {Feed::whole, Feed::one_octet}) {
      Known w;
      w.client.methods = "password";
      w.client_host.passwords = {"secret"};
      w.client.kex_guess = kEager;
      w.server.kex_algorithms = kex;
      const PairResult result = w.run(feed);
      INFO(kex << ": " << w.errors());
      CHECK_FALSE(result.both_open);
      CHECK(w.pair->client.error().code == IPWORKSAUTH_E_WRONG_GUESS);
      CHECK(w.pair->server.facts().stage == IPWORKSAUTH_STAGE_ENDED);
      CHECK(count(w.client_host, "password") == 0);
    }
  }
}
