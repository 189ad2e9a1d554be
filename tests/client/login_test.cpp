// The client against the loopback server: every method, every refusal, both ways to run it.
#include "support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The event-driven way, as a host's loop would do it.
const ClientResult& run_by_events(Client& client) {
  client.start();
  while (client.busy()) {
    const ClientWants w = client.wants();
    wait_for({w.fd, w.read, w.write, static_cast<int>(w.timeout_ms)}, nullptr);
    client.step();
  }
  return client.result();
}

AuthServerConfig password_server() {
  AuthServerConfig config = server_config();
  config.users.push_back(user_with_password("secret"));
  config.banner = "Be welcome";
  return config;
}

}  // namespace

TEST_CASE("A password logs in, blocking and event-driven, and all facts are there") {
  RunningServer server(password_server());
  for (const bool blocking : {true, false}) {
    TestClient t(server.port());
    t.config().password = secret("secret");
    const ClientResult& r = blocking ? t.run() : run_by_events(t.client);
    INFO(r.code << " " << r.text);
    CHECK(r.code == 0);
    CHECK(t.client.state() == ClientState::succeeded);
    CHECK(r.stage == ClientStage::done);
    CHECK(r.method == "password");
    CHECK(r.connections == 1);
    CHECK(r.attempts == 1);
    CHECK(r.host_key == blob_of(*key_of("ssh-ed25519#host")));
    CHECK(r.host_key_type == "ssh-ed25519");
    CHECK(r.negotiated.host_key == "ssh-ed25519");
    CHECK_FALSE(r.negotiated.kex.empty());
    CHECK_FALSE(r.negotiated.cipher_c2s.empty());
    CHECK(r.strict_kex);
    CHECK(r.server_identification.starts_with("SSH-2.0-"));
    CHECK(r.remote_address == "127.0.0.1");
    CHECK(r.remote_port == server.port());
    CHECK(r.local_address == "127.0.0.1");
    CHECK(r.local_port != 0);
    CHECK(r.octets_in > 0);
    CHECK(r.octets_out > 0);
    CHECK_FALSE(r.guess_hint.empty());
    CHECK(t.recorder.balanced());
    CHECK(t.recorder.count("connected 0") == 1);
    CHECK(t.recorder.count("disconnected 0") == 1);
    CHECK(t.recorder.banner_text == "Be welcome");
    CHECK(t.recorder.said("Trying password"));
    CHECK(t.recorder.said("is authenticated"));
  }
  CHECK(server.stop().num_authenticated() == 2);
}

TEST_CASE("Success takes three flights, two with the hint of an earlier login") {
  ScriptedServer server(password_server(), {{}});
  TestClient t(server.port());
  t.config().password = secret("secret");
  REQUIRE(t.run().code == 0);
  CHECK(t.client.result().flights == 3);
  REQUIRE(t.run().code == 0);
  CHECK(t.client.result().flights == 2);

  TestClient other(server.port());
  other.config().password = secret("secret");
  other.config().guess_hint = t.client.result().guess_hint;
  REQUIRE(other.run().code == 0);
  CHECK(other.client.result().flights == 2);

  other.config().kex_guess = 0;
  REQUIRE(other.run().code == 0);
  CHECK(other.client.result().flights == 3);
}

TEST_CASE("A wrong password, an unknown user: 1032, and the object is good for another login") {
  RunningServer server(password_server());
  TestClient t(server.port());
  t.config().password = secret("wrong");
  CHECK(t.run().code == 1032);
  CHECK(t.client.state() == ClientState::failed);
  CHECK(t.client.result().can_continue == "password");
  CHECK(t.client.result().engine_error == "auth_failed");
  CHECK(t.client.result().stage == ClientStage::authentication);
  CHECK(t.client.result().connections == 1);
  CHECK(t.recorder.count("disconnected 1032") == 1);
  CHECK(t.recorder.count("error 1032") == 1);
  CHECK(t.recorder.balanced());
  CHECK(t.recorder.said("refused password"));

  t.config().user = "nobody";
  t.config().password = secret("secret");
  CHECK(t.run().code == 1032);
  t.config().user = "me";
  CHECK(t.run().code == 0);
}

