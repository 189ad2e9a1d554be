// Properties of a client, and where they have a counterpart of a server: what comes before what.
#include <catch2/catch.hpp>

#include "tests/core/numbers.hpp"
#include "tests/core/scenes.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

const std::vector<Step> kService = {meet, say_kexinit, say_reply, say_newkeys};
const std::vector<Step> kServerService = {meet, say_kexinit, say_init, say_newkeys};

std::vector<Step> then(std::vector<Step> steps, const std::vector<Step>& more) {
  steps.insert(steps.end(), more.begin(), more.end());
  return steps;
}

bool heard_any(const Duel& d, const char* list) {
  for (const int n : numbers(list))
    if (has_heard(d, static_cast<std::uint8_t>(n))) return true;
  return false;
}

bool keep_host_key_open(ipworksauth_engine* e, const ipworksauth_event& ev) {
  return ev.kind != IPWORKSAUTH_EVENT_HOST_KEY && answer_plainly(e, ev);
}

// IGNORE, DEBUG, and a number of each range that nobody knows here.
void make_noise(Duel& d) {
  d.peer.say(Ignore{as_bytes("chaff")});
  d.peer.say(Debug{true, "debug", ""});
  for (const int n : {8, 22, 128, 255}) d.peer.say(Octets{static_cast<std::uint8_t>(n)});
  d.carry();
}

// The rest of a re-exchange, with an honest peer that has not said its KEXINIT (or has).
void end_rekey(Duel& d, bool peer_is_server, bool kexinit_said) {
  if (!kexinit_said) say_kexinit(d);
  (peer_is_server ? say_reply : say_init)(d);
  say_newkeys(d);
}

}  // namespace

// CVE-2025-14942: a client that could be led to say its password in clear.
TEST_CASE(
    "property 1: nothing of a layer leaves before the host key was accepted and our NEWKEYS") {
  const char* kLayers = "5 50-127";
  for (const bool strict : {false, true}) {
    for (const std::uint32_t pipelining : {1U, 2U}) {
      for (const std::vector<Step>& steps :
           {std::vector<Step>{}, {meet}, {meet, say_kexinit}, {meet, say_kexinit, say_reply}}) {
        for (int n = 0; n < 256; ++n) {
          Scene s = client_at("", Layer::first_exchange, strict, steps);
          s.pipelining = pipelining;
          const auto set = s.set();  // the reply is behind the last question, so it stays open
          Duel& d = *set->duel;
          if (!steps.empty() && steps.back() == say_reply) continue;
          d.subject.answer = keep_host_key_open;
          s.say(d, static_cast<std::uint8_t>(n));
          d.carry();
          INFO(steps.size() << " steps, message " << n);
          CHECK_FALSE(heard_any(d, kLayers));
          CHECK_FALSE(has_heard(d, 21));  // no new keys for a host that was not accepted
        }
      }
    }
  }
  const Scene s = client_at("", Layer::first_exchange, true, {meet, say_kexinit});
  const auto refused = s.set();
  refused->duel->subject.answer = [](ipworksauth_engine* e, const ipworksauth_event& ev) {
    return ipworksauth_engine_answer_host_key(e, 1) == 0 && ev.kind == IPWORKSAUTH_EVENT_HOST_KEY;
  };
  refused->duel->outcome();
  say_reply(*refused->duel);
  CHECK(refused->duel->outcome() == "host-key? says-1 ends:host_key_refused");

  const auto accepted = s.set();
  say_reply(*accepted->duel);
  std::vector<int> order;
  for (const Octets& payload : accepted->duel->peer.heard) order.push_back(payload[0]);
  CHECK(order == std::vector<int>{20, 30, 21, 5, 50});
}

