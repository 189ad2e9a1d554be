// none and password (RFC 4252 §5.2, §8), limits, banners, and what must not be believed.
#include <catch2/catch.hpp>

#include "tests/core/loopback_world.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

// After a login that failed by authentication: both ended, and nobody says success.
void check_refused(const World& w, int client_code) {
  CHECK_FALSE(w.pair->client.authenticated());
  CHECK_FALSE(w.pair->server.authenticated());
  CHECK(w.pair->client.error().code == client_code);
  CHECK(w.pair->client.facts().stage == IPWORKSAUTH_STAGE_ENDED);
  CHECK(w.pair->server.facts().stage == IPWORKSAUTH_STAGE_ENDED);
  for (const Host* host : {&w.client_host, &w.server_host})
    for (const std::string& event : host->events) CHECK(event.rfind("authenticated", 0) != 0);
}

}  // namespace

TEST_CASE("none: accepted, refused, and as the first method only asks for the list") {
  World accepted;
  accepted.client.methods = "none";
  accepted.server_host.accept_none = true;
  CHECK(accepted.run().both_open);
  CHECK(saw(accepted.client_host, "authenticated none"));

  World refused;
  refused.client.methods = "none";
  refused.server.auth_methods = "publickey,password";
  refused.run();
  INFO(refused.errors());
  check_refused(refused, IPWORKSAUTH_E_AUTH_FAILED);
  CHECK(refused.pair->client.text(IPWORKSAUTH_TEXT_CAN_CONTINUE) == "publickey,password");
  CHECK(std::string(refused.pair->client.error().text).find("publickey,password") !=
        std::string::npos);

  World first;
  first.client.methods = "none,password";
  first.client_host.passwords = {"secret"};
  CHECK(first.run().both_open);
  CHECK(joined(strand(first.client_host, true)) ==
        "attempt none | refused none | password | attempt password | authenticated password");
}

// CVE-2021-36367 and its kin: who was asked for nothing has proved nothing, and the success is the
// beginning of phishing.
TEST_CASE("success before a credential is believed in mode none only") {
  for (const char* methods : {"none,password", "password,none", "none,publickey"}) {
    World w;
    w.client.methods = methods;
    w.client_host.passwords = {};  // none to give: on with the next method
    w.add_user_key(key_of("ssh-ed25519"));
    w.server_host.accept_none = true;
    w.run();
    INFO(methods << ": " << w.errors());
    CHECK_FALSE(w.pair->client.authenticated());
    CHECK(w.pair->client.error().code == IPWORKSAUTH_E_TRIVIAL_SUCCESS);
    CHECK_FALSE(saw(w.client_host, "authenticated none"));
  }
}

TEST_CASE("keyboard-interactive without a single question is no credential") {
  World w;
  w.client.methods = "keyboard-interactive";
  w.client_host.responses = {{}};
  w.server_host.rounds = {{}};
  w.server_host.right_responses = {{}};
  w.run();
  INFO(w.errors());
  CHECK(w.pair->client.error().code == IPWORKSAUTH_E_TRIVIAL_SUCCESS);

  // Nor is the request alone, when the server asks nothing at all.
  World at_once;
  at_once.client.methods = "keyboard-interactive";
  at_once.server_host.hook = [](ipworksauth_engine* e, const ipworksauth_event& ev) {
    return ev.kind == IPWORKSAUTH_EVENT_REQUEST &&
           ipworksauth_engine_answer_request(e, IPWORKSAUTH_ACCEPT, nullptr) == 0;
  };
  at_once.run();
  CHECK(at_once.pair->client.error().code == IPWORKSAUTH_E_TRIVIAL_SUCCESS);
}

TEST_CASE("partial success before a credential is not believed") {
  World w;
  w.client.methods = "keyboard-interactive,password";
  w.client_host.responses = {{}};
  w.client_host.passwords = {"secret"};
  w.server_host.rounds = {{}};
  w.server_host.right_responses = {{}};
  w.server_host.steps = {"keyboard-interactive", "password"};
  w.run();
  CHECK(w.pair->client.error().code == IPWORKSAUTH_E_TRIVIAL_SUCCESS);
  CHECK(count(w.client_host, "password") == 0);
}

