// Keys in an agent: which are offered, what an agent is told, and everything it may do wrong.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fake_agent.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

using Mode = AgentUse::Mode;

AuthServerConfig server_for(const Identity& key) {
  AuthServerConfig config = server_config();
  config.users.push_back(user_with_password("secret"));
  config.users.back().authorized_keys = {blob_of(key)};
  return config;
}

void use_agent(TestClient& t, const FakeAgent& agent, Mode mode) {
  t.config().methods = {"publickey"};
  t.config().agent.mode = mode;
  t.config().agent.socket = agent.path();
}

const std::shared_ptr<const Identity>& ed() { return key_of("ssh-ed25519"); }
std::shared_ptr<const Identity> other(int i) { return key_of("ssh-ed25519#" + std::to_string(i)); }

struct Wrong {
  const char* what;
  AgentReply reply;
  const char* sentence;
};

// What is wrong with any answer.
std::vector<Wrong> wrong_answers() {
  return {
      {"nothing, and the connection ends", {}, "hung up"},
      {"half a length", {{0, 0}, false}, "hung up"},
      {"half a message", {{0, 0, 0, 9, 12, 0}, false}, "hung up"},
      {"no octets", {{0, 0, 0, 0}, true}, "announces 0 octets"},
      {"one octet too many", {{0, 4, 0, 1}, true}, "announces 262145 octets"},
      {"all the memory there is", {{255, 255, 255, 255}, true}, "announces 4294967295 octets"},
      {"a message of another type", framed({6}), "is of type 6"},
  };
}

}  // namespace

TEST_CASE("An agent's keys are offered in its order, and the one that the server knows signs") {
  const auto key = other(3);
  RunningServer server(server_for(*key));
  FakeAgent agent({other(1), other(2), key, other(4)});
  TestClient t(server.port());
  use_agent(t, agent, Mode::only);
  INFO(t.client.result().text);
  CHECK(t.run().code == 0);
  CHECK(agent.flags() == std::vector<std::uint32_t>{0});  // the others were asked about, unsigned
  CHECK(agent.bound() == 1);
  CHECK(t.recorder.said("holds 4 key(s), 4 to be offered"));
  CHECK(t.recorder.said("Asking whether publickey"));
}

TEST_CASE("No more of an agent's keys are offered than the limit, and each once") {
  const auto key = other(3);
  RunningServer server(server_for(*key));
  FakeAgent agent({other(1), other(1), other(2), key});
  TestClient t(server.port());
  use_agent(t, agent, Mode::only);
  t.config().agent.most_keys = 2;
  CHECK(t.run().code == 1032);
  CHECK(agent.flags().empty());
  t.config().agent.most_keys = 3;
  CHECK(t.run().code == 0);
  // A key that is asked for is the only one, wherever the agent has it.
  t.config().agent.most_keys = 1;
  t.config().agent.wanted = {blob_of(*key)};
  CHECK(t.run().code == 0);
  t.config().agent.wanted = {blob_of(*ed())};
  CHECK(t.run().code == 272);
  CHECK(t.client.result().text.find("not the one that was asked for") != std::string::npos);
  CHECK(t.recorder.balanced());
}

TEST_CASE("An RSA key is asked for the signature that the server takes, by flag") {
  const auto key = key_of("ssh-rsa");
  RunningServer server(server_for(*key));
  FakeAgent agent({key});
  TestClient t(server.port());
  use_agent(t, agent, Mode::only);
  CHECK(t.run().code == 0);
  CHECK(agent.flags() == std::vector<std::uint32_t>{4});
  t.config().sig_algorithms = "rsa-sha2-256";
  CHECK(t.run().code == 0);
  CHECK(agent.flags() == std::vector<std::uint32_t>{4, 2});
  // Another hash than the one asked for is not passed on.
  agent.on_sign([&](Bytes message) {
    Blob changed(message.begin(), message.end());
    changed.back() = 4;
    return agent.sign(changed);
  });
  CHECK(t.run().code == 1032);
  CHECK(t.client.result().text.find("asked for a signature by rsa-sha2-256 and made one by "
                                    "rsa-sha2-512") != std::string::npos);
  t.config().sig_algorithms = "ssh-ed25519";
  CHECK(t.run().code == 272);
}

TEST_CASE("Agents that do not know session-bind sign all the same") {
  RunningServer server(server_for(*ed()));
  FakeAgent agent({ed()});
  agent.on_bind([](Bytes) { return agent_refuses(); });
  TestClient t(server.port());
  use_agent(t, agent, Mode::only);
  CHECK(t.run().code == 0);
  CHECK(agent.bound() == 0);
}