TEST_CASE("No password is set: the observer is asked, and asked again after a refusal") {
  RunningServer server(password_server());
  TestClient t(server.port());
  std::vector<bool> asked;
  t.config().password_tries = 3;
  t.recorder.on_password = [&](const PasswordQuestion& q, SecretBytes& out) {
    CHECK(q.user == "me");
    asked.push_back(q.again);
    out = secret(q.again ? "secret" : "first try");
    return Answer::given;
  };
  CHECK(t.run().code == 0);
  CHECK(asked == std::vector<bool>{false, true});

  t.recorder.on_password = [](const PasswordQuestion&, SecretBytes&) { return Answer::none; };
  CHECK(t.run().code == 1032);
}

TEST_CASE("Public keys of every type, by their numbers and by a signer elsewhere") {
  for (const char* type : {"ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
                           "ecdsa-sha2-nistp521", "ssh-rsa"}) {
    INFO(type);
    const auto& key = key_of(type);
    AuthServerConfig config = server_config(type);
    ServerUser user;
    user.name = "me";
    user.authorized_keys = {blob_of(*key)};
    config.users.push_back(user);
    RunningServer server(std::move(config));
    TestClient t(server.port());
    t.config().methods = {"publickey"};
    t.config().identities = {key};
    CHECK(t.run().code == 0);
    CHECK(t.client.result().host_key_type == type);
    CHECK_FALSE(t.client.result().key_algorithm.empty());

    t.config().identities = {public_half(*key)};
    CHECK(t.run().code != 0);  // nobody signs
    unsigned signatures = 0;
    t.recorder.on_sign = [&](const SignQuestion& q, Blob& out) {
      ++signatures;
      CHECK(q.index == 0);
      return key->sign(q.algorithm, q.data, default_provider(), out).ok() ? Answer::given
                                                                          : Answer::none;
    };
    CHECK(t.run().code == 0);
    CHECK(signatures == 1);
  }
}

TEST_CASE("Several identities: each in turn, with and without asking first") {
  AuthServerConfig config = server_config();
  ServerUser user;
  user.name = "me";
  user.authorized_keys = {blob_of(*key_of("ecdsa-sha2-nistp256"))};
  config.users.push_back(user);
  RunningServer server(std::move(config));
  for (const bool probe : {false, true}) {
    TestClient t(server.port());
    t.config().methods = {"publickey"};
    t.config().probe_identities = probe;
    t.config().identities = {key_of("ssh-ed25519"), key_of("ecdsa-sha2-nistp256")};
    CHECK(t.run().code == 0);
    CHECK(t.client.result().key_algorithm == "ecdsa-sha2-nistp256");
  }
}

TEST_CASE("Keyboard-interactive: rounds, prompts, a round that only tells, the password prompt") {
  AuthServerConfig config = server_config();
  ServerUser user;
  user.name = "me";
  user.rounds = {
      {"One", "Two questions", {{"Password: ", false, "secret"}, {"Town? ", true, "Ulm"}}},
      {"Two", "Nothing to answer", {}},
      {"Three", "", {{"Code: ", false, "42"}}}};
  config.users.push_back(user);
  RunningServer server(std::move(config));
  TestClient t(server.port());
  t.config().methods = {"keyboard-interactive"};
  t.config().password = secret("secret");
  t.config().is_password_prompt = [](std::string_view p) { return p == "Password: "; };
  std::vector<std::string> told;
  std::string town = "Ulm";
  t.recorder.on_prompts = [&](const PromptRound& round, std::vector<SecretBytes>& out) {
    told.push_back(round.name + "/" + round.instruction);
    for (std::size_t i = 0; i < round.prompts.size(); ++i) {
      CHECK(round.prompts[i].filled == (round.prompts[i].text == "Password: "));
      CHECK(round.prompts[i].echo == (round.prompts[i].text == "Town? "));
      if (round.prompts[i].text == "Town? ") out[i] = secret(town);
      if (round.prompts[i].text == "Code: ") out[i] = secret("42");
    }
    return Answer::given;
  };
  CHECK(t.run().code == 0);
  CHECK(told == std::vector<std::string>{"One/Two questions", "Two/Nothing to answer", "Three/"});
  town = "Bonn";
  CHECK(t.run().code == 1032);
  t.recorder.on_prompts = [](const PromptRound&, std::vector<SecretBytes>&) {
    return Answer::none;
  };
  CHECK(t.run().code == 1032);
}