TEST_CASE("password: right, wrong, wrong then right, none given") {
  SECTION("right") {
    World w;
    w.client.methods = "password";
    w.client_host.passwords = {"secret"};
    CHECK(w.run().both_open);
    CHECK(w.pair->client.facts().attempts == 1);
    CHECK(w.pair->server.text(IPWORKSAUTH_TEXT_USER) == "alice");
    CHECK(w.pair->server.text(IPWORKSAUTH_TEXT_METHOD) == "password");
    CHECK(w.pair->client.text(IPWORKSAUTH_TEXT_METHOD) == "password");
  }
  SECTION("wrong, once by default") {
    World w;
    w.client.methods = "password";
    w.client_host.passwords = {"wrong", "secret"};
    w.run();
    INFO(w.errors());
    check_refused(w, IPWORKSAUTH_E_AUTH_FAILED);
    CHECK(count(w.client_host, "attempt password") == 1);
    CHECK(w.pair->server.error().peer_reason == 14);
  }
  SECTION("wrong, then right with password_tries 2") {
    World w;
    w.client.methods = "password";
    w.client.password_tries = 2;
    w.client_host.passwords = {"wrong", "secret"};
    CHECK(w.run().both_open);
    CHECK(joined(strand(w.client_host, true)) ==
          "password | attempt password | refused password | password again | attempt password | "
          "authenticated password");
    CHECK(w.pair->client.facts().attempts == 2);
  }
  SECTION("wrong as often as password_tries says") {
    World w;
    w.client.methods = "password";
    w.client.password_tries = 3;
    w.client_host.passwords = {"1", "2", "3", "secret"};
    w.run();
    check_refused(w, IPWORKSAUTH_E_AUTH_FAILED);
    CHECK(count(w.client_host, "attempt password") == 3);
  }
  SECTION("none given: nothing leaves") {
    World w;
    w.client.methods = "password";
    w.run();
    INFO(w.errors());
    check_refused(w, IPWORKSAUTH_E_AUTH_FAILED);
    CHECK(count(w.client_host, "attempt password") == 0);
    CHECK(count(w.server_host, "request password") == 0);
  }
  SECTION("empty is a password") {
    World w;
    w.client.methods = "password";
    w.client_host.passwords = {""};
    w.server_host.right_password = "";
    CHECK(w.run().both_open);
  }
  SECTION("1024 octets are the most, and what cannot be sent leaves the question open") {
    World w;
    w.client.methods = "password";
    const std::string longest(1024, 'x');
    w.server_host.right_password = longest;
    w.client_host.hook = [&](ipworksauth_engine* e, const ipworksauth_event& ev) {
      if (ev.kind != IPWORKSAUTH_EVENT_PASSWORD) return false;
      const std::string more(1025, 'x');
      CHECK(ipworksauth_engine_answer_password(e, more.data(), more.size()) ==
            IPWORKSAUTH_E_ARGUMENT);
      CHECK(ipworksauth_engine_answer_prompts(e, nullptr, 0) == IPWORKSAUTH_E_STATE);
      CHECK(ipworksauth_engine_answer_password(e, longest.data(), longest.size()) == 0);
      CHECK(ipworksauth_engine_answer_password(e, longest.data(), longest.size()) ==
            IPWORKSAUTH_E_STATE);
      return true;
    };
    CHECK(w.run().both_open);
  }
}

TEST_CASE("password: the server wants a new one") {
  World w;
  w.client.methods = "password";
  w.client_host.passwords = {"secret"};
  w.client_host.new_password = "newer";
  w.server_host.change_password = true;
  std::string prompt;
  w.client_host.hook = [&](ipworksauth_engine*, const ipworksauth_event& ev) {
    if (ev.kind == IPWORKSAUTH_EVENT_NEW_PASSWORD) prompt = text_of(ev.text);
    return false;
  };
  std::string old_password, new_password;
  w.server_host.hook = [&](ipworksauth_engine*, const ipworksauth_event& ev) {
    if ((ev.flags & IPWORKSAUTH_FLAG_CHANGE) != 0) {
      old_password = text_of(ev.data);
      new_password = text_of(ev.new_data);
    }
    return false;
  };
  const bool open = w.run().both_open;
  INFO(w.errors());
  REQUIRE(open);
  CHECK(prompt == "choose a new one");
  CHECK(old_password == "secret");
  CHECK(new_password == "newer");
  CHECK(joined(strand(w.client_host, true)) ==
        "password | attempt password | new-password | attempt password | authenticated password");
}