TEST_CASE("An agent that cannot list is an error where nothing else is wanted, else passed over") {
  RunningServer server(server_for(*ed()));
  FakeAgent agent({ed()});
  std::vector<Wrong> wrongs = wrong_answers();
  wrongs.push_back({"a refusal", agent_refuses(), "refuses to list"});
  wrongs.push_back({"a list cut short", framed({12, 0, 0, 0, 1, 0, 0, 0, 9, 0}), "damaged list"});
  wrongs.push_back({"too many keys", framed({12, 0, 0, 8, 1}), "announces 2049 keys"});
  wrongs.push_back({"octets behind the list", framed({12, 0, 0, 0, 0, 7}), "damaged list"});
  wrongs.push_back({"a key without a type", framed({12, 0, 0, 0, 1, 0, 0, 0, 1, 7, 0, 0, 0, 0}),
                    "without a type"});
  for (const Wrong& wrong : wrongs) {
    INFO(wrong.what);
    agent.on_list([&](Bytes) { return wrong.reply; });
    TestClient t(server.port());
    use_agent(t, agent, Mode::only);
    CHECK(t.run().code == 271);
    INFO(t.client.result().text);
    CHECK(t.client.result().text.find(agent.path()) != std::string::npos);
    CHECK(t.client.result().text.find(wrong.sentence) != std::string::npos);
    CHECK(t.client.result().connections == 0);
    t.config().agent.mode = Mode::when_there;
    CHECK(t.run().code == 271);  // there is nothing else
    t.config().methods = {"gssapi-with-mic", "publickey"};
    t.config().kerberos.library = "/nowhere/libgssapi.so";
    CHECK(t.run().code == 271);  // nor there, without a GSSAPI library
    t.config().methods = {"publickey"};
    t.config().methods = {"publickey", "password"};
    t.config().try_all = true;
    t.config().password = secret("secret");
    CHECK(t.run().code == 0);
    CHECK(t.recorder.said("No key agent is used: "));
    t.config().identities = {ed()};
    CHECK(t.run().method == "publickey");
    CHECK(t.client.result().code == 0);
  }
}

