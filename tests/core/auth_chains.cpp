// Several methods in one login: partial success (RFC 4252 §5.1), what follows a refusal, limits.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/core/loopback_world.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

// What a server with AuthenticationMethods says: before and after each step only the next method
// can continue.
void be_strict_about_order(World& w) {
  w.server_host.hook = [&w](ipworksauth_engine* e, const ipworksauth_event& ev) {
    if (ev.kind != IPWORKSAUTH_EVENT_REQUEST) return false;
    const Host& host = w.server_host;
    const std::string& next = host.steps[host.step];
    if (text_of(ev.method) == next) return false;
    return ipworksauth_engine_answer_request(e, IPWORKSAUTH_REFUSE, next.c_str()) == 0;
  };
}

struct Chain {
  const char* methods;
  std::vector<std::string> steps;
};

std::string run_chain(World& w, const Chain& chain) {
  w.client.methods = chain.methods;
  w.server_host.steps = chain.steps;
  w.client_host.passwords.assign(4, "secret");
  w.client_host.responses.assign(4, {"one"});
  w.server_host.right_responses = {{"one"}};
  w.server_host.rounds = {{{"1?", 0}}};
  w.run();
  return w.pair->client.authenticated() && w.pair->server.authenticated() ? "ok" : "no";
}

}  // namespace

TEST_CASE("partial success: every chain of methods, in every order of the client's list") {
  const std::vector<Chain> chains = {
      {"publickey,password", {"publickey", "password"}},
      {"password,publickey", {"password", "publickey"}},
      {"publickey,password", {"password", "publickey"}},
      {"password,publickey", {"publickey", "password"}},
      {"password,keyboard-interactive", {"password", "keyboard-interactive"}},
      {"keyboard-interactive,password", {"password", "keyboard-interactive"}},
      {"publickey,keyboard-interactive,password",
       {"publickey", "password", "keyboard-interactive"}},
      {"password,keyboard-interactive,publickey",
       {"publickey", "password", "keyboard-interactive"}},
      {"none,password,keyboard-interactive,publickey",
       {"publickey", "password", "keyboard-interactive"}},
  };
  for (const Chain& chain : chains) {
    World w;
    w.client.try_all = 1;
    w.add_user_key(key_of("ssh-ed25519"));
    be_strict_about_order(w);
    const std::string result = run_chain(w, chain);
    INFO(chain.methods << " at " << joined(chain.steps) << ": " << w.errors());
    CHECK(result == "ok");
    CHECK(count(w.client_host, "refused " + chain.steps[0] + " partial") == 1);
    CHECK(w.pair->client.facts().partial == 0);
  }
}

TEST_CASE("partial success: publickey twice, each time with another key") {
  for (const unsigned num : {2U, 4U}) {
    World w;
    w.client.methods = "publickey";
    for (unsigned i = 0; i < num; ++i)
      w.add_user_key(key_of("ssh-ed25519", i), i == 0 || i == num - 1);
    // As sshd does it: a key that has counted does not count again.
    std::vector<std::string> counted;
    w.server_host.hook = [&](ipworksauth_engine* e, const ipworksauth_event& ev) {
      if (ev.kind != IPWORKSAUTH_EVENT_REQUEST) return false;
      const std::string key = text_of(ev.key);
      if (std::find(counted.begin(), counted.end(), key) != counted.end())
        return ipworksauth_engine_answer_request(e, IPWORKSAUTH_REFUSE, "publickey") == 0;
      if ((ev.flags & IPWORKSAUTH_FLAG_SIGNED) != 0) counted.push_back(key);
      return false;
    };
    const std::string result = run_chain(w, {"publickey", {"publickey", "publickey"}});
    INFO(w.errors());
    CHECK(result == "ok");
    CHECK(counted.size() == 2);
    CHECK(count(w.client_host, "sign ssh-ed25519") == 2);
  }
}

// A key that is refused at first, for it is not its turn, may be right when it is.
TEST_CASE("partial success: keys that were refused before the step are offered again after it") {
  World w;
  w.client.try_all = 1;
  w.add_user_key(key_of("ssh-ed25519", 0), true);
  w.add_user_key(key_of("ssh-ed25519", 1), false);
  w.add_user_key(key_of("ssh-ed25519", 2), false);
  // Says that publickey can continue, and yet takes none before the password.
  w.server_host.hook = [&w](ipworksauth_engine* e, const ipworksauth_event& ev) {
    if (ev.kind != IPWORKSAUTH_EVENT_REQUEST || w.server_host.step != 0 ||
        text_of(ev.method) != "publickey")
      return false;
    return ipworksauth_engine_answer_request(e, IPWORKSAUTH_REFUSE, "publickey,password") == 0;
  };
  const std::string result = run_chain(w, {"publickey,password", {"password", "publickey"}});
  INFO(w.errors());
  CHECK(result == "ok");
}