// "Prefix truncation" (CVE-2023-48795) needs one message that nobody misses.
TEST_CASE("property 2: strict: any message but the expected one ends the first exchange") {
  for (const bool client : {true, false}) {
    for (const Scene& s : client ? client_scenes(true) : server_scenes(true)) {
      if (s.layer != Layer::first_exchange) continue;
      const Step last = s.steps.back();
      const int expected = last != say_kexinit ? 21 : client ? 31 : 30;
      for (int n = 2; n < 256; ++n) {
        if (n == expected) continue;
        const auto set = s.set();
        set->duel->outcome();
        s.say(*set->duel, static_cast<std::uint8_t>(n));
        set->duel->carry();
        INFO(s.name << ", message " << n);
        CHECK(set->duel->outcome() == "says-1 ends:unexpected_message");
      }
    }
  }
}

TEST_CASE("property 2: strict: the first packet must be KEXINIT") {
  for (const bool client : {true, false}) {
    for (const bool strict : {false, true}) {
      for (const int n : {2, 4, 8, 150, 200}) {
        const Scene s = client ? client_at("", Layer::awaiting_kexinit, strict, {meet})
                               : server_at("", Layer::awaiting_kexinit, strict, {meet});
        const auto set = s.set();
        Duel& d = *set->duel;
        s.say(d, static_cast<std::uint8_t>(n));
        d.carry();
        d.outcome();
        say_kexinit(d);
        INFO((client ? "client" : "server") << ", message " << n << ", strict " << strict);
        if (strict)
          CHECK(d.outcome() == "says-1 ends:unexpected_message");
        else
          CHECK(d.outcome() == (client ? "negotiated says-30" : "negotiated"));
      }
    }
  }
}

TEST_CASE("property 3: not strict: noise between any two steps of a login changes nothing") {
  for (const bool strict : {false, true}) {
    for (const bool client : {true, false}) {
      const Scene s = client ? client_at("", Layer::later, strict, {})
                             : server_at("", Layer::later, strict, {});
      const std::vector<Step> steps =
          client ? then(kService, {grant, succeed}) : then(kServerService, {ask_service, log_in});
      const auto set = s.set();
      Duel& d = *set->duel;
      std::size_t answers = 0;
      for (std::size_t i = 0; i < steps.size(); ++i) {
        const bool first = i >= 1 && i <= 3;
        if (i != 0 && !(strict && first)) {
          make_noise(d);
          answers += 4;
        }
        steps[i](d);
      }
      INFO(d.subject.why());
      CHECK(d.subject.has("authenticated"));
      CHECK(times_heard(d, 3) == answers);
    }
  }
}

TEST_CASE("property 3: UNIMPLEMENTED is never answered with UNIMPLEMENTED") {
  for (const bool strict : {false, true}) {
    for (const bool client : {true, false}) {
      for (const Scene& s : client ? client_scenes(strict) : server_scenes(strict)) {
        const auto set = s.set();
        set->duel->peer.say(Unimplemented{0});
        set->duel->carry();
        INFO(s.name);
        CHECK_FALSE(has_heard(*set->duel, 3));
      }
    }
  }
}

// RFC 4253 §11.4: what nobody needs may stay unknown; what is needed may not.
TEST_CASE("property 3: UNIMPLEMENTED for a message that nobody needs is read over") {
  for (const bool client : {true, false}) {
    const Scene s = client ? client_at("", Layer::later, true, then(kService, {grant}))
                           : server_at("", Layer::later, true, kServerService);
    for (const std::uint32_t off : {0U, 1U}) {
      const auto set = s.set();
      Duel& d = *set->duel;
      ipworksauth_engine_ignore(d.subject.engine(), 8);
      d.carry();
      REQUIRE(d.peer.heard.back()[0] == 2);
      // Behind its first NEWKEYS a strict client has said 5 and 50, a server EXT_INFO.
      const std::uint32_t seq = client ? 2 : 1;
      d.outcome();
      d.peer.say(Unimplemented{seq + off});
      d.carry();
      CHECK(d.outcome() == (off == 0 ? "nothing" : "says-1 ends:needed_unimplemented"));
    }
  }
}