TEST_CASE("Partial success: what is required in turn is given in turn") {
  AuthServerConfig config = server_config();
  ServerUser user = user_with_password("secret");
  user.authorized_keys = {blob_of(*key_of("ssh-ed25519"))};
  user.required = {"publickey", "password"};
  config.users.push_back(user);
  RunningServer server(std::move(config));
  TestClient t(server.port());
  t.config().methods = {"publickey", "password"};
  t.config().identities = {key_of("ssh-ed25519")};
  t.config().password = secret("secret");
  t.config().try_all = true;
  CHECK(t.run().code == 0);
  CHECK(t.recorder.said("wants more"));

  t.config().password = secret("wrong");
  CHECK(t.run().code == 1032);
  t.config().methods = {"publickey"};
  CHECK(t.run().code == 1032);
  CHECK(t.client.result().partial_success);
  CHECK(t.client.result().can_continue == "password");
}

TEST_CASE("A password that must be changed") {
  AuthServerConfig config = server_config();
  ServerUser user = user_with_password("old");
  user.must_change_password = true;
  config.users.push_back(user);
  RunningServer server(std::move(config));
  TestClient t(server.port());
  t.config().password = secret("old");
  CHECK(t.run().code != 0);  // nobody says what the new one is
  t.recorder.on_new_password = [](const NewPasswordQuestion& q, SecretBytes& old, SecretBytes& n) {
    CHECK(q.user == "me");
    CHECK_FALSE(q.prompt.empty());
    CHECK(as_text(old.reveal()) == "old");
    n = secret("new");
    return Answer::given;
  };
  CHECK(t.run().code == 0);
  t.config().password = secret("new");
  CHECK(t.run().code == 0);
}

TEST_CASE("Method none, where the server lets it") {
  AuthServerConfig config = server_config();
  ServerUser user;
  user.name = "me";
  user.may_come_in_without = true;
  config.users.push_back(user);
  RunningServer server(std::move(config));
  TestClient t(server.port());
  t.config().methods = {"none"};
  CHECK(t.run().code == 0);
  t.config().user = "you";
  CHECK(t.run().code == 1032);
}

// ---- the host key ----------------------------------------------------------------------------

TEST_CASE("Host keys: nothing known is refused, a pin accepts, another pin does not") {
  RunningServer server(password_server());
  TestClient t(server.port());
  t.recorder.accept = false;
  t.config().password = secret("secret");
  CHECK(t.run().code == 1030);
  CHECK(t.client.result().stage == ClientStage::host_key);
  CHECK(t.client.result().attempts == 0);
  CHECK(t.client.result().trust.verdict == HostKeyVerdict::unknown);
  CHECK(t.recorder.balanced());

  auto pinned = std::make_shared<HostTrust>();
  REQUIRE(pinned->pinned().add_key(key_of("ssh-ed25519#host")->public_line()).ok());
  t.config().trust = pinned;
  CHECK(t.run().code == 0);
  CHECK(t.client.result().trust.accepted());

  auto other = std::make_shared<HostTrust>();
  REQUIRE(other->pinned().add_key(key_of("ssh-ed25519")->public_line()).ok());
  t.config().trust = other;
  CHECK(t.run().code == 1030);
  CHECK(t.client.result().trust.verdict == HostKeyVerdict::mismatch);

  t.config().accept_any_host_key = true;
  CHECK(t.run().code == 0);
}

