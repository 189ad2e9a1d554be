// Every state an engine can be brought to x every message number 0..255, said by a misbehaving
// peer: what comes of it is what the list here says, and nothing else.
//
// An outcome is what outcome() of Duel puts into words: questions and events told, "says-N" for
// each message the engine sent, "ends:name" when it failed. The list is typed from the RFCs.
#include <catch2/catch.hpp>

#include "fuzz/null_provider.hpp"
#include "tests/core/misbehave.hpp"
#include "tests/core/numbers.hpp"
#include "tests/core/scenes.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

struct Row {
  const char* messages;
  const char* outcome;
};
struct Case {
  Scene scene;
  std::vector<Row> rows;  // besides what holds everywhere
};

constexpr const char* kRefused = "says-1 ends:unexpected_message";
constexpr const char* kUnknown = "8-19 22-29 128-191 194-255";

// RFC 4253 §11: what any state takes once the first exchange is done or is not strict.
std::string anywhere(int n) {
  if (n == 1) return "ends:peer_disconnected";
  if (n == 2 || n == 4) return "nothing";
  if (n == 3) return "says-1 ends:needed_unimplemented";
  return numbers(kUnknown).count(n) != 0 ? "says-3" : kRefused;
}

std::string expected(const Case& c, int n) {
  if (c.scene.layer == Layer::identification) return "ends:bad_identification";
  for (const Row& row : c.rows)
    if (numbers(row.messages).count(n) != 0) return row.outcome;
  // OpenSSH PROTOCOL 1.10: strict, in the first exchange, only DISCONNECT besides the one awaited.
  if (c.scene.strict && c.scene.layer == Layer::first_exchange)
    return n == 1 ? "ends:peer_disconnected" : kRefused;
  return anywhere(n);
}

void check(const Case& c) {
  for (int n = 0; n < 256; ++n) {
    const auto set = c.scene.set();
    Duel& d = *set->duel;
    d.outcome();
    const std::uint32_t seq = d.peer.next_seq();
    c.scene.say(d, static_cast<std::uint8_t>(n));
    d.carry();
    const Octets last = d.peer.heard.empty() ? Octets{0} : d.peer.heard.back();
    INFO(c.scene.name << (c.scene.strict ? ", strict" : "") << ", message " << n << ": "
                      << d.subject.why());
    CHECK(d.outcome() == expected(c, n));
    // RFC 4253 §11.4: it names the packet that was not understood.
    if (last[0] == 3 && last.size() == 5) CHECK(load_u32(last.data() + 1) == seq);
  }
}

void check_all(const std::function<std::vector<Case>(bool)>& cases) {
  for (const bool strict : {false, true})
    for (const Case& c : cases(strict)) check(c);
}

}  // namespace

TEST_CASE("client: every message in the first exchange") {
  check_all([](bool strict) -> std::vector<Case> {
    return {
        {client_at("identification", Layer::identification, strict, {}), {}},
        {client_at("awaiting KEXINIT", Layer::awaiting_kexinit, strict, {meet}),
         {{"20", "negotiated says-30"}}},
        {client_at("awaiting the reply", Layer::first_exchange, strict, {meet, say_kexinit}),
         {{"31", "host-key? password? attempt:password says-21 says-5 says-50"}}},
        {client_at("awaiting NEWKEYS", Layer::first_exchange, strict,
                   {meet, say_kexinit, say_reply}),
         {{"21", "keys"}}},
    };
  });
}

TEST_CASE("client: every message before the service is granted") {
  check_all([](bool strict) -> std::vector<Case> {
    Scene piped = client_at("service, pipelined", Layer::later, strict,
                            {meet, say_kexinit, say_reply, say_newkeys});
    Scene stepwise = piped;
    stepwise.name = "service, step by step";
    stepwise.pipelining = 2;
    return {
        {piped,
         {{"6", "nothing"},
          {"7", "ext-info"},
          {"20", "negotiated says-20 says-30"},
          {"192", "nothing"}}},
        {stepwise,
         {{"6", "password? attempt:password says-50"},
          {"7", "ext-info"},
          {"20", "negotiated says-20 says-30"},
          {"192", "nothing"}}},
    };
  });
}

