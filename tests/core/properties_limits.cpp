// Properties of a client, and where they have a counterpart of a server: what is bounded, and ends.
#include <catch2/catch.hpp>

#include "tests/core/numbers.hpp"
#include "tests/core/scenes.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

const std::vector<Step> kService = {meet, say_kexinit, say_reply, say_newkeys};
const std::vector<Step> kAuth = {meet, say_kexinit, say_reply, say_newkeys, grant};
const std::vector<Step> kOpen = {meet, say_kexinit, say_reply, say_newkeys, grant, succeed};
const std::vector<Step> kServerService = {meet, say_kexinit, say_init, say_newkeys};

constexpr const char* kRefused = "says-1 ends:unexpected_message";
const Octets kExtInfo = payload_of(ExtInfo{true, "ssh-ed25519", false});
const Octets kSuccess = payload_of(UserauthSuccess{});

std::string outcome_of(const Scene& s, const std::vector<Octets>& said) {
  const auto set = s.set();
  Duel& d = *set->duel;
  d.outcome();
  for (const Octets& payload : said) d.peer.say(payload);
  d.carry();
  return d.outcome();
}

// The peer answers every request with `answer` until the engine has enough; how often it did.
int answer_for_ever(Duel& d, const std::function<void(Duel&)>& answer) {
  int times = 0;
  for (; times < 2000 && d.subject.ended().empty(); ++times) answer(d);
  return times;
}

int api_calls_that_work(ipworksauth_engine* e) {
  const std::uint8_t some[] = {1, 2, 3};
  std::size_t used = 0;
  const int results[] = {
      ipworksauth_engine_rekey(e),
      ipworksauth_engine_ignore(e, 4),
      ipworksauth_engine_disconnect(e, 11, nullptr),
      ipworksauth_engine_tick(e, 99),
      ipworksauth_engine_receive(e, some, 3, &used),
      ipworksauth_engine_receive_end(e),
      ipworksauth_engine_answer_host_key(e, IPWORKSAUTH_ACCEPT_HOST_KEY),
      ipworksauth_engine_answer_password(e, "x", 1),
      ipworksauth_engine_answer_new_password(e, "x", 1, "y", 1),
      ipworksauth_engine_answer_signature(e, some, 3),
      ipworksauth_engine_answer_prompts(e, nullptr, 0),
      ipworksauth_engine_answer_custom(e, some, 3),
      ipworksauth_engine_answer_request(e, IPWORKSAUTH_ACCEPT, nullptr),
      ipworksauth_engine_answer_change(e, "x"),
      ipworksauth_engine_answer_ask(e, "", "", nullptr, 0),
  };
  int working = 0;
  for (const int result : results) working += result == IPWORKSAUTH_E_CLOSED ? 0 : 1;
  return working;
}

bool answer_nothing(ipworksauth_engine*, const ipworksauth_event&) { return false; }

}  // namespace

// CVE-2023-46445: an EXT_INFO from before the keys would have counted.
TEST_CASE("property 13: EXT_INFO comes right behind the first NEWKEYS or right before SUCCESS") {
  const Scene service = client_at("", Layer::later, true, kService);
  const Scene auth = client_at("", Layer::later, true, kAuth);
  const Octets ignore = payload_of(Ignore{}), ping = payload_of(Ping{}), unknown = {200};
  const Octets bye = payload_of(Disconnect{11, "bye", ""});
  CHECK(outcome_of(service, {kExtInfo}) == "ext-info");
  CHECK(outcome_of(service, {kExtInfo, kExtInfo}) == std::string("ext-info ") + kRefused);
  CHECK(outcome_of(service, {ignore, kExtInfo}) == kRefused);
  CHECK(outcome_of(service, {ping, kExtInfo}) == kRefused);
  CHECK(outcome_of(service, {unknown, kExtInfo}) == std::string("says-3 ") + kRefused);
  CHECK(outcome_of(auth, {kExtInfo, kSuccess}) == "ext-info authenticated");
  CHECK(outcome_of(auth, {kExtInfo, kExtInfo}) == std::string("ext-info ") + kRefused);
  CHECK(outcome_of(auth, {kExtInfo, ignore}) == std::string("ext-info ") + kRefused);
  CHECK(outcome_of(auth, {kExtInfo, ping}) == std::string("ext-info ") + kRefused);
  CHECK(outcome_of(auth, {kExtInfo, unknown}) == std::string("ext-info ") + kRefused);
  CHECK(outcome_of(auth, {kExtInfo, payload_of(UserauthFailure{"password", false})}) ==
        std::string("ext-info ") + kRefused);
  CHECK(outcome_of(auth, {kExtInfo, bye}) == "ext-info ends:peer_disconnected");
}

