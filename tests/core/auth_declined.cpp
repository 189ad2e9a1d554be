// A host may have no answer. Every question has one that says so; then the next method has its
// turn, or the login ends in words, and nothing has left that was not given.
#include <catch2/catch.hpp>

#include "tests/core/loopback_world.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

int decline(ipworksauth_engine* e, std::uint32_t kind) {
  switch (kind) {
    case IPWORKSAUTH_EVENT_HOST_KEY:
      return ipworksauth_engine_answer_host_key(e, IPWORKSAUTH_REFUSE);
    case IPWORKSAUTH_EVENT_SIGN: return ipworksauth_engine_answer_signature(e, nullptr, 0);
    case IPWORKSAUTH_EVENT_PASSWORD: return ipworksauth_engine_answer_password(e, nullptr, 0);
    case IPWORKSAUTH_EVENT_NEW_PASSWORD:
      return ipworksauth_engine_answer_new_password(e, nullptr, 0, nullptr, 0);
    case IPWORKSAUTH_EVENT_PROMPTS: return ipworksauth_engine_answer_prompts(e, nullptr, 0);
    case IPWORKSAUTH_EVENT_CUSTOM: return ipworksauth_engine_answer_custom(e, nullptr, 0);
    case IPWORKSAUTH_EVENT_REQUEST:
    case IPWORKSAUTH_EVENT_RESPONSES:
      return ipworksauth_engine_answer_request(e, IPWORKSAUTH_REFUSE, nullptr);
    default: return IPWORKSAUTH_E_STATE;
  }
}

struct Row {
  std::uint32_t kind;
  const char* method;
  int code;          // where no other method is left
  const char* said;  // in its sentence
};
constexpr Row kClient[] = {
    {IPWORKSAUTH_EVENT_SIGN, "publickey", IPWORKSAUTH_E_AUTH_FAILED, "no signature was given"},
    {IPWORKSAUTH_EVENT_PASSWORD, "password", IPWORKSAUTH_E_AUTH_FAILED, "no password was given"},
    {IPWORKSAUTH_EVENT_NEW_PASSWORD, "password", IPWORKSAUTH_E_AUTH_FAILED,
     "no new password was given"},
    {IPWORKSAUTH_EVENT_PROMPTS, "keyboard-interactive", IPWORKSAUTH_E_AUTH_FAILED,
     "no responses were given"},
    {IPWORKSAUTH_EVENT_HOST_KEY, "password", IPWORKSAUTH_E_HOST_KEY_REFUSED, "host key"},
    {IPWORKSAUTH_EVENT_CUSTOM, "custom", IPWORKSAUTH_E_GAVE_UP, "the host ended"},
};

// A login by `methods` where the host declines questions of that kind; how often it did.
void set_up(World& w, const Row& row, const char* methods, int& declined) {
  w.client.methods = methods;
  w.client_host.passwords.assign(4, "secret");
  w.server_host.change_password = row.kind == IPWORKSAUTH_EVENT_NEW_PASSWORD;
  w.client_host.responses = w.server_host.right_responses = {{"one"}};
  w.server_host.rounds = {{{"1?", 0}}};
  w.add_user_key(key_of("ssh-ed25519"));
  w.client_host.hook = [&declined, row](ipworksauth_engine* e, const ipworksauth_event& ev) {
    if (ev.kind != row.kind) return false;
    CHECK(decline(e, ev.kind) == 0);
    ++declined;
    return true;
  };
}

}  // namespace

TEST_CASE("declined: each question of a client, and no method is left") {
  for (const Row& row : kClient) {
    World w;
    int declined = 0;
    set_up(w, row, row.method, declined);
    w.run();
    INFO(row.said << ": " << w.errors());
    CHECK(declined == 1);
    CHECK(w.pair->client.error().code == row.code);
    CHECK(std::string(w.pair->client.error().text).find(row.said) != std::string::npos);
    CHECK(w.pair->client.facts().stage == IPWORKSAUTH_STAGE_ENDED);
    CHECK(w.pair->client.facts().question == 0);
    // The server is told, and not left waiting.
    CHECK(w.pair->server.error().code == IPWORKSAUTH_E_PEER_DISCONNECTED);
    CHECK_FALSE(w.pair->server.authenticated());
  }
}