TEST_CASE("An agent without keys, without a socket, without anybody behind it") {
  RunningServer server(server_for(*ed()));
  TestClient t(server.port());
  {
    FakeAgent agent({});
    use_agent(t, agent, Mode::only);
    CHECK(t.run().code == 272);
    CHECK(t.client.result().text.find("ssh-add") != std::string::npos);
  }
  CHECK(t.run().code == 271);
  CHECK(t.client.result().text.find("there is no such socket") != std::string::npos);
  t.config().agent.socket = "";
  CHECK(t.run().code == 271);
  CHECK(t.client.result().text.find("SSH_AUTH_SOCK is not set") != std::string::npos);
  t.config().agent.socket = "/dev/null";
  CHECK(t.run().code == 271);
  t.config().agent.socket = std::string(200, 'a');
  CHECK(t.run().code == 271);
  CHECK(t.recorder.count("connected 0") == 0);

  // Bound, and nobody listens any more.
  char folder[] = "/tmp/dead-agent-XXXXXX";
  REQUIRE(::mkdtemp(folder) != nullptr);
  const std::string path = std::string(folder) + "/agent";
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  path.copy(at.sun_path, sizeof at.sun_path - 1);
  {
    const Descriptor dead(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto* name = static_cast<const sockaddr*>(static_cast<const void*>(&at));
    REQUIRE(::bind(dead.get(), name, sizeof at) == 0);
  }
  t.config().agent.socket = path;
  CHECK(t.run().code == 271);
  CHECK(t.client.result().text.find("nothing listens there") != std::string::npos);
  ::unlink(path.c_str());
  ::rmdir(folder);
}

TEST_CASE(
    "An agent that does not sign as it should fails with its own words, and the next key has "
    "its turn") {
  RunningServer server(server_for(*ed()));
  FakeAgent agent({ed()});
  std::vector<Wrong> wrongs = wrong_answers();
  wrongs.push_back({"a refusal", agent_refuses(), "refuses to sign: it is locked"});
  wrongs.push_back({"no signature", framed({14, 0, 0, 0, 0}), "malformed"});
  wrongs.push_back({"a signature cut short", framed({14, 0, 0, 0, 9, 1}), "damaged signature"});
  Blob bad{14, 0, 0, 0, 83, 0, 0, 0, 11};
  for (const char c : std::string("ssh-ed25519")) bad.push_back(static_cast<std::uint8_t>(c));
  bad.insert(bad.end(), {0, 0, 0, 64});
  bad.resize(bad.size() + 64, 1);
  wrongs.push_back({"a signature of something else", framed(bad), "does not verify"});
  for (const Wrong& wrong : wrongs) {
    INFO(wrong.what);
    agent.on_sign([&](Bytes) { return wrong.reply; });
    TestClient t(server.port());
    use_agent(t, agent, Mode::only);
    CHECK(t.run().code == 1032);
    INFO(t.client.result().text);
    CHECK(t.client.result().text.find(wrong.sentence) != std::string::npos);
    t.config().agent.mode = Mode::when_there;
    t.config().methods = {"publickey", "password"};
    t.config().try_all = true;
    t.config().password = secret("secret");
    CHECK(t.run().code == 0);
    CHECK(t.recorder.balanced());
  }
}

TEST_CASE("An agent that keeps silent holds a login up no longer than its limits") {
  RunningServer server(server_for(*ed()));
  FakeAgent agent({ed()});
  const AgentReply silence{{}, true};
  std::atomic<bool> quiet{true};
  const bool listing = GENERATE(true, false);
  if (listing)
    agent.on_list([&](Bytes) { return quiet ? silence : agent.list(); });
  else
    agent.on_sign([&](Bytes message) { return quiet ? silence : agent.sign(message); });
  const char* stage = listing ? "asking the key agent" : "no signature has come";
  FakeClock clock;
  TestClient t(server.port());
  use_agent(t, agent, Mode::only);
  t.config().clock = clock.function();
  t.config().timeout = 7;
  const auto reach_silence = [&] {
    const unsigned wanted = agent.connections() + (listing ? 1 : 2);
    t.client.start();
    while (t.client.busy() && agent.connections() < wanted) t.client.step_for(10);
    REQUIRE(t.client.busy());
  };

  SECTION("the time is over") {
    reach_silence();
    clock.pass(6999);
    t.client.step();
    CHECK(t.client.busy());
    clock.pass(1);
    t.client.step();
    CHECK(t.client.result().code == 201);
    CHECK(t.client.result().text.find(stage) != std::string::npos);
  }
  SECTION("interrupted") {
    reach_silence();
    t.client.interrupt();
    t.client.step();
    CHECK(t.client.result().code == 301);
  }
  CHECK_FALSE(t.client.busy());
  quiet = false;
  CHECK(t.run().code == 0);  // the object is as good as before
  CHECK(t.recorder.balanced());
}

TEST_CASE("A server that ends the connection while an agent thinks ends the login at once") {
  ServerByHand server(server_for(*ed()));
  FakeAgent agent({ed()});
  std::atomic<bool> asked{false};
  agent.on_sign([&](Bytes) {
    asked = true;
    return AgentReply{{}, true};  // nobody confirms
  });
  TestClient t(server.port());
  use_agent(t, agent, Mode::only);
  t.client.start();
  while (t.client.busy() && !asked) {
    server.step();
    t.client.step();
  }
  REQUIRE(t.client.busy());
  for (int i = 0; i < 100; ++i) t.client.step();  // nothing happens
  REQUIRE(t.client.busy());

  SECTION("and says why") {
    server.disconnect("the time for logging in is over");
    while (t.client.busy()) {
      wait_ready(t.client);  // on what wants() says, without a limit: the agent keeps silent
      t.client.step();
    }
    CHECK(t.client.result().code == 1001);
    CHECK(t.client.result().text.find("the time for logging in is over") != std::string::npos);
    CHECK(t.client.result().engine_error == "peer_disconnected");
  }
  SECTION("and does not say why") {
    server.hang_up();
    while (t.client.busy()) {
      wait_ready(t.client);
      t.client.step();
    }
    CHECK(t.client.result().engine_error == "connection_lost");
  }
  CHECK(t.recorder.balanced());
  CHECK(t.recorder.count("disconnected 0") == 0);
}

TEST_CASE("A confirmation that takes its time does not block an event loop") {
  RunningServer server(server_for(*ed()));
  FakeAgent agent({ed()});
  Interrupter confirmed;
  std::atomic<bool> asked{false};
  agent.on_sign([&](Bytes message) {
    asked = true;
    while (!confirmed.raised()) wait_for({-1, false, false, -1}, &confirmed);
    return agent.sign(message);
  });
  TestClient t(server.port());
  use_agent(t, agent, Mode::only);
  t.client.start();
  while (t.client.busy() && !asked) t.client.step_for(10);
  // Nothing to do: step returns at once, and the descriptor is the agent's.
  for (int i = 0; i < 100; ++i) t.client.step();
  REQUIRE(t.client.busy());
  const ClientWants wants = t.client.wants();
  CHECK(wants.fd >= 0);
  CHECK(wants.read);
  CHECK_FALSE(wants.write);
  confirmed.raise();
  while (t.client.busy()) {
    wait_ready(t.client);
    t.client.step();
  }
  CHECK(t.client.result().code == 0);
}
