// A peer's guess (RFC 4253 §7.1), right and wrong, from a client and from a server, in the first
// exchange and in a re-exchange: of a wrong one exactly one packet is passed over.
#include <catch2/catch.hpp>

#include "tests/core/loopback_world.hpp"
#include "tests/core/misbehave.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

constexpr const char* kEngine = "curve25519-sha256,ecdh-sha2-nistp256";
// Begins with another method than the engine's list.
constexpr const char* kOther = "ecdh-sha2-nistp256,curve25519-sha256";
constexpr const char* kSame = "curve25519-sha256";

const Identity& host_key() { return key_of("ssh-ed25519", 100); }

// A packet of a method that was guessed, and that must not be looked at.
Octets wrong_guess(std::uint8_t number) {
  Octets out = {number};
  out.resize(60, 0xee);
  return out;
}

struct Scene {
  Scene(bool engine_is_client, bool strict) : client(engine_is_client) {
    setup = std::make_unique<Setup>(fastest_provider(),
                                    client ? IPWORKSAUTH_CLIENT : IPWORKSAUTH_SERVER);
    row = as_row(host_key());
    setup->config.kex_algorithms = kEngine;
    if (!client) setup->config.host_keys = &row;
    Ways ways;
    ways.server = client;
    ways.strict = strict;
    const Bytes blob = host_key().public_blob();
    ways.host_key.assign(blob.begin(), blob.end());
    ways.private_key = host_key().private_key();
    duel = std::make_unique<Duel>(setup->config, fastest_provider(), ways);
    duel->subject.answer = [](ipworksauth_engine* e, const ipworksauth_event& ev) {
      if (ev.kind != IPWORKSAUTH_EVENT_SIGN) return answer_plainly(e, ev);
      return ipworksauth_engine_answer_private_key(e, host_key().private_key()) == 0;
    };
    duel->peer.identify();
  }

  // One exchange in which the peer guesses with the lists it has; `packets` wrong ones.
  void exchange(bool right, int packets = 1) {
    Misbehaver& peer = duel->peer;
    peer.ways.kex = right ? kSame : kOther;
    peer.ways.follows = true;
    peer.kexinit();
    if (client) {  // the peer is the server, whose guess can only be an answer
      for (int i = 0; i < packets && !right; ++i) peer.say(wrong_guess(31));
      duel->carry();
      if (!peer.broken.empty() || !duel->subject.ended().empty()) return;
      peer.kex_reply();
    } else {
      for (int i = 0; i < packets && !right; ++i) peer.say(wrong_guess(30));
      if (right) peer.kex_init();
      duel->carry();
      if (!right && duel->subject.ended().empty()) peer.kex_init();
      duel->carry();
    }
    if (!duel->subject.ended().empty()) return;
    peer.newkeys();
    duel->carry();
  }

  bool client;
  ipworksauth_identity row{};
  std::unique_ptr<Setup> setup;
  std::unique_ptr<Duel> duel;
};

std::size_t keys(const Scene& s) {
  std::size_t n = 0;
  for (const std::string& event : s.duel->subject.events) n += event == "keys" ? 1 : 0;
  return n;
}

}  // namespace

TEST_CASE("a peer's guess, right and wrong, in the first exchange and in the next") {
  for (const bool client : {true, false}) {
    for (const bool strict : {true, false}) {
      for (const bool first_right : {true, false}) {
        for (const bool next_right : {true, false}) {
          Scene s(client, strict);
          INFO((client ? "client" : "server") << (strict ? " strict" : "") << ", first "
                                              << first_right << ", next " << next_right);
          s.exchange(first_right);
          INFO(s.duel->subject.why());
          REQUIRE(s.duel->subject.ended().empty());
          REQUIRE(keys(s) == 1);
          const std::string session = s.duel->subject.text(IPWORKSAUTH_TEXT_SESSION_ID);
          CHECK(session == as_text(s.duel->peer.session_id));
          s.exchange(next_right);
          INFO(s.duel->subject.why());
          REQUIRE(s.duel->subject.ended().empty());
          CHECK(keys(s) == 2);
          CHECK(s.duel->subject.facts().rekeys == 1);
          CHECK(s.duel->subject.text(IPWORKSAUTH_TEXT_SESSION_ID) == session);
        }
      }
    }
  }
}

// The second packet is not part of the guess.
TEST_CASE("of a wrong guess exactly one packet is passed over") {
  for (const bool client : {true, false}) {
    for (const bool in_rekey : {true, false}) {
      Scene s(client, true);
      if (in_rekey) s.exchange(true);
      const std::size_t before = keys(s);
      s.exchange(false, 2);
      INFO((client ? "client" : "server") << " " << in_rekey);
      CHECK_FALSE(s.duel->subject.ended().empty());
      CHECK(keys(s) == before);
    }
  }
}

// RFC 4253 §7.1: a guess is wrong when the first names differ, even if the method agreed on is the
// one that was guessed.
TEST_CASE("a guess is judged by the first names, not by what was agreed on") {
  Scene s(false, true);
  Misbehaver& peer = s.duel->peer;
  peer.ways.kex = kOther;
  peer.ways.follows = true;
  peer.kexinit();
  peer.kex_init();  // of the very method that will be agreed on
  s.duel->carry();
  CHECK(s.duel->subject.text(IPWORKSAUTH_TEXT_KEX) == "ecdh-sha2-nistp256");
  for (const Octets& payload : peer.heard) CHECK(payload[0] != 31);
  peer.kex_init();
  s.duel->carry();
  peer.newkeys();
  s.duel->carry();
  INFO(s.duel->subject.why());
  CHECK(keys(s) == 1);
}

TEST_CASE("a wrong guess of the host key alone is wrong") {
  Scene s(false, true);
  Misbehaver& peer = s.duel->peer;
  peer.ways.host_keys = "rsa-sha2-512,ssh-ed25519";
  peer.ways.follows = true;
  peer.kexinit();
  peer.say(wrong_guess(30));
  s.duel->carry();
  REQUIRE(s.duel->subject.ended().empty());
  peer.kex_init();
  s.duel->carry();
  peer.newkeys();
  s.duel->carry();
  CHECK(keys(s) == 1);
}