TEST_CASE("declined: the next method has its turn, whatever try_all says") {
  for (const std::uint32_t try_all : {0U, 1U}) {
    for (const Row& row : kClient) {
      if (row.code != IPWORKSAUTH_E_AUTH_FAILED) continue;
      const bool prompts = row.kind == IPWORKSAUTH_EVENT_PROMPTS;
      const std::string next = prompts ? "publickey" : "keyboard-interactive";
      World w;
      int declined = 0;
      set_up(w, row, w.keep(std::string(row.method) + "," + next), declined);
      w.client.try_all = try_all;
      const bool open = w.run().both_open;
      INFO(row.said << ": " << w.errors());
      CHECK(open);
      CHECK(declined == 1);
      CHECK(saw(w.client_host, "authenticated " + next));
    }
  }
}

// RFC 4252 §8: the old password was seen and found too old; nothing more of it goes out.
TEST_CASE("declined: a new password, and what half an answer is") {
  World w;
  w.client.methods = "password";
  w.client_host.passwords = {"secret"};
  w.server_host.change_password = true;
  bool asked = false;
  w.client_host.hook = [&](ipworksauth_engine* e, const ipworksauth_event& ev) {
    if (ev.kind != IPWORKSAUTH_EVENT_NEW_PASSWORD) return false;
    asked = true;
    CHECK(ipworksauth_engine_answer_new_password(e, nullptr, 0, "new", 3) ==
          IPWORKSAUTH_E_ARGUMENT);
    const std::string longest(1025, 'x');
    CHECK(ipworksauth_engine_answer_new_password(e, "secret", 6, longest.data(), 1025) ==
          IPWORKSAUTH_E_ARGUMENT);
    CHECK(ipworksauth_engine_answer_password(e, nullptr, 0) == IPWORKSAUTH_E_STATE);
    // Still open; the old one alone is no answer either.
    CHECK(ipworksauth_engine_answer_new_password(e, "secret", 6, nullptr, 0) == 0);
    CHECK(ipworksauth_engine_answer_new_password(e, "secret", 6, "new", 3) < 0);
    return true;
  };
  w.run();
  CHECK(asked);
  CHECK(w.pair->client.error().code == IPWORKSAUTH_E_AUTH_FAILED);
  CHECK(count(w.client_host, "attempt password") == 1);
  CHECK(count(w.server_host, "request password") == 1);
}

// Empty is an answer where none would be NULL.
TEST_CASE("declined: nothing is not the same as empty") {
  World w;
  w.client.methods = "password";
  w.client_host.passwords = {""};
  w.client_host.new_password = "";
  w.server_host.right_password = "";
  w.server_host.change_password = true;
  w.run();
  CHECK(count(w.server_host, "request password") == 2);
}

TEST_CASE("declined: what the host has not does not count as a refusal of the server") {
  World w;
  w.client.methods = "password,publickey";
  w.add_user_key(key_of("ssh-ed25519"), false);
  w.run();
  const std::string text = w.pair->client.error().text;
  INFO(text);
  CHECK(text.find("no password was given, and the server refused the key") != std::string::npos);
}

TEST_CASE("declined: a server that cannot sign ends, one that refuses requests goes on") {
  World w;
  w.client.methods = "password";
  w.client_host.passwords = {"secret"};
  w.server_host.hook = [](ipworksauth_engine* e, const ipworksauth_event& ev) {
    return ev.kind == IPWORKSAUTH_EVENT_SIGN && decline(e, ev.kind) == 0;
  };
  w.run();
  CHECK(w.pair->server.error().code == IPWORKSAUTH_E_CANNOT_SIGN);
  CHECK(w.pair->client.error().code == IPWORKSAUTH_E_PEER_DISCONNECTED);

  for (const std::uint32_t kind : {IPWORKSAUTH_EVENT_REQUEST, IPWORKSAUTH_EVENT_RESPONSES}) {
    World again;
    again.client.methods = "keyboard-interactive";
    again.client.password_tries = 2;
    again.client_host.responses.assign(2, {"one"});
    again.server_host.right_responses = {{"one"}};
    again.server_host.rounds = {{{"1?", 0}}};
    bool first = true;
    again.server_host.hook = [&](ipworksauth_engine* e, const ipworksauth_event& ev) {
      if (ev.kind != kind || !std::exchange(first, false)) return false;
      return decline(e, ev.kind) == 0;
    };
    CHECK(again.run().both_open);
    CHECK(count(again.client_host, "refused keyboard-interactive") == 1);
  }
}