TEST_CASE("property 4: one KEXINIT in an exchange, and a second from the peer ends it") {
  for (const bool strict : {false, true}) {
    for (const bool client : {true, false}) {
      for (const Scene& s : client ? client_scenes(strict) : server_scenes(strict)) {
        const bool theirs_said =
            !s.steps.empty() && (s.steps.back() == say_kexinit || s.steps.back() == say_reply ||
                                 s.steps.back() == say_init);
        if (!theirs_said) continue;
        const auto set = s.set();
        Duel& d = *set->duel;
        const std::size_t exchanges = s.layer == Layer::first_exchange ? 1 : 2;
        INFO(s.name);
        CHECK(times_heard(d, 20) == exchanges);
        d.outcome();
        say_kexinit(d);
        CHECK(d.outcome() == "says-1 ends:unexpected_message");
      }
    }
  }
}

TEST_CASE("property 5: no authentication message leaves during a re-exchange") {
  for (const bool ours : {true, false}) {
    Scene s = client_at("", Layer::later, true, then(kService, {grant}));
    s.tweak = [](ipworksauth_engine_config& c, Ways&) { c.password_tries = 3; };
    const auto set = s.set();
    Duel& d = *set->duel;
    d.outcome();
    if (ours) {
      we_rekey(d);
      fail(d);  // on its way when our KEXINIT came
      CHECK(d.outcome() == "says-20");
      say_kexinit(d);
      CHECK(d.outcome() == "negotiated says-30");
    } else {
      // Both in one flight: the refusal would be answered at once, were there no KEXINIT behind it.
      d.peer.say(UserauthFailure{"password", false});
      d.peer.kexinit();
      d.carry();
      CHECK(d.outcome() == "refused negotiated says-20 says-30");
    }
    say_reply(d);
    CHECK(d.outcome() == "says-21");
    say_newkeys(d);
    CHECK(d.outcome() == (ours ? "keys refused password? attempt:password says-50"
                               : "keys password? attempt:password says-50"));
  }
}

// OpenSSH 72b05ecd1: a peer could queue without bound.
TEST_CASE("property 5: what is put aside during a re-exchange is bounded") {
  const auto set = client_at("", Layer::later, true, then(kService, {grant, we_rekey})).set();
  Duel& d = *set->duel;
  const std::string text(9000, 'x');
  int said = 0;
  for (; said < 100 && d.subject.ended().empty(); ++said) {
    d.peer.say(UserauthBanner{text, ""});
    d.carry();
  }
  CHECK(said == 4);
  CHECK(d.subject.ended() == "too_much");
  CHECK_FALSE(d.subject.has("banner"));
}

// A peer that fills a re-exchange with nothing would keep the old keys in use for ever.
TEST_CASE(
    "property 5: noise during a re-exchange is bounded, and outside of one after login free") {
  for (const bool client : {true, false}) {
    for (const Octets& noise : {payload_of(Ignore{}), payload_of(Debug{}), Octets{200}}) {
      const auto set =
          client ? client_at("", Layer::later, true, then(kService, {grant, succeed})).set()
                 : server_at("", Layer::later, true, then(kServerService, {ask_service, log_in}))
                       .set();
      Duel& d = *set->duel;
      const auto say = [&](int num) {
        for (int i = 0; i < num && d.subject.ended().empty(); ++i) {
          d.peer.say(noise);
          d.carry();
        }
      };
      INFO((client ? "client" : "server") << ", message " << int{noise[0]});
      say(3000);
      for (int exchange = 0; exchange < 3; ++exchange) {  // each has its own bound
        we_rekey(d);
        say(1000);
        say_kexinit(d);
        say(noise[0] == 200 ? 0 : 10);
        (client ? say_reply : say_init)(d);
        say_newkeys(d);
      }
      CHECK(d.subject.ended() == "");
      we_rekey(d);
      say(1024);
      CHECK(d.subject.ended() == "");
      say(1);
      CHECK(d.subject.ended() == "too_much");
    }
  }
}

