// Properties of a client's key exchange, and of a server's where they have a counterpart: what must
// not change with new keys, and guesses.
#include <catch2/catch.hpp>

#include "tests/core/scenes.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

const std::vector<Step> kOpen = {meet, say_kexinit, say_reply, say_newkeys, grant, succeed};
const std::vector<Step> kServerService = {meet, say_kexinit, say_init, say_newkeys};

// A message of a method that nobody offered, as a wrong guess is.
const Octets kStray = {34, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0, 32, 0};

Scene with_guess(Scene s, const char* kex, const char* host_keys) {
  s.tweak = [kex, host_keys](ipworksauth_engine_config& c, Ways& ways) {
    c.kex_algorithms = "curve25519-sha256,ecdh-sha2-nistp256";
    c.host_key_algorithms = "ssh-ed25519";
    ways.kex = kex;
    ways.host_keys = host_keys;
    ways.follows = true;
  };
  return s;
}

}  // namespace

TEST_CASE("property 16: the session id is that of the first exchange for ever") {
  for (const bool strict : {false, true}) {
    for (const bool client : {true, false}) {
      const Step say_ours = client ? say_reply : say_init;
      const auto set = client ? client_at("", Layer::later, strict, kOpen).set()
                              : server_at("", Layer::later, strict, kServerService).set();
      Duel& d = *set->duel;
      const std::string id = d.subject.text(IPWORKSAUTH_TEXT_SESSION_ID);
      // What is hashed is exact: the other side came to the same.
      CHECK(id == std::string(as_text(d.peer.session_id)));
      CHECK(id.size() == 32);
      for (int i = 0; i < 5; ++i) {
        if (i % 2 == 0) we_rekey(d);
        say_kexinit(d);
        say_ours(d);
        CHECK(d.subject.text(IPWORKSAUTH_TEXT_SESSION_ID) == id);
        say_newkeys(d);
        CHECK(d.subject.text(IPWORKSAUTH_TEXT_SESSION_ID) == id);
      }
      CHECK(d.subject.facts().rekeys == 5);
      CHECK(d.subject.ended() == "");
    }
  }
}

TEST_CASE(
    "property 16: a re-exchange with another host key asks again, and nothing leaves before") {
  for (const bool accept : {true, false}) {
    const auto set = client_at("", Layer::later, true, kOpen).set();
    Duel& d = *set->duel;
    d.outcome();
    say_kexinit(d);
    d.peer.ways.host_key = false_ed25519(8);
    d.subject.answer = [](ipworksauth_engine*, const ipworksauth_event& ev) {
      CHECK(ev.kind == IPWORKSAUTH_EVENT_HOST_KEY);
      CHECK(ev.flags == IPWORKSAUTH_FLAG_REKEY);
      CHECK(same_bytes(Bytes(ev.key.data, ev.key.len), false_ed25519(8)));
      return false;
    };
    say_reply(d);
    CHECK(d.outcome() == "negotiated host-key? says-20 says-30");
    ipworksauth_engine_answer_host_key(d.subject.engine(),
                                       accept ? IPWORKSAUTH_ACCEPT_HOST_KEY : 0);
    d.carry();
    CHECK(d.outcome() == (accept ? "says-21" : "says-1 ends:host_key_refused"));
    if (!accept) continue;
    say_newkeys(d);
    CHECK(d.outcome() == "keys");
  }
}

TEST_CASE("property 16: the same host key is verified again in every exchange") {
  const auto set = client_at("", Layer::later, true, kOpen).set();
  Duel& d = *set->duel;
  say_kexinit(d);
  d.outcome();
  Octets reply = d.peer.make_kex_reply();
  reply[reply.size() - 64] = 0xff;  // the one signature that the null provider refuses
  d.peer.say(reply);
  d.carry();
  CHECK(d.outcome() == "says-1 ends:bad_signature");
}

