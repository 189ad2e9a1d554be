// EnablePageantAuth and AgentSocket: which keys are offered, what fails with which code, and an
// agent that takes its time in a host's event loop.
#include <poll.h>

#include <catch2/catch.hpp>

#include "tests/abi/host.hpp"
#include "tests/client/fake_agent.hpp"

using namespace sshauth;
using namespace sshauth::test;
using ::test::has;
using ::test::Host;

namespace {

const std::shared_ptr<const Identity>& right() { return key_of("ssh-ed25519"); }
const std::shared_ptr<const Identity>& wrong() { return key_of("ssh-ed25519#wrong"); }

AuthServerConfig server_of(std::vector<Blob> keys) {
  AuthServerConfig config = ::test::password_server();
  config.users.back().authorized_keys = std::move(keys);
  return config;
}

struct AgentHost : Host {
  AgentHost(std::uint16_t port, const FakeAgent& agent, int how) : Host(port) {
    ipworksauth_sshauth_setauthmode(*this, AM_PUBLIC_KEY);
    set("EnablePageantAuth=" + std::to_string(how));
    set("AgentSocket=" + agent.path());
  }
  void set(const std::string& setting) {
    config(setting);
    REQUIRE(code() == 0);
  }
  void set_key(const Identity& key) {
    SecretBytes pem;
    REQUIRE(format_private_key(key, std::nullopt, pem, 4).ok());
    const std::string store(as_text(pem.reveal()));
    ipworksauth_sshauth_setsshcertstoretype(*this, CST_PEMKEY_BLOB);
    ipworksauth_sshauth_setsshcertstore(*this, store.data(), static_cast<int>(store.size()));
    REQUIRE(ipworksauth_sshauth_setsshcertsubject(*this, "*") == 0);
  }
  void set_public(const Identity& key) {
    const std::string line = key.public_line();
    REQUIRE(ipworksauth_sshauth_setsshcertencoded(*this, line.data(),
                                                  static_cast<int>(line.size())) == 0);
  }
};

}  // namespace

TEST_CASE("EnablePageantAuth: 0 does not ask the agent, 1 asks it too, 2 asks it alone") {
  RunningServer server(server_of({blob_of(*right())}));
  FakeAgent agent({right()});
  AgentHost off(server.port(), agent, 0), too(server.port(), agent, 1),
      alone(server.port(), agent, 2);
  off.set_key(*wrong());
  CHECK(off.authenticate() == 1032);
  CHECK(agent.connections() == 0);
  CHECK(too.authenticate() == 0);
  CHECK(alone.authenticate() == 0);
  CHECK(agent.flags() == std::vector<std::uint32_t>{0, 0});
  CHECK(agent.bound() == 2);
  // The agent's key is not that of the store, which is the one that was meant.
  too.set_key(*wrong());
  CHECK(too.authenticate() == 1032);
  // With mode 2 the password is not tried, whatever AuthMode says.
  FakeAgent other({wrong()});
  AgentHost password(server.port(), other, 2);
  ipworksauth_sshauth_setauthmode(password, AM_PASSWORD);
  CHECK(password.authenticate() == 1032);
  CHECK(has(password.error(), "the server refused the key"));
  AgentHost then(server.port(), other, 1);
  ipworksauth_sshauth_setauthmode(then, AM_PASSWORD);
  CHECK(then.authenticate() == 0);
}

TEST_CASE("an agent that cannot be asked, is empty, or has not the key: 271 and 272, or the next") {
  RunningServer server(server_of({blob_of(*right())}));
  FakeAgent empty({}), other({wrong()}), refuses({right()});
  refuses.on_list([](Bytes) { return agent_refuses(); });
  struct {
    const FakeAgent& agent;
    int code;
    const char* why;
  } const kCases[] = {{empty, 272, "holds 0 key(s)"},
                      {other, 272, "not the one that was asked for"},
                      {refuses, 271, "refuses to list"}};
  for (const auto& [agent, code, why] : kCases) {
    INFO(why);
    AgentHost alone(server.port(), agent, 2);
    alone.set_public(*right());
    CHECK(alone.authenticate() == code);
    CHECK(has(alone.error(), why));
    CHECK(alone.balanced());
    AgentHost too(server.port(), agent, 1);
    too.set_key(*right());
    CHECK(too.authenticate() == 0);
    CHECK(has(too.logs.front(), "No key agent is used: "));
  }
  AgentHost nowhere(server.port(), other, 2);
  nowhere.set("AgentSocket=/nowhere/agent");
  CHECK(nowhere.authenticate() == 271);
}

