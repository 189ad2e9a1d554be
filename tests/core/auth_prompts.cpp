// keyboard-interactive (RFC 4256), methods that the host speaks itself, and questions that stay
// open.
#include <catch2/catch.hpp>

#include "lib/wire/messages.hpp"
#include "tests/core/loopback_world.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

void set_rounds(World& w, std::vector<std::vector<std::string>> responses) {
  static constexpr ipworksauth_prompt kPrompts[] = {{"Password: ", 0}, {"Token: ", 1}, {"", 1}};
  w.client.methods = "keyboard-interactive";
  for (const auto& round : responses) {
    std::vector<ipworksauth_prompt> prompts;
    for (std::size_t i = 0; i < round.size(); ++i) prompts.push_back(kPrompts[i % 3]);
    w.server_host.rounds.push_back(prompts);
  }
  w.client_host.responses = w.server_host.right_responses = std::move(responses);
}

template <class Message>
std::vector<std::uint8_t> payload_of(const Message& message) {
  std::vector<std::uint8_t> out(4096);
  Writer writer(out);
  encode(writer, message);
  REQUIRE(writer.ok());
  out.resize(writer.len());
  return out;
}

}  // namespace

TEST_CASE("keyboard-interactive: prompts reach the host as they are, and responses the server") {
  World w;
  set_rounds(w, {{"one", "two", ""}, {}, {"three"}});
  std::vector<std::string> seen;
  w.client_host.hook = [&](ipworksauth_engine* e, const ipworksauth_event& ev) {
    if (ev.kind != IPWORKSAUTH_EVENT_PROMPTS) return false;
    CHECK(text_of(ev.name) == "name");
    CHECK(text_of(ev.text) == "instruction");
    for (std::uint32_t i = 0; i < ev.num; ++i) {
      ipworksauth_octets text{};
      int echo = 7;
      REQUIRE(ipworksauth_engine_prompt(e, i, &text, &echo) == 0);
      seen.push_back(text_of(text) + (echo != 0 ? "+" : "-"));
    }
    ipworksauth_octets text{};
    CHECK(ipworksauth_engine_prompt(e, ev.num, &text, nullptr) == IPWORKSAUTH_E_ARGUMENT);
    return false;
  };
  CHECK(w.run().both_open);
  CHECK(joined(seen) == "Password: - | Token: + | + | Password: -");
  CHECK(joined(strand(w.client_host, true)) ==
        "attempt keyboard-interactive | prompts 3 | prompts 0 | prompts 1 | "
        "authenticated keyboard-interactive");
}

TEST_CASE("keyboard-interactive: 64 prompts are the most") {
  World w;
  set_rounds(w, {std::vector<std::string>(64, "yes")});
  const bool open = w.run(Feed::one_octet).both_open;
  INFO(w.errors());
  CHECK(open);
}

TEST_CASE("keyboard-interactive: the submethods hint reaches the server") {
  World w;
  set_rounds(w, {{"one"}});
  w.client.submethods = "pam,radius";
  std::string hint;
  w.server_host.hook = [&](ipworksauth_engine*, const ipworksauth_event& ev) {
    if (ev.kind == IPWORKSAUTH_EVENT_REQUEST) hint = text_of(ev.text);
    return false;
  };
  CHECK(w.run().both_open);
  CHECK(hint == "pam,radius");
}

TEST_CASE("keyboard-interactive: a wrong response, then a right one with password_tries 2") {
  World w;
  set_rounds(w, {{"one"}, {"two"}});
  w.client_host.responses = {{"one"}, {"wrong"}, {"one"}, {"two"}};
  w.client.password_tries = 2;
  const bool open = w.run().both_open;
  INFO(w.errors());
  CHECK(open);
  CHECK(count(w.client_host, "attempt keyboard-interactive") == 2);

  World once;
  set_rounds(once, {{"one"}, {"two"}});
  once.client_host.responses = {{"one"}, {"wrong"}, {"one"}, {"two"}};
  once.run();
  CHECK(once.pair->client.error().code == IPWORKSAUTH_E_AUTH_FAILED);
  CHECK(count(once.client_host, "prompts 1") == 2);
}