TEST_CASE("property 5: what was put aside is worked on in order, with the same outcome") {
  struct Row {
    const char* methods;
    std::vector<Step> layer;
    std::vector<Octets> said;
    const char* outcome;
  };
  const Octets success = payload_of(UserauthSuccess{});
  const Octets accept = payload_of(ServiceAccept{"ssh-userauth"});
  const Octets banner = payload_of(UserauthBanner{"hello", ""});
  const Octets global = payload_of(GlobalRequest{"hostkeys-00@openssh.com", true, {}});
  const Octets ext_info = payload_of(ExtInfo{true, "ssh-ed25519", false});
  const Octets ping = payload_of(Ping{as_bytes("ping")});
  const std::vector<Row> rows = {
      {"password", kService, {accept}, "nothing"},
      {"password", kService, {accept, banner, success}, "banner authenticated"},
      {"password", kService, {accept, success, global}, "authenticated says-82"},
      {"password", kService, {ext_info, accept}, "ext-info"},
      {"password", then(kService, {grant}), {banner, success}, "banner authenticated"},
      {"password", then(kService, {grant}), {ext_info, success}, "ext-info authenticated"},
      {"password",
       then(kService, {grant}),
       {success, global, ping},
       "authenticated says-82 says-193"},
      {"password", then(kService, {grant, succeed}), {ping, global}, "says-193 says-82"},
      {"custom", then(kService, {grant}), {Octets{62, 1}}, "custom?"},
      {"password", kService, {success}, "says-1 ends:unexpected_message"},
      {"password", then(kService, {grant}), {global}, "says-1 ends:unexpected_message"},
  };
  for (const Row& row : rows) {
    Scene s = client_at("", Layer::later, true, row.layer);
    s.methods = row.methods;
    const auto plain = s.set(), within = s.set();
    Duel& d = *within->duel;
    plain->duel->outcome();
    for (const Octets& payload : row.said) plain->duel->peer.say(payload);
    plain->duel->carry();
    INFO("first said: " << int{row.said[0][0]} << ", " << row.said.size() << " in all");
    CHECK(plain->duel->outcome() == row.outcome);

    ipworksauth_engine_rekey(d.subject.engine());
    for (const Octets& payload : row.said) d.peer.say(payload);
    d.carry();
    say_kexinit(d);
    say_reply(d);
    d.outcome();
    say_newkeys(d);
    const std::string wanted = row.outcome;
    CHECK(d.outcome() == (wanted == "nothing" ? "keys" : "keys " + wanted));
  }
}

TEST_CASE("property 5: a server puts a pipelined login aside") {
  const auto set = server_at("", Layer::later, true, then(kServerService, {we_rekey})).set();
  Duel& d = *set->duel;
  d.outcome();
  d.peer.say(ServiceRequest{"ssh-userauth"});
  d.peer.say(password_request("secret"));
  d.carry();
  CHECK(d.outcome() == "nothing");
  end_rekey(d, false, false);
  CHECK(d.outcome() ==
        "negotiated sign? keys request? authenticated says-31 says-21 says-6 says-52");
}

TEST_CASE("property 6: re-exchange works at every moment of a login, whoever starts it") {
  enum class By { us, peer, both };
  for (const bool strict : {false, true}) {
    for (const bool client : {true, false}) {
      const std::vector<Step> steps = client
                                          ? then(kService, {grant, fail, ask_prompts, succeed})
                                          : then(kServerService, {ask_service, ask_kbdint, log_in});
      for (const By by : {By::us, By::peer, By::both}) {
        for (std::size_t at = 4; at <= steps.size(); ++at) {
          Scene s = client ? client_at("", Layer::later, strict, {})
                           : server_at("", Layer::later, strict, {});
          s.methods = "password,keyboard-interactive";
          s.tweak = [](ipworksauth_engine_config& c, Ways&) { c.try_all = 1; };
          const auto set = s.set();
          Duel& d = *set->duel;
          std::string id;
          for (std::size_t i = 0; i <= steps.size(); ++i) {
            if (i == at) {
              id = d.subject.text(IPWORKSAUTH_TEXT_SESSION_ID);
              if (by != By::peer) ipworksauth_engine_rekey(d.subject.engine());
              if (by != By::us) d.peer.kexinit();
              d.carry();
              end_rekey(d, client, by != By::us);
            }
            if (i < steps.size()) steps[i](d);
          }
          INFO((client ? "client" : "server") << " before step " << at << ": " << d.subject.why());
          CHECK(d.subject.facts().stage == IPWORKSAUTH_STAGE_OPEN);
          CHECK(d.subject.facts().rekeys == 1);
          CHECK(d.subject.text(IPWORKSAUTH_TEXT_SESSION_ID) == id);
          CHECK(times_heard(d, 20) == 2);
        }
      }
    }
  }
}

