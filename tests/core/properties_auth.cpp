// Properties of a client's authentication, and of a server's where they have a counterpart.
#include <catch2/catch.hpp>

#include "tests/core/numbers.hpp"
#include "tests/core/scenes.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

const std::vector<Step> kService = {meet, say_kexinit, say_reply, say_newkeys};
const std::vector<Step> kAuth = {meet, say_kexinit, say_reply, say_newkeys, grant};
const std::vector<Step> kServerAuth = {meet, say_kexinit, say_init, say_newkeys, ask_service};

constexpr const char* kTrivial = "says-1 ends:trivial_success";
constexpr const char* kRefused = "says-1 ends:unexpected_message";

Scene client_with(const char* methods, std::vector<Step> steps = kAuth) {
  Scene s = client_at("", Layer::later, true, std::move(steps));
  s.methods = methods;
  s.tweak = [](ipworksauth_engine_config& c, Ways&) { c.try_all = 1; };
  return s;
}

// What comes of these payloads, said in one flight.
std::string outcome_of(const Scene& s, const std::vector<Octets>& said) {
  const auto set = s.set();
  Duel& d = *set->duel;
  d.outcome();
  for (const Octets& payload : said) d.peer.say(payload);
  d.carry();
  return d.outcome();
}

const Octets kSuccess = payload_of(UserauthSuccess{});
Octets failure(std::string_view list, bool partial = false) {
  return payload_of(UserauthFailure{list, partial});
}
Octets prompts(std::uint32_t num) {
  InfoRequest m;
  m.num_prompts = num;
  for (std::uint32_t i = 0; i < num; ++i) m.prompt[i] = {"?", false};
  return payload_of(m);
}
const Octets kPkOk = payload_of(PkOk{"ssh-ed25519", false_ed25519(9)});
const Octets kChange = payload_of(PasswdChangereq{"choose another", ""});

}  // namespace

TEST_CASE("property 8: SUCCESS is believed only while a request is outstanding") {
  for (const bool strict : {false, true}) {
    for (const Scene& s : client_scenes(strict)) {
      const bool outstanding = s.name == "client, auth";
      const bool open = s.name.rfind("client, open", 0) == 0;
      const auto set = s.set();
      Duel& d = *set->duel;
      const std::size_t told = d.subject.events.size();
      succeed(d);
      succeed(d);  // and once more, whatever the first did
      INFO(s.name);
      bool authenticated = false;
      for (std::size_t i = told; i < d.subject.events.size(); ++i)
        authenticated = authenticated || d.subject.events[i] == "authenticated";
      CHECK(authenticated == outstanding);
      const bool put_aside = s.steps.size() > 1 && s.steps.back() == we_rekey;
      if (!put_aside || open) CHECK_FALSE(d.subject.ended().empty());
    }
  }
}

TEST_CASE("property 8: SUCCESS after a refusal answers nothing, and comes at most once") {
  CHECK(outcome_of(client_with("password"), {kSuccess, kSuccess}) ==
        "authenticated says-1 ends:unexpected_message");
  CHECK(outcome_of(client_with("password,keyboard-interactive"),
                   {failure("keyboard-interactive"), kSuccess}) ==
        "refused says-1 ends:unexpected_message");
  // Step by step nothing is outstanding yet when both come at once.
  Scene stepwise = client_with("password", kService);
  stepwise.pipelining = 2;
  CHECK(outcome_of(stepwise, {payload_of(ServiceAccept{"ssh-userauth"}), kSuccess}) == kRefused);
}

TEST_CASE("property 8: after success every authentication message ends the connection") {
  Scene open = client_with("password");
  open.steps.push_back(succeed);
  for (int n = 50; n < 80; ++n) {
    const auto set = open.set();
    set->duel->outcome();
    open.say(*set->duel, static_cast<std::uint8_t>(n));
    set->duel->carry();
    INFO("message " << n);
    CHECK(set->duel->outcome() == kRefused);
  }
  // RFC 4252 §5.3: a server ignores further requests in silence; SUCCESS is said once.
  Scene server = server_at("", Layer::later, true, kServerAuth);
  server.steps.push_back(log_in);
  const auto set = server.set();
  set->duel->outcome();
  for (int i = 0; i < 3; ++i) log_in(*set->duel);
  CHECK(set->duel->outcome() == "nothing");
}