TEST_CASE("keyboard-interactive: a wrong number of responses is no answer") {
  World w;
  set_rounds(w, {{"one", "two"}});
  w.client_host.hook = [](ipworksauth_engine* e, const ipworksauth_event& ev) {
    if (ev.kind != IPWORKSAUTH_EVENT_PROMPTS) return false;
    const ipworksauth_octets three[3] = {};
    CHECK(ipworksauth_engine_answer_prompts(e, three, 1) == IPWORKSAUTH_E_ARGUMENT);
    CHECK(ipworksauth_engine_answer_prompts(e, three, 3) == IPWORKSAUTH_E_ARGUMENT);
    CHECK(ipworksauth_engine_answer_prompts(e, three, 0) == IPWORKSAUTH_E_ARGUMENT);
    const ipworksauth_octets broken[2] = {{nullptr, 5}, {}};
    CHECK(ipworksauth_engine_answer_prompts(e, broken, 2) == IPWORKSAUTH_E_ARGUMENT);
    return false;  // the question is still open and is answered as usual
  };
  const bool open = w.run().both_open;
  INFO(w.errors());
  CHECK(open);
}

TEST_CASE("keyboard-interactive: responses too long to send leave the question open") {
  World w;
  set_rounds(w, {std::vector<std::string>(64, "yes")});
  bool asked = false;
  w.client_host.hook = [&](ipworksauth_engine* e, const ipworksauth_event& ev) {
    if (ev.kind != IPWORKSAUTH_EVENT_PROMPTS) return false;
    asked = true;
    const std::vector<std::uint8_t> text(4096, 'x');
    const std::vector<ipworksauth_octets> most(64, {text.data(), text.size()});
    CHECK(ipworksauth_engine_answer_prompts(e, most.data(), 64) == IPWORKSAUTH_E_ARGUMENT);
    return false;
  };
  const bool open = w.run().both_open;
  INFO(w.errors());
  CHECK(open);
  CHECK(asked);
}

TEST_CASE("keyboard-interactive: declined, the next method has its turn") {
  World w;
  set_rounds(w, {{"one"}});
  w.client.methods = "keyboard-interactive,password";
  w.client_host.responses = {};
  w.client_host.passwords = {"secret"};
  const bool open = w.run().both_open;
  INFO(w.errors());
  CHECK(open);
  CHECK(joined(strand(w.client_host, true)) ==
        "attempt keyboard-interactive | prompts 1 | password | attempt password | "
        "authenticated password");
}

TEST_CASE("keyboard-interactive: a server that asks for ever is left") {
  World w;
  set_rounds(w, std::vector<std::vector<std::string>>(200, {"again"}));
  w.run();
  INFO(w.errors());
  CHECK(w.pair->client.error().code == IPWORKSAUTH_E_TOO_MUCH);
  CHECK(count(w.client_host, "prompts 1") == 64);
}

// ---- a method of the host's own --------------------------------------------------------------

TEST_CASE("custom: the host speaks password by itself, message by message") {
  World w;
  w.client.methods = "custom";
  std::vector<int> heard;
  std::vector<std::string> tries = {"wrong", "secret"};
  w.client_host.hook = [&](ipworksauth_engine* e, const ipworksauth_event& ev) {
    if (ev.kind != IPWORKSAUTH_EVENT_CUSTOM) return false;
    heard.push_back(ev.data.len != 0 ? ev.data.data[0] : 0);
    std::vector<std::uint8_t> rest(256);
    Writer fields(rest);
    encode(fields, PasswordFields{false, tries.front(), {}});
    const auto payload =
        payload_of(UserauthRequest{"alice", "ssh-connection", "password", fields.written()});
    tries.erase(tries.begin());
    // Only messages of authentication, RFC 4250 §4.1.2.
    const std::uint8_t other[] = {80, 1, 2};
    CHECK(ipworksauth_engine_answer_custom(e, other, sizeof other) == IPWORKSAUTH_E_ARGUMENT);
    CHECK(ipworksauth_engine_answer_custom(e, other, 0) == IPWORKSAUTH_E_ARGUMENT);
    CHECK(ipworksauth_engine_answer_custom(e, payload.data(), payload.size()) == 0);
    return true;
  };
  const bool open = w.run().both_open;
  INFO(w.errors());
  CHECK(open);
  CHECK(heard == std::vector<int>{0, 51});
  CHECK(saw(w.client_host, "authenticated custom"));
}