// While the host thinks, nothing is read; the answer leaves before our KEXINIT does.
TEST_CASE("property 6: a re-exchange asked for while a question is open waits for its answer") {
  for (const bool ours : {true, false}) {
    Scene s = client_at("", Layer::later, true, then(kService, {grant}));
    s.methods = "keyboard-interactive";
    const auto set = s.set();
    Duel& d = *set->duel;
    d.subject.answer = [](ipworksauth_engine*, const ipworksauth_event&) { return false; };
    ask_prompts(d);
    d.outcome();
    if (ours)
      CHECK(ipworksauth_engine_rekey(d.subject.engine()) == 0);
    else
      d.peer.kexinit();
    d.carry();
    CHECK(d.outcome() == "nothing");
    const ipworksauth_octets response{};
    REQUIRE(ipworksauth_engine_answer_prompts(d.subject.engine(), &response, 1) == 0);
    d.carry();
    CHECK(d.outcome() == (ours ? "says-61 says-20" : "negotiated says-61 says-20 says-30"));
    end_rekey(d, true, !ours);
    succeed(d);
    CHECK(d.subject.has("authenticated"));
  }
}

TEST_CASE("property 7: authentication starts behind SERVICE_ACCEPT for ssh-userauth") {
  Scene stepwise = client_at("", Layer::later, true, kService);
  stepwise.pipelining = 2;
  const auto set = stepwise.set();
  Duel& d = *set->duel;
  CHECK(has_heard(d, 5));
  CHECK_FALSE(has_heard(d, 50));
  CHECK(d.subject.facts().stage == IPWORKSAUTH_STAGE_SERVICE);
  grant(d);
  CHECK(has_heard(d, 50));

  for (const std::string& name :
       {std::string(), std::string("ssh-connection"), std::string("ssh-userauth\0x", 14),
        std::string("SSH-USERAUTH"), std::string("ssh-userauth ")}) {
    for (const std::uint32_t pipelining : {1U, 2U}) {
      stepwise.pipelining = pipelining;
      const auto other = stepwise.set();
      other->duel->outcome();
      other->duel->peer.say(ServiceAccept{name});
      other->duel->carry();
      CHECK(other->duel->outcome() == "says-1 ends:bad_service");
    }
    const auto server = server_at("", Layer::later, true, kServerService).set();
    server->duel->outcome();
    server->duel->peer.say(ServiceRequest{name});
    server->duel->carry();
    CHECK(server->duel->outcome() == "says-1 ends:bad_service");
  }
}

// draft-miller-secsh-compression-delayed-00 §2.3: behind SUCCESS the server's KEXINIT would come
// compressed to a client that holds SUCCESS back because its own KEXINIT is out.
TEST_CASE("our re-exchange waits where SUCCESS may start compression, in either direction") {
  for (const bool c2s : {true, false}) {
    Scene scene =
        client_at("", Layer::later, true, {meet, say_kexinit, say_reply, say_newkeys, grant});
    scene.tweak = [c2s](ipworksauth_engine_config& config, Ways& ways) {
      config.compressions = "none,zlib@openssh.com";
      ways.compressions = c2s ? "zlib@openssh.com" : "none";
      ways.compressions_s2c = c2s ? "none" : "zlib@openssh.com";
    };
    const auto set = scene.set();
    Duel& d = *set->duel;
    REQUIRE(has_heard(d, 50));
    const std::size_t before = times_heard(d, 20);
    we_rekey(d);
    CHECK(times_heard(d, 20) == before);
    succeed(d);
    CHECK(d.subject.has("authenticated"));
    if (!c2s) CHECK(times_heard(d, 20) == before + 1);
  }
}