TEST_CASE("a key of the agent is named by its public half; the limit is for those that are not") {
  RunningServer server(server_of({blob_of(*right())}));
  FakeAgent agent({key_of("ssh-ed25519#1"), key_of("ssh-ed25519#2"), right()});
  AgentHost host(server.port(), agent, 2);
  host.set("AgentKeyLimit=2");
  CHECK(host.authenticate() == 1032);
  host.set_public(*right());
  CHECK(host.authenticate() == 0);
  CHECK(std::count_if(
            host.logs.begin(), host.logs.end(),
            [](const std::string& line) { return line.starts_with("Asking whether publickey"); }) ==
        4);  // two keys, each in SSHStatus and in Log; the one that was named was not asked about
}

TEST_CASE("publickey,publickey: two keys of an agent, each once") {
  AuthServerConfig config = server_of({blob_of(*right()), blob_of(*wrong())});
  config.users.back().required = {"publickey", "publickey"};
  RunningServer server(std::move(config));
  FakeAgent both({right(), wrong()}), one({right()});
  for (const int mode : {AM_PUBLIC_KEY, AM_MULTI_FACTOR}) {
    INFO(mode);
    AgentHost host(server.port(), both, 1);
    ipworksauth_sshauth_setauthmode(host, mode);
    CHECK(host.authenticate() == 0);
    AgentHost single(server.port(), one, 1);
    ipworksauth_sshauth_setauthmode(single, mode);
    CHECK(single.authenticate() == 1032);
    CHECK(has(single.error(), "an earlier step succeeded"));
  }
  CHECK(both.flags().size() == 4);
  CHECK(one.flags().size() == 2);
}

TEST_CASE("a server that goes while an agent asks its user is heard in a host's event loop") {
  ServerByHand server(server_of({blob_of(*right())}));
  FakeAgent agent({right()});
  std::atomic<bool> asked{false};
  agent.on_sign([&](Bytes) {
    asked = true;
    return AgentReply{{}, true};
  });
  AgentHost host(server.port(), agent, 2);
  ipworksauth_sshauth_settimeout(host, 0);
  host.set("SelectWaitMillis=0");
  int code = host.authenticate();
  REQUIRE(code == 135);
  const auto busy = [&] {
    const int state = ipworksauth_sshauth_getstate(host);
    return state != IPWORKSAUTH_STATE_SUCCEEDED && state != IPWORKSAUTH_STATE_FAILED;
  };
  while (busy() && !asked) {
    server.step();
    code = ipworksauth_sshauth_doevents(host);
  }
  for (int i = 0; i < 20; ++i) code = ipworksauth_sshauth_doevents(host);
  REQUIRE(busy());
  server.disconnect("the time for logging in is over");
  while (busy()) {
    const int wants = ipworksauth_sshauth_getwants(host);
    pollfd wait{ipworksauth_sshauth_getsocket(host),
                static_cast<short>((wants & IPWORKSAUTH_WANTS_READ ? POLLIN : 0) |
                                   (wants & IPWORKSAUTH_WANTS_WRITE ? POLLOUT : 0)),
                0};
    REQUIRE(wait.fd >= 0);
    REQUIRE(::poll(&wait, 1, -1) == 1);  // whatever getwait says: it is the server that is heard
    code = ipworksauth_sshauth_doevents(host);
  }
  CHECK(code == 1001);
  CHECK(has(host.error(), "the time for logging in is over"));
  CHECK(host.balanced());
}