TEST_CASE("custom: messages 60 and up belong to the host") {
  World w;
  w.client.methods = "custom";
  w.server_host.rounds = {{{"1?", 0}}};
  w.server_host.right_responses = {{"one"}};
  std::vector<int> heard;
  w.client_host.hook = [&](ipworksauth_engine* e, const ipworksauth_event& ev) {
    if (ev.kind != IPWORKSAUTH_EVENT_CUSTOM) return false;
    heard.push_back(ev.data.len != 0 ? ev.data.data[0] : 0);
    std::vector<std::uint8_t> payload;
    if (heard.back() == 0) {
      std::vector<std::uint8_t> rest(64);
      Writer fields(rest);
      encode(fields, KbdintFields{});
      payload = payload_of(
          UserauthRequest{"alice", "ssh-connection", "keyboard-interactive", fields.written()});
    } else {
      InfoResponse response;
      response.num_responses = 1;
      response.response[0] = as_bytes("one");
      payload = payload_of(response);
    }
    CHECK(ipworksauth_engine_answer_custom(e, payload.data(), payload.size()) == 0);
    return true;
  };
  const bool open = w.run().both_open;
  INFO(w.errors());
  CHECK(open);
  CHECK(heard == std::vector<int>{0, 60});
}

TEST_CASE("custom: giving up ends the login") {
  World w;
  w.client.methods = "custom";
  w.run();
  CHECK(w.pair->client.error().code == IPWORKSAUTH_E_GAVE_UP);
  CHECK(w.pair->server.error().code == IPWORKSAUTH_E_PEER_DISCONNECTED);
}

// ---- questions that stay open ----------------------------------------------------------------

TEST_CASE("an open question is repeated, nothing else is opened, and other answers are refused") {
  World w;
  set_rounds(w, {{"one"}, {"two"}});
  int repeats = 0;
  w.client_host.hook = [&](ipworksauth_engine* e, const ipworksauth_event& ev) {
    if (ev.kind < IPWORKSAUTH_EVENT_HOST_KEY) return false;
    // What arrives meanwhile is kept and not looked at: octets that would end the engine.
    const std::uint8_t noise[64] = {0xff, 0xff, 0xff, 0xff};
    if (repeats == 3 && ev.kind == IPWORKSAUTH_EVENT_PROMPTS) {
      std::size_t used = 0;
      CHECK(ipworksauth_engine_receive(e, noise, sizeof noise, &used) == 0);
      CHECK(used == sizeof noise);
    }
    for (int i = 0; i < 3; ++i, ++repeats) {
      ipworksauth_event again;
      REQUIRE(ipworksauth_engine_next_event(e, &again) == 1);
      CHECK(again.kind == ev.kind);
      CHECK(again.num == ev.num);
      const std::uint8_t* out = nullptr;
      std::size_t len = 0;
      if (ev.kind == IPWORKSAUTH_EVENT_PROMPTS)
        CHECK(ipworksauth_engine_pending(e, &out, &len) == 0);
    }
    if (ev.kind != IPWORKSAUTH_EVENT_PASSWORD)
      CHECK(ipworksauth_engine_answer_password(e, "x", 1) == IPWORKSAUTH_E_STATE);
    if (ev.kind != IPWORKSAUTH_EVENT_HOST_KEY)
      CHECK(ipworksauth_engine_answer_host_key(e, IPWORKSAUTH_ACCEPT_HOST_KEY) ==
            IPWORKSAUTH_E_STATE);
    CHECK(ipworksauth_engine_answer_request(e, IPWORKSAUTH_ACCEPT, nullptr) == IPWORKSAUTH_E_STATE);
    return false;
  };
  w.run();
  // The noise came behind the first round's question: it is looked at after the answer, and ends
  // it.
  INFO(w.errors());
  CHECK(w.pair->client.error().code == IPWORKSAUTH_E_BAD_MAC);
  CHECK(count(w.client_host, "prompts 1") == 1);
}