TEST_CASE(
    "property 13: EXT_INFO has no place behind later NEWKEYS, nor from a client that logs in") {
  for (const bool client : {true, false}) {
    const Step say_ours = client ? say_reply : say_init;
    std::vector<Step> steps = client ? kService : kServerService;
    steps.insert(steps.end(), {say_kexinit, say_ours, say_newkeys});
    const Scene s = client ? client_at("", Layer::later, true, steps)
                           : server_at("", Layer::later, true, steps);
    CHECK(outcome_of(s, {kExtInfo}) == kRefused);
  }
  const Scene first = server_at("", Layer::later, true, kServerService);
  CHECK(outcome_of(first, {kExtInfo}) == "nothing");
  CHECK(outcome_of(first, {payload_of(ServiceRequest{"ssh-userauth"}), kExtInfo}) ==
        "says-6 says-1 ends:unexpected_message");
}

// CVE-2026-55199: an unbounded loop over extensions.
TEST_CASE("property 13: EXT_INFO is bounded in number and size, and ends exactly") {
  const Scene s = client_at("", Layer::later, true, kService);
  const auto many = [](std::uint32_t num, std::uint32_t said) {
    Octets out(8000);
    Writer w(out);
    w.u8(7).u32(said);
    for (std::uint32_t i = 0; i < num; ++i) w.string("x@example.com").string("1");
    out.resize(w.len());
    return out;
  };
  CHECK(outcome_of(s, {many(64, 64)}) == "nothing");
  CHECK(outcome_of(s, {many(65, 65)}) == "says-1 ends:too_much");
  CHECK(outcome_of(s, {many(64, 0xffffffff)}) == "says-1 ends:too_much");
  CHECK(outcome_of(s, {many(63, 64)}) == "says-1 ends:malformed");
  CHECK(outcome_of(s, {many(64, 63)}) == "says-1 ends:malformed");
  for (std::size_t len = 1; len < kExtInfo.size(); ++len)
    CHECK(outcome_of(s, {Octets(kExtInfo.begin(), kExtInfo.begin() + static_cast<long>(len))}) ==
          "says-1 ends:malformed");
}

TEST_CASE("property 13: a list of signature algorithms that is too long is cut between names") {
  std::string list;
  while (list.size() < 1010) list += "ssh-ed25519,";
  list += "ssh-rsa-cert-v01@openssh.com";
  for (std::size_t more = 0; more < 12; ++more) {
    const auto set = client_at("", Layer::later, true, kService).set();
    const std::string longer = std::string(more, 'x') + "," + list;
    set->duel->peer.say(ExtInfo{true, longer, false});
    set->duel->carry();
    const std::string kept = set->duel->subject.text(IPWORKSAUTH_TEXT_SERVER_SIG_ALGS);
    CHECK(kept.size() <= 1024);
    CHECK(kept.size() > 900);
    CHECK(longer.compare(0, kept.size(), kept) == 0);
    CHECK((kept.size() == longer.size() || longer[kept.size()] == ','));
  }
}

TEST_CASE("property 14: after DISCONNECT, sent or received, there is silence") {
  for (const bool strict : {false, true}) {
    for (const bool client : {true, false}) {
      for (const Scene& s : client ? client_scenes(strict) : server_scenes(strict)) {
        if (s.layer == Layer::identification) continue;
        for (const bool received : {true, false}) {
          const auto set = s.set();
          Duel& d = *set->duel;
          d.outcome();
          if (received)
            d.peer.say(Disconnect{11, "bye", ""});
          else
            d.peer.say(Octets{90});  // a channel: refused everywhere
          for (const std::uint8_t n :
               {std::uint8_t{2}, std::uint8_t{20}, std::uint8_t{52}, std::uint8_t{200}})
            s.say(d, n);
          d.carry();
          INFO(s.name << (received ? ", received" : ", sent"));
          CHECK(d.outcome() == (received ? "ends:peer_disconnected" : kRefused));
          CHECK(d.subject.events.back() == "ended");
          CHECK(api_calls_that_work(d.subject.engine()) == 0);
          s.say(d, 192);
          d.carry();
          std::uint64_t when = 0;
          CHECK(ipworksauth_engine_deadline(d.subject.engine(), &when) == 0);
          CHECK(d.peer.heard.empty());
          CHECK(d.subject.events.back() == "ended");
          CHECK(d.subject.facts().stage == IPWORKSAUTH_STAGE_ENDED);
        }
      }
    }
  }
}