// CVE-2023-1667, CVE-2025-8277: what a wrong guess of the peer leaves behind.
TEST_CASE("property 18: of a wrong guess exactly one packet is discarded, also in a re-exchange") {
  struct Guess {
    const char* kex;
    const char* host_keys;
  };
  // Wrong by the method, and wrong by the host key algorithm alone (RFC 4253 §7.1: both count).
  const Guess guesses[] = {{"ecdh-sha2-nistp256,curve25519-sha256", "ssh-ed25519"},
                           {"curve25519-sha256", "rsa-sha2-512,ssh-ed25519"}};
  for (const Guess& guess : guesses) {
    for (const bool client : {true, false}) {
      const Step say_ours = client ? say_reply : say_init;
      const Scene s = with_guess(client ? client_at("", Layer::later, true, {meet})
                                        : server_at("", Layer::later, true, {meet}),
                                 guess.kex, guess.host_keys);
      const auto set = s.set();
      Duel& d = *set->duel;
      for (int exchange = 0; exchange < 3; ++exchange) {
        if (exchange == 2) we_rekey(d);
        d.peer.kexinit();
        d.peer.say(kStray);
        d.carry();
        say_ours(d);
        say_newkeys(d);
        INFO((client ? "client, " : "server, ")
             << guess.kex << ", exchange " << exchange << ": " << d.subject.why());
        CHECK(d.subject.ended() == "");
        CHECK(d.subject.facts().rekeys == static_cast<std::uint32_t>(exchange));
        CHECK(d.subject.facts().stage >= IPWORKSAUTH_STAGE_SERVICE);
      }
    }
  }
}

TEST_CASE("property 18: a second stray packet, and one that no flag announced, end the exchange") {
  for (const bool client : {true, false}) {
    for (const bool rekey : {false, true}) {
      const std::vector<Step> later = client ? kOpen : kServerService;
      const std::vector<Step> steps = rekey ? later : std::vector<Step>{meet};
      Scene s = client ? client_at("", Layer::later, true, steps)
                       : server_at("", Layer::later, true, steps);
      s.tweak = [](ipworksauth_engine_config& c, Ways&) {
        c.kex_algorithms = "curve25519-sha256,ecdh-sha2-nistp256";
      };
      for (const int strays : {1, 2}) {
        const auto set = s.set();
        Duel& d = *set->duel;
        d.peer.ways.kex = "ecdh-sha2-nistp256,curve25519-sha256";
        d.peer.ways.follows = strays == 2;
        d.peer.kexinit();
        for (int i = 0; i < strays; ++i) d.peer.say(kStray);
        d.carry();
        INFO((client ? "client" : "server") << (rekey ? ", rekey" : "") << ", strays " << strays);
        CHECK(d.subject.ended() == "unexpected_message");
      }
    }
  }
}

// Strict key exchange does not forbid the guess, and only a message of a method is one.
TEST_CASE("property 18: no other message is discarded in a wrong guess's place") {
  for (const bool client : {true, false}) {
    for (int n = 2; n < 256; ++n) {
      const Scene s = with_guess(client ? client_at("", Layer::first_exchange, true, {meet})
                                        : server_at("", Layer::first_exchange, true, {meet}),
                                 "ecdh-sha2-nistp256,curve25519-sha256", "ssh-ed25519");
      const auto set = s.set();
      Duel& d = *set->duel;
      d.peer.kexinit();
      d.peer.say(Octets{static_cast<std::uint8_t>(n)});
      d.carry();
      INFO("message " << n);
      CHECK(d.subject.ended() == (n >= 30 && n <= 49 ? "" : "unexpected_message"));
    }
  }
}

TEST_CASE("property 18: a right guess is no stray packet") {
  const Scene server = with_guess(server_at("", Layer::later, true, {meet}),
                                  "curve25519-sha256,ecdh-sha2-nistp256", "ssh-ed25519");
  const auto set = server.set();
  Duel& d = *set->duel;
  d.peer.kexinit();
  d.peer.kex_init();
  d.carry();
  say_newkeys(d);
  CHECK(d.subject.facts().stage == IPWORKSAUTH_STAGE_SERVICE);
}