TEST_CASE("password: a new one that the server does not like ends like a wrong one") {
  World w;
  w.client.methods = "password";
  w.client_host.passwords = {"secret"};
  w.client_host.new_password = "";
  w.server_host.change_password = true;
  w.run();
  check_refused(w, IPWORKSAUTH_E_AUTH_FAILED);
}

TEST_CASE("password: a server that asks for a new one for ever is left") {
  World w;
  w.client.methods = "password";
  w.client_host.passwords = {"secret"};
  w.server_host.hook = [](ipworksauth_engine* e, const ipworksauth_event& ev) {
    return ev.kind == IPWORKSAUTH_EVENT_REQUEST &&
           ipworksauth_engine_answer_change(e, "again") == 0;
  };
  w.run();
  INFO(w.errors());
  check_refused(w, IPWORKSAUTH_E_TOO_MUCH);
  CHECK(count(w.client_host, "new-password") == 8);
}

TEST_CASE("the server ends after max_attempts refused requests") {
  for (const std::uint32_t most : {1U, 3U}) {
    World w;
    w.client.methods = "password";
    w.client.password_tries = 16;
    w.client_host.passwords.assign(16, "wrong");
    w.server.max_attempts = most;
    w.run();
    INFO(w.errors());
    check_refused(w, IPWORKSAUTH_E_PEER_DISCONNECTED);
    CHECK(w.pair->server.error().code == IPWORKSAUTH_E_AUTH_FAILED);
    // So many are answered; the next one ends it.
    CHECK(count(w.client_host, "refused password") == most);
  }
}

TEST_CASE("banners: one before the first answer, and an octet stream is kept as it came") {
  World w;
  w.client.methods = "password";
  w.client.password_tries = 2;
  w.client_host.passwords = {"wrong", "secret"};
  w.server.banner = "Only for friends.\r\n\x1b[31m";
  CHECK(w.run().both_open);
  CHECK(count(w.client_host, "banner Only for friends.\r\n\x1b[31m") == 1);
}

TEST_CASE("a user name that is empty, long, or not ASCII") {
  for (const std::string& name :
       {std::string(), std::string("j\xc3\xbcrgen"), std::string(256, 'u')}) {
    World w;
    w.client.user = name.c_str();
    w.client.methods = "password";
    w.client_host.passwords = {"secret"};
    CHECK(w.run().both_open);
    CHECK(w.pair->server.text(IPWORKSAUTH_TEXT_USER) == name);
  }
  World longer;
  const std::string name(257, 'u');
  longer.client.user = name.c_str();
  longer.client.methods = "password";
  longer.client_host.passwords = {"secret"};
  longer.run();
  CHECK(longer.pair->server.error().code == IPWORKSAUTH_E_TOO_MUCH);
  CHECK(longer.pair->client.error().code == IPWORKSAUTH_E_PEER_DISCONNECTED);
}

TEST_CASE("another service than ssh-connection is not given") {
  World w;
  w.client.methods = "password";
  w.client_host.passwords = {"secret"};
  w.client.service = "ssh-other";
  w.run();
  CHECK(w.pair->server.error().code == IPWORKSAUTH_E_BAD_SERVICE);
  CHECK_FALSE(w.pair->client.authenticated());
}

TEST_CASE("a refused host key: nothing of authentication ever leaves") {
  for (const std::uint32_t verdict : {0U, 1U, 0xffffffffU}) {
    World w;
    w.client.methods = "password";
    w.client_host.passwords = {"secret"};
    w.client_host.verdict = verdict;
    w.run();
    CHECK(w.pair->client.error().code == IPWORKSAUTH_E_HOST_KEY_REFUSED);
    CHECK(w.pair->server.error().peer_reason == 9);
    CHECK(joined(w.server_host.events) ==
          "identified | negotiated | sign ssh-ed25519 | ended -100");
  }
}