TEST_CASE("property 14: the host's own farewell is the last word, in every state") {
  for (const bool client : {true, false}) {
    for (const Scene& s : client ? client_scenes(true) : server_scenes(true)) {
      const auto set = s.set();
      Duel& d = *set->duel;
      d.outcome();
      CHECK(ipworksauth_engine_disconnect(d.subject.engine(), 11, "enough") == 0);
      for (const int n : {2, 20, 52, 200}) s.say(d, static_cast<std::uint8_t>(n));
      d.carry();
      const Octets last = d.peer.heard.empty() ? Octets{} : d.peer.heard.back();
      INFO(s.name);
      // To a peer that has not said that it speaks SSH there is nothing to say.
      if (s.layer == Layer::identification) {
        CHECK(d.outcome() == "ends:ended");
        continue;
      }
      CHECK(d.outcome() == "says-1 ends:ended");
      Disconnect bye;
      REQUIRE(decode(last, bye) == Errc::ok);
      CHECK(bye.reason == 11);
      CHECK(bye.text == "enough");
      CHECK(api_calls_that_work(d.subject.engine()) == 0);
    }
  }
}

TEST_CASE("property 15: every state of a login has a deadline, and it ends the login") {
  for (const bool strict : {false, true}) {
    for (const bool client : {true, false}) {
      for (Scene s : client ? client_scenes(strict) : server_scenes(strict)) {
        s.tweak = [](ipworksauth_engine_config& c, Ways&) { c.login_timeout = 5000; };
        const auto set = s.set();
        Duel& d = *set->duel;
        ipworksauth_engine* e = d.subject.engine();
        if (d.subject.facts().stage == IPWORKSAUTH_STAGE_OPEN) continue;
        REQUIRE(ipworksauth_engine_tick(e, 1000) == 0);
        std::uint64_t when = 0;
        INFO(s.name);
        REQUIRE(ipworksauth_engine_deadline(e, &when) == 1);
        CHECK(when == 6000);
        d.outcome();
        // What the peer says meanwhile moves nothing.
        d.peer.say(Ignore{});
        if (s.layer != Layer::identification && !(strict && s.layer == Layer::first_exchange))
          d.carry();
        CHECK(ipworksauth_engine_tick(e, 5999) == 0);
        CHECK(ipworksauth_engine_tick(e, 6000) == IPWORKSAUTH_E_LOGIN_TIMEOUT);
        d.subject.work();
        d.peer.hear(d.subject.speak());
        CHECK(d.outcome() == (s.layer == Layer::identification ? "ends:login_timeout"
                                                               : "says-1 ends:login_timeout"));
      }
    }
  }
}

TEST_CASE("property 15: while the host thinks, the login's time stands still") {
  Scene s = client_at("", Layer::later, true, {meet, say_kexinit});
  s.tweak = [](ipworksauth_engine_config& c, Ways&) { c.login_timeout = 5000; };
  const auto set = s.set();
  Duel& d = *set->duel;
  ipworksauth_engine* e = d.subject.engine();
  CHECK(ipworksauth_engine_tick(e, 1000) == 0);
  CHECK(ipworksauth_engine_tick(e, 4000) == 0);
  d.subject.answer = answer_nothing;
  say_reply(d);
  std::uint64_t when = 0;
  CHECK(ipworksauth_engine_deadline(e, &when) == 0);
  CHECK(ipworksauth_engine_tick(e, 1'000'000) == 0);
  REQUIRE(ipworksauth_engine_answer_host_key(e, IPWORKSAUTH_ACCEPT_HOST_KEY) == 0);
  REQUIRE(ipworksauth_engine_deadline(e, &when) == 1);
  CHECK(when == 1'002'000);
}

// A deadline that has passed and that tick does nothing about would make a host spin.
TEST_CASE("property 15: tick moves every deadline, in every state and with questions open") {
  for (const bool question : {false, true}) {
    for (const bool client : {true, false}) {
      for (Scene s : client ? client_scenes(true) : server_scenes(true)) {
        s.tweak = [](ipworksauth_engine_config& c, Ways&) {
          c.keepalive_interval = 1000;
          c.keepalive_count = 3;
          c.rekey_time = 10'000;
          c.password_tries = 3;
        };
        const auto set = s.set();
        Duel& d = *set->duel;
        ipworksauth_engine* e = d.subject.engine();
        if (question) {
          d.subject.answer = answer_nothing;
          s.say(d, client ? 51 : 50);
          d.carry();
          if (d.subject.facts().question == 0) continue;
        }
        std::uint64_t now = 1, when = 0;
        INFO(s.name << (question ? ", question open" : ""));
        for (int i = 0; i < 50; ++i) {
          if (ipworksauth_engine_tick(e, now) != 0) break;
          d.carry();
          if (ipworksauth_engine_deadline(e, &when) != 1) break;
          REQUIRE(when > now);
          now = when;
        }
      }
    }
  }
}