TEST_CASE("A revoked host key is refused whatever anybody says") {
  RunningServer server(password_server());
  TestClient t(server.port());
  auto trust = std::make_shared<HostTrust>();
  REQUIRE(trust->known_hosts()
              .add_text("@revoked * " + key_of("ssh-ed25519#host")->public_line(), "test")
              .ok());
  t.config().trust = trust;
  t.config().accept_any_host_key = true;
  t.config().password = secret("secret");
  t.recorder.on_host_key = [](const HostKeyQuestion& q) {
    CHECK_FALSE(q.preset);
    return HostKeyAnswer::accept;
  };
  CHECK(t.run().code == 1030);
  CHECK(t.client.result().trust.verdict == HostKeyVerdict::revoked);
}

TEST_CASE("Algorithms of keys on record come first in the negotiation") {
  AuthServerConfig config = password_server();
  config.host_keys = {key_of("ssh-ed25519#host"), key_of("ecdsa-sha2-nistp256#host"),
                      key_of("ssh-rsa#host")};
  RunningServer server(std::move(config));
  for (const char* type : {"ssh-rsa", "ecdsa-sha2-nistp256", "ssh-ed25519"}) {
    TestClient t(server.port());
    auto trust = std::make_shared<HostTrust>();
    const std::string line = "[127.0.0.1]:" + std::to_string(server.port()) + " " +
                             key_of(std::string(type) + "#host")->public_line();
    REQUIRE(trust->known_hosts().add_text(line, "test").ok());
    t.config().trust = trust;
    t.config().password = secret("secret");
    t.recorder.accept = false;
    CHECK(t.run().code == 0);
    CHECK(t.client.result().host_key_type == type);
  }
}

// ---- answers later, interrupts, observers that misbehave -------------------------------------

TEST_CASE("Questions may be answered later, from an event loop") {
  RunningServer server(password_server());
  TestClient t(server.port());
  bool decided = false;
  unsigned asked = 0;
  t.recorder.on_host_key = [&](const HostKeyQuestion&) {
    ++asked;
    return decided ? HostKeyAnswer::accept : HostKeyAnswer::later;
  };
  t.recorder.on_password = [&](const PasswordQuestion&, SecretBytes& out) {
    out = secret("secret");
    return Answer::given;
  };
  t.client.start();
  while (t.client.state() == ClientState::working) {
    wait_ready(t.client);
    t.client.step();
  }
  REQUIRE(t.client.state() == ClientState::question);
  CHECK(asked == 1);
  CHECK(t.client.wants().fd == -1);
  t.client.step();
  REQUIRE(t.client.state() == ClientState::question);
  CHECK(asked == 2);
  decided = true;
  while (t.client.busy()) {
    t.client.step();
    if (t.client.busy()) wait_ready(t.client);
  }
  CHECK(t.client.result().code == 0);
}

TEST_CASE("Questions may be answered later, while run waits for wake") {
  RunningServer server(password_server());
  TestClient t(server.port());
  std::atomic<bool> ready{false};
  std::thread other;
  t.recorder.on_password = [&](const PasswordQuestion&, SecretBytes& out) {
    if (!ready) {
      if (!other.joinable())
        other = std::thread([&] {
          ready = true;
          t.client.wake();
        });
      return Answer::later;
    }
    out = secret("secret");
    return Answer::given;
  };
  CHECK(t.run().code == 0);
  other.join();
}

TEST_CASE("Interrupts: 301 from another thread, from inside, and none that stays") {
  Listener silent;
  REQUIRE(Listener::open(false, 0, silent).ok());
  TestClient t(silent.port());
  std::thread other;
  t.recorder.on_connected = [&](int) { other = std::thread([&] { t.client.interrupt(); }); };
  CHECK(t.run().code == 301);
  other.join();
  CHECK(t.recorder.count("disconnected 301") == 1);
  t.recorder.on_connected = [&](int) { t.client.interrupt(); };
  CHECK(t.run().code == 301);
  t.recorder.on_connected = nullptr;

  RunningServer server(password_server());
  t.config().port = server.port();
  t.config().password = secret("secret");
  t.client.interrupt();  // nothing runs: it does nothing
  CHECK(t.run().code == 0);
}

