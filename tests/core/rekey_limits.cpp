// What makes keys be exchanged anew without anybody asking: octets, packets, time (RFC 4253 §9, RFC
// 4344 §3); and how often it may happen.
#include <catch2/catch.hpp>

#include "tests/core/loopback_world.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

// A login of many packets: `rounds` rounds of one question each.
void ask_often(World& w, std::size_t rounds) {
  w.client.methods = "keyboard-interactive";
  for (std::size_t i = 0; i < rounds; ++i) {
    w.client_host.responses.push_back({"yes"});
    w.server_host.right_responses.push_back({"yes"});
    w.server_host.rounds.push_back({{"again?", 1}});
  }
}

void check_same_rekeys(const World& w, std::uint32_t least, std::uint32_t most) {
  const auto client = w.pair->client.facts().rekeys, server = w.pair->server.facts().rekeys;
  CHECK(client == server);
  CHECK(client >= least);
  CHECK(client <= most);
}

void use_password(World& w) {
  w.client.methods = "password";
  w.client_host.passwords = {"secret"};
}

void login(World& w) {
  const bool open = w.run().both_open;
  INFO(w.errors());
  REQUIRE(open);
}

}  // namespace

TEST_CASE("keys are exchanged anew after so many packets, whoever counts") {
  for (const bool client_counts : {true, false}) {
    World w;
    ask_often(w, 30);
    (client_counts ? w.client : w.server).rekey_packets = 10;
    const bool open = w.run().both_open;
    INFO(w.errors());
    REQUIRE(open);
    check_same_rekeys(w, 3, 10);
    CHECK(count(w.client_host, "prompts 1") == 30);
    CHECK(count(w.client_host, "rekeyed") == w.pair->client.facts().rekeys);
  }
}

TEST_CASE("keys are exchanged anew after so many octets, whoever counts") {
  for (const bool client_counts : {true, false}) {
    World w;
    ask_often(w, 30);
    (client_counts ? w.client : w.server).rekey_octets = 1000;
    const bool open = w.run(Feed::random_cuts, 5).both_open;
    INFO(w.errors());
    REQUIRE(open);
    check_same_rekeys(w, 3, 16);
  }
}

// The least thresholds there are: an exchange itself is longer than they are, and still the login
// gets on between two exchanges until the cap ends it, in words.
TEST_CASE("thresholds too small to live with end at the cap, not in a loop") {
  World w;
  ask_often(w, 40);
  w.client.rekey_packets = 1;
  const PairResult result = w.run();
  INFO(w.errors());
  CHECK_FALSE(result.both_open);
  CHECK(w.pair->server.error().code == IPWORKSAUTH_E_TOO_MUCH);
  CHECK(w.pair->client.error().code == IPWORKSAUTH_E_PEER_DISCONNECTED);
  CHECK(w.pair->server.facts().rekeys == 16);
}

TEST_CASE("keys are exchanged anew after an hour, or after what the configuration says") {
  for (const bool client_counts : {true, false}) {
    World w;
    const std::uint64_t limit = client_counts ? 3'600'000 : 90'000;
    if (!client_counts) w.server.rekey_time = limit;
    use_password(w);
    w.join();
    ipworksauth_engine* const clock = (client_counts ? w.pair->client : w.pair->server).engine();
    REQUIRE(ipworksauth_engine_tick(clock, 1000) == 0);
    login(w);
    REQUIRE(ipworksauth_engine_tick(clock, 1500) == 0);  // the keys are as old as this
    std::uint64_t when = 0;
    REQUIRE(ipworksauth_engine_deadline(clock, &when) == 1);
    CHECK(when == 1500 + limit);
    REQUIRE(ipworksauth_engine_tick(clock, when - 1) == 0);
    w.run();
    check_same_rekeys(w, 0, 0);
    REQUIRE(ipworksauth_engine_tick(clock, when) == 0);
    w.run();
    check_same_rekeys(w, 1, 1);
    // The new keys have an hour of their own.
    REQUIRE(ipworksauth_engine_tick(clock, when + 1) == 0);
    w.run();
    check_same_rekeys(w, 1, 1);
    std::uint64_t next = 0;
    REQUIRE(ipworksauth_engine_deadline(clock, &next) == 1);
    CHECK(next == when + 1 + limit);
  }
}