TEST_CASE("client: every message while an authentication request is outstanding") {
  check_all([](bool strict) -> std::vector<Case> {
    const auto with = [&](const char* name, const char* methods) {
      Scene s =
          client_at(name, Layer::later, strict, {meet, say_kexinit, say_reply, say_newkeys, grant});
      s.methods = methods;
      return s;
    };
    const auto rows = [](std::vector<Row> own) {
      own.insert(own.end(), {{"7", "ext-info"},
                             {"20", "negotiated says-20 says-30"},
                             {"53", "banner"},
                             {"192", "nothing"}});
      return own;
    };
    constexpr const char* kGone = "refused says-1 ends:auth_failed";
    constexpr const char* kTrivial = "says-1 ends:trivial_success";
    Scene probe = with("publickey probe", "publickey");
    probe.probe = true;
    Scene answered = with("keyboard-interactive, responses", "keyboard-interactive");
    answered.steps.push_back(ask_prompts);
    return {
        {with("none", "none"), rows({{"51", kGone}, {"52", "authenticated"}})},
        {with("none first", "none,password"),
         rows({{"51", "refused password? attempt:password says-50"}, {"52", kTrivial}})},
        {with("password", "password"), rows({{"51", kGone},
                                             {"52", "authenticated"},
                                             {"60", "new-password? attempt:password says-50"}})},
        {probe, rows({{"51", kGone}, {"52", kTrivial}, {"60", "sign? attempt:publickey says-50"}})},
        {with("publickey", "publickey"), rows({{"51", kGone}, {"52", "authenticated"}})},
        {with("keyboard-interactive", "keyboard-interactive"),
         rows({{"51", kGone}, {"52", kTrivial}, {"60", "prompts? says-61"}})},
        {answered, rows({{"51", kGone}, {"52", "authenticated"}, {"60", "prompts? says-61"}})},
        {with("custom", "custom"), rows({{"51 60-79", "custom?"}, {"52", "authenticated"}})},
    };
  });
}

TEST_CASE("client: every message after success") {
  check_all([](bool strict) -> std::vector<Case> {
    return {{client_at("open", Layer::later, strict,
                       {meet, say_kexinit, say_reply, say_newkeys, grant, succeed}),
             {{"3 81 82", "nothing"},
              {"20", "negotiated says-20 says-30"},
              {"80", "says-82"},
              {"192", "says-193"}}}};
  });
}

TEST_CASE("client: every message in a re-exchange, started by us and by the peer") {
  check_all([](bool strict) -> std::vector<Case> {
    std::vector<Case> all;
    const std::vector<std::pair<const char*, std::vector<Step>>> layers = {
        {"service", {meet, say_kexinit, say_reply, say_newkeys}},
        {"auth", {meet, say_kexinit, say_reply, say_newkeys, grant}},
        {"open", {meet, say_kexinit, say_reply, say_newkeys, grant, succeed}},
    };
    const char* put_aside[] = {"6 7 51-53 60 80-82 192", "7 51-53 60 80-82 192", "80-82 192"};
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const auto at = [&](const std::string& where, std::vector<Step> more) {
        std::vector<Step> steps = layers[i].second;
        steps.insert(steps.end(), more.begin(), more.end());
        return client_at(std::string(layers[i].first) + ", " + where, Layer::later, strict, steps);
      };
      all.push_back({at("our KEXINIT out", {we_rekey}),
                     {{put_aside[i], "nothing"}, {"20", "negotiated says-30"}}});
      all.push_back({at("ours, awaiting the reply", {we_rekey, say_kexinit}), {{"31", "says-21"}}});
      all.push_back(
          {at("ours, awaiting NEWKEYS", {we_rekey, say_kexinit, say_reply}), {{"21", "keys"}}});
      all.push_back({at("theirs, awaiting the reply", {say_kexinit}), {{"31", "says-21"}}});
      all.push_back({at("theirs, awaiting NEWKEYS", {say_kexinit, say_reply}), {{"21", "keys"}}});
    }
    return all;
  });
}