TEST_CASE("property 15: a peer that falls silent is given up after login, also in a re-exchange") {
  for (const bool client : {true, false}) {
    for (Scene s : client ? client_scenes(true) : server_scenes(true)) {
      s.tweak = [](ipworksauth_engine_config& c, Ways&) {
        c.keepalive_interval = 1000;
        c.keepalive_count = 3;
      };
      const auto set = s.set();
      Duel& d = *set->duel;
      ipworksauth_engine* e = d.subject.engine();
      if (d.subject.facts().stage != IPWORKSAUTH_STAGE_OPEN) continue;
      std::uint64_t now = 1, when = 0;
      REQUIRE(ipworksauth_engine_tick(e, now) == 0);
      int ticks = 0;
      for (; ticks < 20 && d.subject.ended().empty(); ++ticks) {
        REQUIRE(ipworksauth_engine_deadline(e, &when) == 1);
        static_cast<void>(ipworksauth_engine_tick(e, when));
        d.subject.speak();
      }
      INFO(s.name);
      CHECK(d.subject.ended() == "keepalive_unanswered");
      CHECK(ticks == 4);
      CHECK(when == 4001);
    }
  }
}

// CVE-2026-59849: a client that went round for ever.
TEST_CASE("property 15: the attempts of a login are bounded, whatever the server answers") {
  struct Row {
    const char* methods;
    bool probe;
    std::function<void(Duel&)> answer;
    const char* error;
    int most;
  };
  const auto say = [](Octets payload) {
    return [payload](Duel& d) {
      d.peer.say(payload);
      d.carry();
    };
  };
  InfoRequest none;
  const Row rows[] = {
      {"password", false, say(payload_of(UserauthFailure{"password", true})), "too_much", 128},
      {"keyboard-interactive,password", false,
       say(payload_of(UserauthFailure{"password,keyboard-interactive", true})), "trivial_success",
       1},
      {"publickey", false, say(payload_of(UserauthFailure{"publickey", true})), "auth_failed", 1},
      {"publickey", false, say(payload_of(UserauthFailure{"publickey", false})), "auth_failed", 1},
      {"publickey", true, say(payload_of(PkOk{"ssh-ed25519", false_ed25519(9)})),
       "unexpected_message", 2},
      {"password", false, say(payload_of(PasswdChangereq{"another", ""})), "too_much", 9},
      {"keyboard-interactive", false, say(payload_of(none)), "too_much", 65},
      {"keyboard-interactive", false, ask_prompts, "too_much", 65},
      {"password", false, say(payload_of(UserauthFailure{"password", false})), "auth_failed", 16},
      {"password", false, say(payload_of(UserauthBanner{"hello", ""})), "too_much", 33},
      {"password", false, say(payload_of(Ignore{})), "too_much", 1025},
      {"password", false, say(payload_of(Debug{true, "x", ""})), "too_much", 1025},
      {"password", false, say(payload_of(Ping{})), "too_much", 1025},
      {"password", false, say(Octets{200}), "too_much", 1025},
      {"password", false,
       [](Duel& d) {
         say_kexinit(d);
         if (!d.subject.ended().empty()) return;
         say_reply(d);
         say_newkeys(d);
       },
       "too_much", 17},
  };
  for (const Row& row : rows) {
    Scene s = client_at("", Layer::later, true, kAuth);
    s.methods = row.methods;
    s.probe = row.probe;
    s.tweak = [](ipworksauth_engine_config& c, Ways&) {
      c.try_all = 1;
      c.password_tries = 16;
    };
    const auto set = s.set();
    const int times = answer_for_ever(*set->duel, row.answer);
    INFO(row.methods << ": " << set->duel->subject.why());
    CHECK(set->duel->subject.ended() == row.error);
    CHECK(times == row.most);
  }
}

// The limit is the peer's: what we start ourselves does not end us.
TEST_CASE("property 15: re-exchanges before login are bounded where the peer starts them") {
  for (const bool client : {true, false}) {
    for (const bool ours : {true, false}) {
      Scene s = client ? client_at("", Layer::later, true, kAuth)
                       : server_at("", Layer::later, true, kServerService);
      s.tweak = [](ipworksauth_engine_config& c, Ways&) { c.max_rekeys = 4; };
      const auto set = s.set();
      Duel& d = *set->duel;
      for (int i = 0; i < 10 && d.subject.ended().empty(); ++i) {
        if (ours) we_rekey(d);
        say_kexinit(d);
        if (!d.subject.ended().empty()) break;
        (client ? say_reply : say_init)(d);
        say_newkeys(d);
      }
      INFO((client ? "client" : "server") << ", started by " << (ours ? "us" : "the peer"));
      CHECK(d.subject.ended() == (ours ? "" : "too_much"));
      CHECK(d.subject.facts().rekeys == (ours ? 10U : 4U));
    }
  }
}

