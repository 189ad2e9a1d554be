// While a signature is awaited, which may take as long as a person does, the client listens: to
// what may be said at any time (RFC 4253 §11), and above all to a server that ends the connection.
#include <catch2/catch.hpp>

#include "tests/core/scenes.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

bool all_but_signatures(ipworksauth_engine* e, const ipworksauth_event& ev) {
  return ev.kind != IPWORKSAUTH_EVENT_SIGN && answer_plainly(e, ev);
}

// The host key is accepted and a signature is asked for; the server's NEWKEYS is not here yet.
std::unique_ptr<Scene::Set> asked_to_sign() {
  Scene scene = client_at("", Layer::later, true, {meet, say_kexinit});
  scene.methods = "publickey";
  auto set = scene.set();
  set->duel->subject.answer = all_but_signatures;
  say_reply(*set->duel);
  REQUIRE(set->duel->subject.events.back() == "sign?");
  set->duel->outcome();
  return set;
}

std::unique_ptr<Scene::Set> asked_in_authentication() {
  auto set = asked_to_sign();
  say_newkeys(*set->duel);
  grant(*set->duel);
  CHECK(set->duel->outcome() == "keys");
  return set;
}

bool still_asked(const Duel& d) { return d.subject.facts().question == IPWORKSAUTH_EVENT_SIGN; }

int sign(Duel& d) {
  const Octets signature = false_signature("ssh-ed25519");
  return ipworksauth_engine_answer_signature(d.subject.engine(), signature.data(),
                                             signature.size());
}

}  // namespace

TEST_CASE("listening: a server's farewell ends a login that waits for a signature") {
  for (const bool before_newkeys : {true, false}) {
    const auto set = before_newkeys ? asked_to_sign() : asked_in_authentication();
    Duel& d = *set->duel;
    d.peer.say(Disconnect{2, "no time left", ""});
    d.carry();
    CHECK(d.outcome() == "ends:peer_disconnected");
    CHECK(d.subject.why() == "the peer ended the connection (reason 2): no time left");
    CHECK(d.subject.facts().question == 0);
    CHECK(sign(d) == IPWORKSAUTH_E_CLOSED);
    d.carry();
    CHECK(d.outcome() == "ends:peer_disconnected");  // nothing more was said
  }
}

TEST_CASE("listening: a server that hangs up ends a login that waits for a signature") {
  const auto set = asked_in_authentication();
  Duel& d = *set->duel;
  REQUIRE(ipworksauth_engine_receive_end(d.subject.engine()) == 0);
  d.carry();
  CHECK(d.outcome() == "ends:connection_lost");
  CHECK(sign(d) == IPWORKSAUTH_E_CLOSED);
}

TEST_CASE("listening: what may be said is taken, and the signature can be given at any time") {
  const auto set = asked_to_sign();
  Duel& d = *set->duel;
  d.peer.newkeys();
  d.peer.say(ExtInfo{true, "ssh-ed25519", false});
  d.peer.say(ServiceAccept{"ssh-userauth"});
  d.peer.say(Ignore{as_bytes("chaff")});
  d.peer.say(Debug{true, "note", ""});
  d.peer.say(UserauthBanner{"hello", ""});
  d.carry();
  CHECK(d.outcome() == "keys ext-info debug banner");
  CHECK(still_asked(d));

  SECTION("behind them") { CHECK(sign(d) == 0); }
  SECTION("before the last of them was looked at") {
    d.peer.say(UserauthBanner{"and more", ""});
    const Octets said = d.peer.take();
    std::size_t used = 0;
    ipworksauth_event ev{};
    REQUIRE(ipworksauth_engine_receive(d.subject.engine(), said.data(), said.size(), &used) == 0);
    REQUIRE(ipworksauth_engine_next_event(d.subject.engine(), &ev) == 1);
    CHECK(ev.kind == IPWORKSAUTH_EVENT_BANNER);
    CHECK(sign(d) == 0);
  }
  SECTION("with a key, by the question that was put by") {
    d.peer.say(UserauthBanner{"and more", ""});
    d.carry();
    const std::uint8_t seed[32] = {1};
    ipworksauth_private_key key{};
    key.d = seed;
    key.d_len = sizeof seed;
    CHECK(ipworksauth_engine_answer_private_key(d.subject.engine(), &key) == 0);
  }
  d.carry();
  CHECK(d.outcome().ends_with("attempt:publickey says-50"));
  succeed(d);
  CHECK(d.subject.has("authenticated"));
}

TEST_CASE("listening: a re-exchange waits for the signature, which leaves before our KEXINIT") {
  const auto set = asked_in_authentication();
  Duel& d = *set->duel;
  d.peer.kexinit();
  d.carry();
  CHECK(d.outcome() == "nothing");
  CHECK(still_asked(d));
  SECTION("and goes on") {
    REQUIRE(sign(d) == 0);
    d.carry();
    CHECK(d.outcome() == "attempt:publickey negotiated says-50 says-20 says-30");
    say_reply(d);
    say_newkeys(d);
    succeed(d);
    CHECK(d.subject.has("authenticated"));
  }
  SECTION("unless the server goes; its last words are heard behind it") {
    d.peer.say(Disconnect{2, "no time left", ""});
    d.carry();
    REQUIRE(ipworksauth_engine_receive_end(d.subject.engine()) == 0);
    d.carry();
    CHECK(d.subject.ended() == "peer_disconnected");
  }
}

TEST_CASE("listening: the gate and the limits are those of always") {
  SECTION("an answer to a request that was not sent") {
    for (const Step step : {fail, succeed}) {
      const auto set = asked_in_authentication();
      step(*set->duel);
      CHECK(set->duel->outcome() == "says-1 ends:unexpected_message");
    }
  }
  SECTION("noise in a strict key exchange") {
    const auto set = asked_to_sign();
    set->duel->peer.say(Ignore{as_bytes("chaff")});
    set->duel->carry();
    CHECK(set->duel->subject.ended() == "unexpected_message");
  }
  SECTION("noise without end") {
    const auto set = asked_in_authentication();
    for (int i = 0; i < 1025; ++i) set->duel->peer.say(Ignore{as_bytes("chaff")});
    set->duel->carry();
    CHECK(set->duel->subject.ended() == "too_much");
  }
  SECTION("noise without end, told: the end is, too, by the call that finds it") {
    const auto set = asked_in_authentication();
    ipworksauth_engine* engine = set->duel->subject.engine();
    for (int i = 0; i < 1025; ++i) set->duel->peer.say(Debug{true, "chaff", ""});
    const Octets said = set->duel->peer.take();
    Bytes left = said;
    unsigned told = 0;
    ipworksauth_event ev{};
    while (ev.kind != IPWORKSAUTH_EVENT_ENDED) {
      std::size_t used = 0;
      REQUIRE(ipworksauth_engine_receive(engine, left.data(), left.size(), &used) == 0);
      left = left.subspan(used);
      const int got = ipworksauth_engine_next_event(engine, &ev);
      REQUIRE(got == 1);  // the question at least, and ENDED at last
      told += ev.kind == IPWORKSAUTH_EVENT_DEBUG ? 1 : 0;
    }
    CHECK(told == 1024);
    CHECK(ev.code == IPWORKSAUTH_E_TOO_MUCH);
    CHECK(ipworksauth_engine_next_event(engine, &ev) == 0);
  }
}