// CVE-2026-59842: a peer's value of the wrong length never reaches the mathematics.
TEST_CASE("values of a peer: none that is empty, too short or too long is taken") {
  for (const char* kex :
       {"curve25519-sha256", "ecdh-sha2-nistp521", "diffie-hellman-group14-sha256"}) {
    const bool number = std::string_view(kex).substr(0, 6) == "diffie";
    const std::string bad = number ? "bad_dh_value" : "bad_ec_value";
    for (const bool client : {true, false}) {
      for (const std::size_t len : {0U, 1U, 31U, 33U, 132U, 134U, 257U, 8000U}) {
        if (number && len < 257) continue;  // any number of fewer octets is one
        Scene s = client ? client_at("", Layer::later, true, {meet, say_kexinit})
                         : server_at("", Layer::later, true, {meet, say_kexinit});
        s.tweak = [kex](ipworksauth_engine_config& c, Ways& ways) {
          c.kex_algorithms = kex;
          ways.kex = kex;
        };
        const auto set = s.set();
        Duel& d = *set->duel;
        d.outcome();
        const Octets value(len, 1);
        const ValueForm form = number ? ValueForm::mpint : ValueForm::string;
        d.peer.say(client ? payload_of(KexReply{d.peer.ways.host_key, value,
                                                false_signature("ssh-ed25519")},
                                       form, Msg::kex_31)
                          : payload_of(KexInitValue{value}, form, Msg::kex_30));
        d.carry();
        INFO(kex << ", " << len << (client ? ", client" : ", server"));
        CHECK(d.outcome() == "says-1 ends:" + bad);
      }
    }
  }
}

// Our own guess: the peer discards it when it is wrong, and we send another.
TEST_CASE("property 18: our guess, right and wrong") {
  struct Row {
    const char* theirs;
    const char* hint;
    std::uint32_t guess;
    const char* outcome;  // of the peer's KEXINIT, and of all that was said before it
  };
  const Row rows[] = {
      {"curve25519-sha256", "curve25519-sha256,ssh-ed25519", 1,
       "identified negotiated says-20 says-30"},
      {"ecdh-sha2-nistp256,curve25519-sha256", "curve25519-sha256,ssh-ed25519", 1,
       "identified negotiated says-20 says-30 says-30"},
      {"ecdh-sha2-nistp256", "curve25519-sha256,ssh-ed25519", 1,
       "identified negotiated says-20 says-30 says-30"},
      // A hint that does not fit is no hint: the init follows the peer's KEXINIT.
      {"curve25519-sha256", "ecdh-sha2-nistp256,ssh-ed25519", 1,
       "identified negotiated says-20 says-30"},
      {"curve25519-sha256", "curve25519-sha256,ssh-ed25519", 2,
       "identified negotiated says-20 says-30"},
      // Eager and unflagged: kept where the method is the same, an error where it is not.
      {"curve25519-sha256,ecdh-sha2-nistp256", nullptr, 3, "identified negotiated says-20 says-30"},
      {"ecdh-sha2-nistp256", nullptr, 3, "identified says-20 says-30 says-1 ends:wrong_guess"},
  };
  for (const Row& row : rows) {
    Scene s = client_at("", Layer::later, true, {});
    s.tweak = [&row](ipworksauth_engine_config& c, Ways& ways) {
      c.kex_algorithms = "curve25519-sha256,ecdh-sha2-nistp256";
      c.host_key_algorithms = "ssh-ed25519";
      c.guess_hint = row.hint;
      c.kex_guess = row.guess;
      ways.kex = row.theirs;
    };
    const auto set = s.set();
    Duel& d = *set->duel;
    const bool early =
        (row.guess == 1 && std::string(row.hint).rfind("curve", 0) == 0) || row.guess == 3;
    INFO(row.theirs << ", guess " << row.guess);
    CHECK(times_heard(d, 30) == (early ? 1U : 0U));
    meet(d);
    say_kexinit(d);
    CHECK(d.peer.follows_heard == (early && row.guess == 1));
    CHECK(d.outcome() == row.outcome);
    if (d.subject.ended() != "") continue;
    say_reply(d);
    say_newkeys(d);
    grant(d);
    succeed(d);
    CHECK(d.subject.has("authenticated"));
    // In a re-exchange nothing is guessed.
    d.outcome();
    we_rekey(d);
    CHECK(d.outcome() == "says-20");
    CHECK_FALSE(d.peer.follows_heard);
  }
}