TEST_CASE("server: every message in the first exchange") {
  check_all([](bool strict) -> std::vector<Case> {
    return {
        {server_at("identification", Layer::identification, strict, {}), {}},
        {server_at("awaiting KEXINIT", Layer::awaiting_kexinit, strict, {meet}),
         {{"20", "negotiated"}}},
        {server_at("awaiting the init", Layer::first_exchange, strict, {meet, say_kexinit}),
         {{"30", "sign? says-31 says-21 says-7"}}},
        {server_at("awaiting NEWKEYS", Layer::first_exchange, strict,
                   {meet, say_kexinit, say_init}),
         {{"21", "keys"}}},
    };
  });
}

TEST_CASE("server: every message in the layers") {
  check_all([](bool strict) -> std::vector<Case> {
    const std::vector<Step> keys = {meet, say_kexinit, say_init, say_newkeys};
    const auto at = [&](const char* name, std::vector<Step> more) {
      std::vector<Step> steps = keys;
      steps.insert(steps.end(), more.begin(), more.end());
      return server_at(name, Layer::later, strict, steps);
    };
    return {
        {at("service", {}), {{"5", "says-6"}, {"7 192", "nothing"}, {"20", "negotiated says-20"}}},
        {at("auth", {ask_service}),
         {{"50", "request? refused says-51"}, {"192", "nothing"}, {"20", "negotiated says-20"}}},
        {at("auth, prompts out", {ask_service, ask_kbdint}),
         {{"50", "request? refused says-51"},
          {"61", "responses? refused says-51"},
          {"192", "nothing"},
          {"20", "negotiated says-20"}}},
        {at("open", {ask_service, log_in}),
         {{"3 50 81 82", "nothing"},
          {"20", "negotiated says-20"},
          {"80", "says-82"},
          {"192", "says-193"}}},
    };
  });
}

TEST_CASE("server: every message in a re-exchange, started by us and by the peer") {
  check_all([](bool strict) -> std::vector<Case> {
    std::vector<Case> all;
    const std::vector<std::pair<const char*, std::vector<Step>>> layers = {
        {"service", {meet, say_kexinit, say_init, say_newkeys}},
        {"auth", {meet, say_kexinit, say_init, say_newkeys, ask_service}},
        {"open", {meet, say_kexinit, say_init, say_newkeys, ask_service, log_in}},
    };
    const char* put_aside[] = {"5 7 50 61 80-82 192", "50 61 80-82 192", "50 80-82 192"};
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const auto at = [&](const std::string& where, std::vector<Step> more) {
        std::vector<Step> steps = layers[i].second;
        steps.insert(steps.end(), more.begin(), more.end());
        return server_at(std::string(layers[i].first) + ", " + where, Layer::later, strict, steps);
      };
      all.push_back(
          {at("our KEXINIT out", {we_rekey}), {{put_aside[i], "nothing"}, {"20", "negotiated"}}});
      all.push_back({at("ours, awaiting the init", {we_rekey, say_kexinit}),
                     {{"30", "sign? says-31 says-21"}}});
      all.push_back(
          {at("ours, awaiting NEWKEYS", {we_rekey, say_kexinit, say_init}), {{"21", "keys"}}});
      all.push_back(
          {at("theirs, awaiting the init", {say_kexinit}), {{"30", "sign? says-31 says-21"}}});
      all.push_back({at("theirs, awaiting NEWKEYS", {say_kexinit, say_init}), {{"21", "keys"}}});
    }
    return all;
  });
}