// CVE-2021-36367 to -36370: success for nothing lets a server phish what is asked afterwards.
TEST_CASE("property 9: success without a credential is trivial") {
  CHECK(outcome_of(client_with("none,password"), {kSuccess}) == kTrivial);
  CHECK(outcome_of(client_with("none"), {kSuccess}) == "authenticated");
  CHECK(outcome_of(client_with("keyboard-interactive"), {kSuccess}) == kTrivial);
  // Zero prompts are answered, and that is no credential.
  const auto set = client_with("keyboard-interactive").set();
  set->duel->peer.say(prompts(0));
  set->duel->carry();
  set->duel->outcome();
  succeed(*set->duel);
  CHECK(set->duel->outcome() == kTrivial);
  Scene probe = client_with("publickey");
  probe.probe = true;
  CHECK(outcome_of(probe, {kSuccess}) == kTrivial);
  CHECK(outcome_of(client_with("password"), {kSuccess}) == "authenticated");
  CHECK(outcome_of(client_with("publickey"), {kSuccess}) == "authenticated");
}

TEST_CASE("property 9: partial success without a credential is trivial too") {
  const Octets partial = failure("password", true);
  CHECK(outcome_of(client_with("none,password"), {partial}) ==
        "partial says-1 ends:trivial_success");
  CHECK(outcome_of(client_with("keyboard-interactive"), {partial}) ==
        "partial says-1 ends:trivial_success");
  CHECK(outcome_of(client_with("password,keyboard-interactive"),
                   {failure("keyboard-interactive", true)}) ==
        "partial attempt:keyboard-interactive says-50");
}

// RFC 4252 §7: a key that was only asked about is answered with PK_OK or FAILURE. An earlier
// credential, refused, does not make a probe one.
TEST_CASE("property 9: a probe cannot succeed, whatever was sent before it") {
  Scene s = client_with("password,publickey");
  s.probe = true;
  for (const Octets& answer : {kSuccess, failure("publickey", true)}) {
    const auto set = s.set();
    Duel& d = *set->duel;
    d.peer.say(failure("publickey"));
    d.carry();
    d.outcome();
    d.peer.say(answer);
    d.carry();
    const std::string told = answer == kSuccess ? "" : "partial ";
    CHECK(d.outcome() == told + "says-1 ends:trivial_success");
  }
}