TEST_CASE("An observer that throws or aborts ends the login, and nothing else") {
  RunningServer server(password_server());
  TestClient t(server.port());
  t.config().password = secret("secret");
  t.recorder.on_host_key = [](const HostKeyQuestion&) -> HostKeyAnswer {
    throw std::runtime_error("lost my mind");
  };
  CHECK(t.run().code == -1);
  CHECK(has(t.client.result().text, "lost my mind"));
  CHECK(t.client.result().attempts == 0);
  t.recorder.on_host_key = [](const HostKeyQuestion&) -> HostKeyAnswer { throw 5; };
  CHECK(t.run().code == -1);

  // At every sentence in turn.
  t.recorder.on_host_key = nullptr;
  t.recorder.sentences.clear();
  REQUIRE(t.run().code == 0);
  const std::size_t num = t.recorder.sentences.size();
  CHECK(num > 10);
  for (std::size_t at = 0; at + 1 < num; ++at) {
    std::size_t seen = 0;
    t.recorder.on_status = [&](const std::string&) {
      if (seen++ == at) t.client.abort(4711, "enough");
    };
    t.recorder.events.clear();
    CHECK(t.run().code == 4711);
    CHECK(t.client.result().text == "enough");
    CHECK(t.recorder.balanced());
  }
  t.recorder.on_status = nullptr;
  CHECK(t.run().code == 0);
}

TEST_CASE("From inside an observer run, start and step do nothing") {
  RunningServer server(password_server());
  TestClient t(server.port());
  t.config().password = secret("secret");
  unsigned calls = 0;
  t.recorder.on_status = [&](const std::string&) {
    ++calls;
    t.client.run();
    t.client.start();
    t.client.step();
    t.client.step_for(1000);
  };
  CHECK(t.run().code == 0);
  CHECK(calls > 10);
  CHECK(t.client.result().connections == 1);
}

TEST_CASE("A re-exchange asked for in the middle of authentication") {
  AuthServerConfig config = server_config();
  ServerUser user;
  user.name = "me";
  user.rounds = {{"", "", {{"One: ", false, "1"}}}, {"", "", {{"Two: ", false, "2"}}}};
  config.users.push_back(user);
  RunningServer server(std::move(config));
  TestClient t(server.port());
  CHECK_FALSE(t.client.rekey());
  t.config().methods = {"keyboard-interactive"};
  t.recorder.on_prompts = [&](const PromptRound& round, std::vector<SecretBytes>& out) {
    if (round.prompts[0].text == "One: ") CHECK(t.client.rekey());
    out[0] = secret(round.prompts[0].text == "One: " ? "1" : "2");
    return Answer::given;
  };
  CHECK(t.run().code == 0);
  CHECK(t.client.result().rekeys == 1);
  CHECK(t.recorder.said("Key re-exchange is complete"));
}

TEST_CASE("Waiting for the server to hang up first") {
  RunningServer server(password_server());
  TestClient t(server.port());
  t.config().password = secret("secret");
  t.config().wait_for_server_disconnect = true;
  CHECK(t.run().code == 0);
  CHECK(t.recorder.count("disconnected 0") == 1);
}

// ---- logs ------------------------------------------------------------------------------------

TEST_CASE("Logs: nothing above the level, packets at 2, octets at 3, and never a secret") {
  RunningServer server(password_server());
  const std::string word = "hunter2hunter2";
  const std::string hex = "68756e74657232";
  for (int level = 0; level <= 3; ++level) {
    TestClient t(server.port());
    t.config().log_level = level;
    t.config().password = secret(word);
    CHECK(t.run().code == 1032);
    bool packets = false, octets = false;
    for (const std::string& line : t.recorder.logs) {
      CHECK(line[0] - '0' <= level);
      packets = packets || has(line, "SSH_MSG_KEXINIT");
      octets = octets || line.starts_with("3 0000  14");
      CHECK_FALSE(has(line, word));
      CHECK_FALSE(has(line, hex));
    }
    CHECK(t.recorder.logs.empty() == (level == 0));
    CHECK(packets == (level >= 2));
    CHECK(octets == (level >= 3));
  }
}