namespace {

// Leaves the first question of `kind` open, lets the other side say what is meaningless, then has
// it answered.
void check_later(bool at_client, std::uint32_t kind, Feed feed) {
  World w;
  w.client.methods = "publickey,keyboard-interactive,password";
  w.client_host.passwords = {"secret"};
  w.client_host.responses = w.server_host.right_responses = {{"one"}};
  w.server_host.rounds = {{{"1?", 0}}};
  w.server_host.change_password = true;
  w.server_host.steps = {"publickey", "keyboard-interactive", "password"};
  w.add_user_key(key_of("ssh-ed25519"));
  bool hold = true;
  Host& host = at_client ? w.client_host : w.server_host;
  host.hook = [&](ipworksauth_engine*, const ipworksauth_event& ev) {
    return hold && ev.kind == kind;
  };
  w.run(feed, 3);
  INFO((at_client ? "client, kind " : "server, kind ") << kind << ": " << w.errors());
  const Side& asked = at_client ? w.pair->client : w.pair->server;
  const Side& other = at_client ? w.pair->server : w.pair->client;
  REQUIRE(asked.facts().question == kind);
  const std::size_t seen = host.events.size();
  const auto sent = asked.facts().octets_out;
  for (int i = 0; i < 3; ++i) {
    ipworksauth_engine_ignore(other.engine(), 50);  // not before it has keys
    w.run(feed, 4);
    CHECK(asked.facts().question == kind);
  }
  for (std::size_t i = seen; i < host.events.size(); ++i)
    CHECK(host.events[i] == host.events[seen - 1]);
  CHECK(asked.facts().octets_out == sent);
  host.events.resize(seen - 1);
  hold = false;
  const bool both = w.run(feed, 5).both_open;
  CHECK(both);
}

}  // namespace

TEST_CASE("questions may be answered later, in whatever pieces octets come") {
  for (const Feed feed : {Feed::whole, Feed::one_octet, Feed::random_cuts}) {
    for (const std::uint32_t kind :
         {IPWORKSAUTH_EVENT_HOST_KEY, IPWORKSAUTH_EVENT_SIGN, IPWORKSAUTH_EVENT_PASSWORD,
          IPWORKSAUTH_EVENT_NEW_PASSWORD, IPWORKSAUTH_EVENT_PROMPTS})
      check_later(true, kind, feed);
    for (const std::uint32_t kind :
         {IPWORKSAUTH_EVENT_SIGN, IPWORKSAUTH_EVENT_REQUEST, IPWORKSAUTH_EVENT_RESPONSES})
      check_later(false, kind, feed);
  }
}

// The host's time is not the login's (engine.h: open questions not counted).
TEST_CASE("the time that a question stays open does not count for login_timeout") {
  World w;
  w.client.methods = "password";
  w.client_host.passwords = {"secret"};
  w.client.login_timeout = 10'000;
  bool hold = true;
  w.client_host.hook = [&](ipworksauth_engine*, const ipworksauth_event& ev) {
    return hold && ev.kind == IPWORKSAUTH_EVENT_PASSWORD;
  };
  w.join();
  ipworksauth_engine* const e = w.pair->client.engine();
  REQUIRE(ipworksauth_engine_tick(e, 0) == 0);
  w.run();
  REQUIRE(ipworksauth_engine_tick(e, 9'000) == 0);
  REQUIRE(ipworksauth_engine_tick(e, 900'000) == 0);
  std::uint64_t when = 0;
  CHECK((ipworksauth_engine_deadline(e, &when) == 0 || when > 900'000));
  hold = false;
  CHECK(w.run().both_open);

  World slow;
  slow.client.methods = "password";
  slow.client.login_timeout = 10'000;
  slow.join();
  ipworksauth_engine* const s = slow.pair->client.engine();
  REQUIRE(ipworksauth_engine_tick(s, 500) == 0);
  REQUIRE(ipworksauth_engine_deadline(s, &when) == 1);
  CHECK(when == 10'500);
  CHECK(ipworksauth_engine_tick(s, 10'499) == 0);
  CHECK(ipworksauth_engine_tick(s, 10'500) == IPWORKSAUTH_E_LOGIN_TIMEOUT);
}