// What an earlier request released, and the server refused, makes no later one less trivial.
TEST_CASE("property 9: a success is judged by the request that it answers") {
  struct Row {
    const char* what;
    const char* methods;
    std::vector<std::vector<Octets>> said;  // a flight each
    const char* outcome;                    // of the last flight
  };
  const Octets kbdint = failure("keyboard-interactive");
  const Octets partial = failure("keyboard-interactive", true);
  const std::string trivial_partial = std::string("partial ") + kTrivial;
  const Row rows[] = {
      {"a refused password, then a request without prompts",
       "password,keyboard-interactive",
       {{kbdint}, {kSuccess}},
       kTrivial},
      {"a refused password, then no prompts",
       "password,keyboard-interactive",
       {{kbdint}, {prompts(0)}, {kSuccess}},
       kTrivial},
      {"a refused signature, then no prompts",
       "publickey,keyboard-interactive",
       {{kbdint}, {prompts(0)}, {prompts(0)}, {kSuccess}},
       kTrivial},
      {"refused responses, then no prompts",
       "keyboard-interactive",
       {{prompts(1)}, {kbdint}, {prompts(0)}, {kSuccess}},
       kTrivial},
      {"refused responses, then a request alone",
       "keyboard-interactive",
       {{prompts(1)}, {kbdint}, {kSuccess}},
       kTrivial},
      {"a refused password, then a step without prompts that is done",
       "password,keyboard-interactive",
       {{kbdint}, {partial}},
       trivial_partial.c_str()},
      {"a change of the password that was answered",
       "password",
       {{kChange}, {kSuccess}},
       "authenticated"},
      {"no prompts, then one",
       "keyboard-interactive",
       {{prompts(0)}, {prompts(1)}, {kSuccess}},
       "authenticated"},
      {"one prompt, then none",
       "keyboard-interactive",
       {{prompts(1)}, {prompts(0)}, {kSuccess}},
       "authenticated"},
      {"a refused password, then a prompt",
       "password,keyboard-interactive",
       {{kbdint}, {prompts(1)}, {kSuccess}},
       "authenticated"},
      // RFC 4252 §5.1: what a partial success says was proved stays proved.
      {"a step that was proved, then a request without prompts",
       "password,keyboard-interactive",
       {{partial}, {kSuccess}},
       "authenticated"},
      {"a step that was proved, then no prompts, then another",
       "password,keyboard-interactive",
       {{partial}, {prompts(0)}, {failure("password", true)}, {kSuccess}},
       "authenticated"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    Scene s = client_with(row.methods);
    s.tweak = [](ipworksauth_engine_config& c, Ways&) {
      c.try_all = 1;
      c.password_tries = 2;
    };
    const auto set = s.set();
    Duel& d = *set->duel;
    if (std::string_view(row.methods).substr(0, 8) == "password")
      d.subject.answer = [](ipworksauth_engine* e, const ipworksauth_event& ev) {
        // One password, and none when it is asked for again.
        if (ev.kind != IPWORKSAUTH_EVENT_PASSWORD || (ev.flags & IPWORKSAUTH_FLAG_AGAIN) == 0)
          return answer_plainly(e, ev);
        return ipworksauth_engine_answer_password(e, nullptr, 0) == 0;
      };
    for (const std::vector<Octets>& flight : row.said) {
      d.outcome();
      for (const Octets& payload : flight) d.peer.say(payload);
      d.carry();
    }
    CHECK(d.outcome() == row.outcome);
  }
}

TEST_CASE("property 9: a step that was proved makes no probe one") {
  Scene s = client_with("password,publickey");
  s.probe = true;
  for (const Octets& answer : {kSuccess, failure("publickey", true)}) {
    const auto set = s.set();
    Duel& d = *set->duel;
    d.peer.say(failure("publickey", true));
    d.carry();
    CHECK(d.outcome().find("attempt:publickey:probe") != std::string::npos);
    d.peer.say(answer);
    d.carry();
    const std::string told = answer == kSuccess ? "" : "partial ";
    CHECK(d.outcome() == told + kTrivial);
  }
}

// The host knows what it sent; of two requests everybody knows that no credential is in them.
TEST_CASE("property 9: a method of the host's own, too, must send something") {
  const auto outcome = [](std::string_view method) {
    const auto set = client_with("custom").set();
    Duel& d = *set->duel;
    d.subject.answer = [&](ipworksauth_engine* e, const ipworksauth_event& ev) {
      if (ev.kind != IPWORKSAUTH_EVENT_CUSTOM) return answer_plainly(e, ev);
      const Octets asked = payload_of(UserauthRequest{"alice", "ssh-connection", method, {}});
      return ipworksauth_engine_answer_custom(e, asked.data(), asked.size()) == 0;
    };
    d.peer.say(failure("x"));
    d.carry();
    d.outcome();
    succeed(d);
    return d.outcome();
  };
  CHECK(outcome("none") == kTrivial);
  CHECK(outcome("keyboard-interactive") == kTrivial);
  CHECK(outcome("gssapi-with-mic") == "authenticated");
}

TEST_CASE("property 10: 60 means what the outstanding method says") {
  Scene probe = client_with("publickey");
  probe.probe = true;
  struct Row {
    Scene scene;
    const char* pk_ok;
    const char* change;
    const char* prompts;
  };
  // PASSWD_CHANGEREQ and PK_OK are two strings each; only the method tells them apart.
  const Row rows[] = {
      {client_with("none"), kRefused, kRefused, kRefused},
      {client_with("password"), "new-password? attempt:password says-50",
       "new-password? attempt:password says-50", "says-1 ends:malformed"},
      {probe, "sign? attempt:publickey says-50", kRefused, "says-1 ends:malformed"},
      {client_with("publickey"), kRefused, kRefused, nullptr},
      {client_with("keyboard-interactive"), "says-1 ends:malformed", "says-1 ends:malformed",
       "prompts? says-61"},
  };
  for (const Row& row : rows) {
    INFO(row.scene.methods << (row.scene.probe ? " probe" : ""));
    CHECK(outcome_of(row.scene, {kPkOk}) == row.pk_ok);
    CHECK(outcome_of(row.scene, {kChange}) == row.change);
    const std::string asked = outcome_of(row.scene, {prompts(2)});
    if (row.prompts != nullptr)
      CHECK(asked == row.prompts);
    else  // an error either way
      CHECK(asked.find("ends:") != std::string::npos);
    CHECK(outcome_of(row.scene, {Octets{61, 0, 0, 0, 0}}) == kRefused);
  }
}

TEST_CASE("property 10: 61 answers prompts that were asked, once and in number") {
  const Scene idle = server_at("", Layer::later, true, kServerAuth);
  Scene asked = idle;
  asked.steps.push_back(ask_kbdint);
  const auto responses = [](std::uint32_t num) {
    InfoResponse m;
    m.num_responses = num;
    return payload_of(m);
  };
  CHECK(outcome_of(idle, {responses(0)}) == kRefused);
  CHECK(outcome_of(asked, {responses(1)}) == "responses? refused says-51");
  // RFC 4256 §3.4: a wrong number is a failed attempt.
  CHECK(outcome_of(asked, {responses(0)}) == "refused says-51");
  CHECK(outcome_of(asked, {responses(2)}) == "refused says-51");
  CHECK(outcome_of(asked, {Octets{61, 0, 0, 0, 65}}) == "says-1 ends:too_much");
  CHECK(outcome_of(asked, {responses(1), responses(1)}) ==
        "responses? refused says-51 says-1 ends:unexpected_message");
  // RFC 4252 §5.1: another request abandons the one before.
  CHECK(outcome_of(asked, {password_request("wrong"), responses(1)}) ==
        "request? refused says-51 says-1 ends:unexpected_message");
}

TEST_CASE("property 11: PK_OK must echo the algorithm and the key of the probe") {
  Scene probe = client_with("publickey");
  probe.probe = true;
  const Octets key = false_ed25519(9);
  CHECK(outcome_of(probe, {payload_of(PkOk{"ssh-ed25519", key})}) ==
        "sign? attempt:publickey says-50");
  CHECK(outcome_of(probe, {payload_of(PkOk{"ssh-rsa", key})}) == kRefused);
  CHECK(outcome_of(probe, {payload_of(PkOk{"", key})}) == kRefused);
  for (std::size_t i = 0; i < key.size(); ++i) {
    Octets other = key;
    other[i] ^= 1;
    CHECK(outcome_of(probe, {payload_of(PkOk{"ssh-ed25519", other})}) == kRefused);
  }
  for (std::size_t len = 1; len < kPkOk.size(); ++len)
    CHECK(outcome_of(probe, {Octets(kPkOk.begin(), kPkOk.begin() + static_cast<long>(len))}) ==
          "says-1 ends:malformed");
  Octets longer = kPkOk;
  longer.push_back(0);
  CHECK(outcome_of(probe, {longer}) == "says-1 ends:malformed");
  // Said twice it answers nothing the second time.
  CHECK(outcome_of(probe, {kPkOk, kPkOk}) ==
        "sign? attempt:publickey says-50 says-1 ends:unexpected_message");
}

// CVE-2018-10933: direction is part of what is allowed.
TEST_CASE(
    "property 12: what only a client, or only a server, may say is not taken from the other") {
  for (const bool strict : {false, true}) {
    for (const bool client : {true, false}) {
      for (const Scene& s : client ? client_scenes(strict) : server_scenes(strict)) {
        if (s.layer == Layer::identification) continue;
        const auto wrong = numbers(client ? "5 30 50 61-79" : "6 31 51-60 62-79");
        for (const int n : wrong) {
          const auto set = s.set();
          set->duel->outcome();
          s.say(*set->duel, static_cast<std::uint8_t>(n));
          set->duel->carry();
          INFO(s.name << ", message " << n);
          CHECK(set->duel->outcome() == kRefused);
        }
      }
    }
  }
}

// russh GHSA-47hw: there are no channels here, so nothing of theirs is ever parsed.
TEST_CASE("property 12: channel messages end the connection before and after success") {
  for (const bool client : {true, false}) {
    for (const Scene& s : client ? client_scenes(true) : server_scenes(true)) {
      if (s.layer == Layer::identification) continue;
      for (int n = 80; n < 128; ++n) {
        const bool answered = n <= 82;
        const auto set = s.set();
        Duel& d = *set->duel;
        d.outcome();
        const bool open = d.subject.facts().stage == IPWORKSAUTH_STAGE_OPEN;
        const bool waits = s.steps.back() == we_rekey;
        s.say(d, static_cast<std::uint8_t>(n));
        d.carry();
        INFO(s.name << ", message " << n);
        if (answered && waits && !open) {  // put aside, and refused when its turn comes
          say_kexinit(d);
          (client ? say_reply : say_init)(d);
          say_newkeys(d);
          CHECK(d.subject.ended() == "unexpected_message");
        } else if (!answered || !open) {
          CHECK(d.outcome() == kRefused);
        }
      }
    }
  }
}