TEST_CASE("partial success: a key that counted is not offered twice") {
  World w;
  w.client.try_all = 1;
  w.add_user_key(key_of("ssh-ed25519", 0), true);
  const std::string result =
      run_chain(w, {"publickey,password", {"publickey", "publickey", "password"}});
  INFO(w.errors());
  CHECK(result == "no");
  CHECK(count(w.client_host, "sign ssh-ed25519") == 1);
  CHECK(w.pair->client.error().code == IPWORKSAUTH_E_AUTH_FAILED);
  CHECK(std::string(w.pair->client.error().text).find("earlier step succeeded") !=
        std::string::npos);
}

TEST_CASE("partial success: what is left over is told") {
  World w;
  const std::string result = run_chain(w, {"password", {"password", "keyboard-interactive"}});
  CHECK(result == "no");
  CHECK(w.pair->client.error().code == IPWORKSAUTH_E_AUTH_FAILED);
  CHECK(w.pair->client.text(IPWORKSAUTH_TEXT_CAN_CONTINUE) == "keyboard-interactive");
  CHECK(w.pair->client.facts().partial == 1);
}

TEST_CASE("try_all: a refused method is followed by the next, or ends the login") {
  for (const std::uint32_t try_all : {0U, 1U}) {
    World w;
    w.client.try_all = try_all;
    w.client.methods = "password,keyboard-interactive";
    w.client_host.passwords = {"wrong"};
    w.client_host.responses = w.server_host.right_responses = {{"one"}};
    w.server_host.rounds = {{{"1?", 0}}};
    const bool open = w.run().both_open;
    INFO(w.errors());
    CHECK(open == (try_all == 1));
    CHECK(count(w.client_host, "attempt keyboard-interactive") == try_all);
  }
}

TEST_CASE(
    "try_all: without it a key that is refused ends the login, but not before every key was") {
  World w;
  w.client.methods = "publickey,password";
  w.client_host.passwords = {"secret"};
  w.add_user_key(key_of("ssh-ed25519", 0), false);
  w.add_user_key(key_of("ssh-ed25519", 1), false);
  w.run();
  INFO(w.errors());
  CHECK(w.pair->client.error().code == IPWORKSAUTH_E_AUTH_FAILED);
  CHECK(count(w.client_host, "attempt publickey ssh-ed25519 probe") == 2);
  CHECK(count(w.client_host, "password") == 0);
}

// The list may shrink: what is no longer in it is refused, however many keys are left.
TEST_CASE("try_all: a method that the refusal no longer lists counts as refused") {
  for (const std::uint32_t try_all : {0U, 1U}) {
    World w;
    w.client.try_all = try_all;
    w.client.methods = "publickey,password";
    w.client_host.passwords = {"secret"};
    w.add_user_key(key_of("ssh-ed25519", 0), false);
    w.add_user_key(key_of("ssh-ed25519", 1), false);
    w.server_host.hook = [](ipworksauth_engine* e, const ipworksauth_event& ev) {
      return ev.kind == IPWORKSAUTH_EVENT_REQUEST && text_of(ev.method) == "publickey" &&
             ipworksauth_engine_answer_request(e, IPWORKSAUTH_REFUSE, "password") == 0;
    };
    const bool open = w.run().both_open;
    INFO(w.errors());
    CHECK(open == (try_all == 1));
    CHECK(count(w.client_host, "attempt publickey ssh-ed25519 probe") == 1);
  }
}

TEST_CASE("a server whose list has nothing of ours is left in words") {
  World w;
  w.client.try_all = 1;
  w.client.methods = "password,publickey";
  w.client_host.passwords = {"wrong"};
  w.add_user_key(key_of("ssh-ed25519"));
  w.server_host.hook = [](ipworksauth_engine* e, const ipworksauth_event& ev) {
    return ev.kind == IPWORKSAUTH_EVENT_REQUEST &&
           ipworksauth_engine_answer_request(e, IPWORKSAUTH_REFUSE, "hostbased,gssapi-with-mic") ==
               0;
  };
  w.run();
  CHECK(w.pair->client.error().code == IPWORKSAUTH_E_AUTH_FAILED);
  const std::string text = w.pair->client.error().text;
  INFO(text);
  CHECK(text.find("hostbased,gssapi-with-mic") != std::string::npos);
  CHECK(text.find("alice") != std::string::npos);
}

// Keyboard-interactive rounds of one step and requests for a new password of another are counted
// apart: neither uses up the other's limit.
TEST_CASE("many rounds of questions leave room for a change of the password") {
  World w;
  w.client.methods = "keyboard-interactive,password";
  w.client_host.passwords = {"secret"};
  w.server_host.change_password = true;
  w.server_host.steps = {"keyboard-interactive", "password"};
  for (int i = 0; i < 20; ++i) {
    w.client_host.responses.push_back({"yes"});
    w.server_host.right_responses.push_back({"yes"});
    w.server_host.rounds.push_back({{"again?", 1}});
  }
  const bool open = w.run().both_open;
  INFO(w.errors());
  CHECK(open);
}