TEST_CASE("property 15: the attempts a server hears are bounded") {
  struct Row {
    Octets said;
    int most;
    const char* error;
  };
  const Octets none = payload_of(UserauthRequest{"alice", "ssh-connection", "none", {}});
  const Octets odd = payload_of(UserauthRequest{"alice", "ssh-connection", "odd@example.com", {}});
  const Row rows[] = {
      {password_request("wrong"), 7, "auth_failed"},
      {odd, 7, "auth_failed"},
      {none, 129, "too_much"},
      {kbdint_request(), 129, "too_much"},
      {password_request("wrong", std::string(257, 'x')), 1, "too_much"},
  };
  for (const Row& row : rows) {
    std::vector<Step> steps = kServerService;
    steps.push_back(ask_service);
    const auto set = server_at("", Layer::later, true, steps).set();
    const int times = answer_for_ever(*set->duel, [&](Duel& d) {
      d.peer.say(row.said);
      d.carry();
    });
    CHECK(times == row.most);
    CHECK(set->duel->subject.ended() == row.error);
  }
}

// What a host has not fetched yet is in the way of answers: they wait, and nothing is lost.
TEST_CASE("property 15: answers that do not fit wait for the host to send, whatever their length") {
  for (const std::size_t len : {std::size_t{1}, std::size_t{9000}, std::size_t{20'000},
                                std::size_t{25'000}, std::size_t{32'763}}) {
    const auto set = client_at("", Layer::later, true, kOpen).set();
    Duel& d = *set->duel;
    d.outcome();
    const Octets data(len, 0x5a);
    for (int i = 0; i < 4; ++i) {
      d.peer.say(Ping{data});
      d.subject.hear(d.peer.take());
      d.subject.work();
    }
    for (int i = 0; i < 8; ++i) d.carry();
    INFO(len << ": " << d.subject.why());
    CHECK(d.subject.ended() == "");
    std::size_t right = 0;
    for (const Octets& payload : d.peer.heard) {
      Pong pong;
      right += decode(payload, pong) == Errc::ok && same_bytes(pong.data, data) ? 1 : 0;
    }
    CHECK(right == 4);
  }
}

// RFC 4253 §6.1: payloads of 32,768 octets must be taken; an answer has a packet's limit too.
TEST_CASE("property 15: a ping that no packet of ours could answer ends the connection") {
  const Scene open = client_at("", Layer::later, true, kOpen);
  CHECK(outcome_of(open, {payload_of(Ping{Octets(34'900, 1)})}) == "says-1 ends:too_much");
}

TEST_CASE("property 17: banners are bounded in number and size") {
  const auto octets = [](std::size_t each) {
    const auto set = client_at("", Layer::later, true, kAuth).set();
    const std::string text(each, 'x');
    const int times = answer_for_ever(*set->duel, [&](Duel& d) {
      d.peer.say(UserauthBanner{text, ""});
      d.carry();
    });
    CHECK(set->duel->subject.ended() == "too_much");
    return static_cast<std::size_t>(times - 1) * each;
  };
  CHECK(octets(10'000) == 60'000);
  CHECK(octets(32'768) == 65'536);
  CHECK(octets(1) == 32);
}

TEST_CASE("property 17: what a peer says is shown without its control characters") {
  const Octets bye = payload_of(Disconnect{2, "\x1b[31mred\r\nline\x07", ""});
  for (const bool client : {true, false}) {
    for (const Scene& s : client ? client_scenes(true) : server_scenes(true)) {
      if (s.layer == Layer::identification) continue;
      const auto set = s.set();
      set->duel->peer.say(bye);
      set->duel->carry();
      CHECK(set->duel->subject.why().find("?[31mred??line?") != std::string::npos);
    }
  }
  Scene s = client_at("", Layer::later, true, kAuth);
  const auto set = s.set();
  set->duel->peer.say(UserauthFailure{"public\x1bkey,\n", false});
  set->duel->carry();
  for (const std::string& text :
       {set->duel->subject.why(), set->duel->subject.text(IPWORKSAUTH_TEXT_CAN_CONTINUE)})
    for (const char c : text) CHECK(static_cast<unsigned char>(c) >= 0x20);
}