TEST_CASE("after success keys are exchanged anew as often as anybody likes") {
  for (const char* compression : {"none", "zlib", "zlib@openssh.com"}) {
    World w;
    w.client.compressions = w.server.compressions = compression;
    use_password(w);
    login(w);
    const std::string session = w.pair->client.text(IPWORKSAUTH_TEXT_SESSION_ID);
    for (std::uint32_t i = 1; i <= 40; ++i) {
      if (i % 2 == 0) REQUIRE(ipworksauth_engine_rekey(w.pair->client.engine()) == 0);
      if (i % 3 != 1) REQUIRE(ipworksauth_engine_rekey(w.pair->server.engine()) == 0);
      if (i % 6 == 1) REQUIRE(ipworksauth_engine_rekey(w.pair->client.engine()) == 0);
      // Twice is once: one is running.
      if (i % 5 == 0) REQUIRE(ipworksauth_engine_rekey(w.pair->client.engine()) == 0);
      w.run();
      INFO(i << " " << w.errors());
      REQUIRE(w.pair->client.authenticated());
      check_same_rekeys(w, i, i);
      // What travels under the new keys is understood.
      REQUIRE(ipworksauth_engine_ignore(w.pair->client.engine(), 100) == 0);
      REQUIRE(ipworksauth_engine_ignore(w.pair->server.engine(), 0) == 0);
      w.run();
      REQUIRE(w.pair->server.authenticated());
    }
    CHECK(w.pair->client.text(IPWORKSAUTH_TEXT_SESSION_ID) == session);
    CHECK(w.pair->server.text(IPWORKSAUTH_TEXT_SESSION_ID) == session);
    CHECK(count(w.client_host, "host-key") == 1);
  }
}

// RFC 4253 §9 lets either side exchange keys at any time; a peer that does nothing else would keep
// a login alive for ever.
TEST_CASE("before authentication the peer may exchange keys anew only so often") {
  for (const bool client_is_patient : {true, false}) {
    World w;
    ask_often(w, 40);
    (client_is_patient ? w.client : w.server).max_rekeys = 3;
    Host& eager = client_is_patient ? w.server_host : w.client_host;
    eager.hook = [](ipworksauth_engine* e, const ipworksauth_event& ev) {
      if (ev.kind != IPWORKSAUTH_EVENT_SIGN) ipworksauth_engine_rekey(e);
      return false;
    };
    const PairResult result = w.run();
    INFO(w.errors());
    CHECK_FALSE(result.both_open);
    const Side& patient = client_is_patient ? w.pair->client : w.pair->server;
    const Side& other = client_is_patient ? w.pair->server : w.pair->client;
    CHECK(patient.error().code == IPWORKSAUTH_E_TOO_MUCH);
    CHECK(patient.facts().rekeys == 3);
    CHECK(other.error().code == IPWORKSAUTH_E_PEER_DISCONNECTED);
  }
}

TEST_CASE("no re-exchange is started before the first exchange is complete") {
  World w;
  use_password(w);
  w.join();
  CHECK(ipworksauth_engine_rekey(w.pair->client.engine()) == IPWORKSAUTH_E_STATE);
  CHECK(ipworksauth_engine_rekey(w.pair->server.engine()) == IPWORKSAUTH_E_STATE);
  CHECK(w.pair->client.facts().can_start_rekey == 0);
  login(w);
  CHECK(w.pair->client.facts().can_start_rekey == 1);
}

// A question that is open when a re-exchange is asked for is answered first, whatever time passes.
TEST_CASE("a re-exchange waits for the answer to an open question") {
  World w;
  bool held = false;
  w.client.methods = "password";
  w.client_host.hook = [&](ipworksauth_engine* e, const ipworksauth_event& ev) {
    if (ev.kind != IPWORKSAUTH_EVENT_PASSWORD || held) return false;
    held = true;
    CHECK(ipworksauth_engine_rekey(e) == 0);
    ipworksauth_engine_facts facts{};
    CHECK(ipworksauth_engine_get_facts(e, &facts) == 0);
    CHECK(facts.question == IPWORKSAUTH_EVENT_PASSWORD);
    CHECK(ipworksauth_engine_answer_password(e, "secret", 6) == 0);
    return true;
  };
  const bool open = w.run().both_open;
  INFO(w.errors());
  REQUIRE(open);
  REQUIRE(held);
  check_same_rekeys(w, 1, 1);
}
