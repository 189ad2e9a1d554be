// Methods and ways in that need more than one step on the client's side: several methods, signers
// elsewhere, hand-made packets, both address families.
#include <stdexcept>

#include "lib/wire/writer.hpp"
#include "support.hpp"
#include "tests/net/net_support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

AuthServerConfig password_server() {
  AuthServerConfig config = server_config();
  config.users.push_back(user_with_password("secret"));
  config.users.back().authorized_keys = {blob_of(*key_of("ecdsa-sha2-nistp256"))};
  return config;
}

// What an agent would be: the private half is somewhere else.
class Elsewhere : public Signer {
 public:
  Elsewhere(std::shared_ptr<const Identity> key, bool broken)
      : key_(std::move(key)), broken_(broken) {}
  std::unique_ptr<Signing> start(const SignRequest& request) override {
    if (broken_)
      return std::make_unique<FinishedSigning>(
          KeyError(KeyErrc::cannot_sign, "the agent was locked"));
    return key_->start_signing(request, default_provider());
  }

 private:
  std::shared_ptr<const Identity> key_;
  bool broken_;
};

std::shared_ptr<const Identity> elsewhere(const std::shared_ptr<const Identity>& key, bool broken) {
  return std::make_shared<Identity>(blob_of(*key), "", "agent",
                                    std::make_unique<Elsewhere>(key, broken));
}

// SSH_MSG_USERAUTH_REQUEST for method password, made by hand (RFC 4252 §8).
Blob password_request(std::string_view password) {
  Blob out(256);
  Writer w(out);
  w.u8(50).string("me").string("ssh-connection").string("password").boolean(false).string(password);
  REQUIRE(w.ok());
  out.resize(w.len());
  return out;
}

class Handmade : public Recorder {
 public:
  std::vector<Blob> replies;
  std::vector<int> heard;  // message numbers, -1 for none
  Answer custom(Bytes packet, Blob& reply) override {
    heard.push_back(packet.empty() ? -1 : packet[0]);
    if (replies.empty()) return Answer::none;
    reply = replies.front();
    replies.erase(replies.begin());
    return Answer::given;
  }
};

}  // namespace

TEST_CASE("A refused method is followed by the next only when told so") {
  RunningServer server(password_server());
  TestClient t(server.port());
  t.config().methods = {"publickey", "password"};
  t.config().identities = {key_of("ssh-ed25519")};
  t.config().password = secret("secret");
  CHECK(t.run().code == 1032);
  CHECK(t.client.result().method == "publickey");
  t.config().try_all = true;
  CHECK(t.run().code == 0);
  CHECK(t.client.result().method == "password");
}

TEST_CASE(
    "A password that was refused is not sent again by another method, nor to the same prompt") {
  AuthServerConfig config = server_config();
  ServerUser user = user_with_password("secret");
  user.rounds = {{"", "", {{"Password: ", false, "secret"}}}};
  config.users.push_back(user);
  RunningServer server(std::move(config));
  TestClient t(server.port());
  t.config().methods = {"password", "keyboard-interactive"};
  t.config().try_all = true;
  t.config().is_password_prompt = [](std::string_view) { return true; };
  std::vector<bool> filled;
  t.recorder.on_prompts = [&](const PromptRound& round, std::vector<SecretBytes>& out) {
    filled.push_back(round.prompts[0].filled);
    if (!filled.back()) out[0] = secret("secret");
    return Answer::given;
  };
  t.config().password = secret("wrong");
  CHECK(t.run().code == 0);
  CHECK(filled == std::vector<bool>{false});
  filled.clear();
  t.config().methods = {"keyboard-interactive", "password"};
  t.config().password_tries = 2;
  CHECK(t.run().code == 0);  // filled in, refused, then asked for
  CHECK(filled == std::vector<bool>{true, false});
  filled.clear();
  t.config().methods = {"keyboard-interactive"};
  t.config().password = secret("secret");
  CHECK(t.run().code == 0);
  CHECK(filled == std::vector<bool>{true});
}

TEST_CASE("A password may be wanted by two steps") {
  AuthServerConfig config = server_config();
  ServerUser user = user_with_password("secret");
  user.rounds = {{"", "", {{"Password: ", false, "secret"}}}};
  user.required = {"password", "keyboard-interactive"};
  config.users.push_back(user);
  RunningServer server(std::move(config));
  TestClient t(server.port());
  t.config().methods = {"password", "keyboard-interactive"};
  t.config().password = secret("secret");
  t.config().is_password_prompt = [](std::string_view) { return true; };
  CHECK(t.run().code == 0);
}

TEST_CASE("Keys whose private half is elsewhere sign there; a signer that fails is passed over") {
  RunningServer server(password_server());
  TestClient t(server.port());
  t.config().methods = {"publickey"};
  const auto& key = key_of("ecdsa-sha2-nistp256");
  t.config().identities = {elsewhere(key, false)};
  CHECK(t.run().code == 0);
  t.config().identities = {elsewhere(key, true)};
  CHECK(t.run().code != 0);
  CHECK(t.recorder.said("the agent was locked"));
}

TEST_CASE("Custom authentication: whole packets, made by the host, one after the other") {
  RunningServer server(password_server());
  Handmade recorder;
  Client client(recorder);
  client.config().provider = &default_provider();
  client.config().host = "127.0.0.1";
  client.config().port = server.port();
  client.config().user = "me";
  client.config().methods = {"custom"};
  recorder.replies = {password_request("wrong"), password_request("secret")};
  const ClientResult& r = client.run();
  INFO(r.text);
  CHECK(r.code == 0);
  CHECK(recorder.heard == std::vector<int>{-1, 51});

  recorder.heard.clear();
  recorder.replies = {Blob{20, 0, 0}};  // SSH_MSG_KEXINIT is not for a host to make
  CHECK(client.run().code != 0);
  CHECK(recorder.heard == std::vector<int>{-1});
  recorder.replies.clear();
  CHECK(client.run().code == 1032);
  CHECK(recorder.balanced());
}

TEST_CASE("IPv6, and IPv4 when the name has an IPv6 address that nobody listens on") {
  if (!has_v6()) return;
  AuthServerConfig config = password_server();
  config.v6 = true;
  RunningServer v6(std::move(config));
  RunningServer v4(password_server());
  TestClient t(v6.port());
  t.config().password = secret("secret");
  t.config().host = "[::1]";
  CHECK(t.run().code == 10047);
  t.config().socket.ip_mode = IpMode::v6_only;
  CHECK(t.run().code == 0);
  CHECK(t.client.result().remote_address == "::1");
  t.config().socket.ip_mode = IpMode::v6_preferred;
  CHECK(t.run().code == 0);
  t.config().host = "localhost";
  t.config().port = v4.port();
  CHECK(t.run().code == 0);
  CHECK(t.client.result().remote_address == "127.0.0.1");
}

TEST_CASE("a GSSAPI library that is not there ends a login only where nothing else is wanted") {
  RunningServer server(password_server());
  const auto login = [&](std::vector<std::string> methods, const char* kex = "") {
    auto t = std::make_unique<TestClient>(server.port());
    t->config().methods = std::move(methods);
    t->config().password = secret("secret");
    t->config().kerberos.library = "/nowhere/libgssapi.so";
    t->config().kex_algorithms = kex;
    t->run();
    return t;
  };
  const std::string both = "gss-curve25519-sha256-toWM5Slw5Ew8Mqkay+al2g==,curve25519-sha256";
  for (const std::vector<std::string>& methods :
       {std::vector<std::string>{"gssapi-with-mic", "password"},
        {"gssapi-keyex", "gssapi-with-mic", "password"},
        {"password", "gssapi-with-mic"}}) {
    const auto t = login(methods, both.c_str());
    INFO(t->client.result().text);
    CHECK(t->client.result().code == 0);
    std::string said;
    for (const std::string& sentence : t->recorder.sentences) said += sentence;
    CHECK(said.find("Kerberos is not used: ") != std::string::npos);
  }
  const auto alone = login({"gssapi-keyex", "gssapi-with-mic"});
  CHECK(alone->client.result().code == 270);
  CHECK(alone->client.result().text.find("GSSAPI") != std::string::npos);
  CHECK(alone->client.result().connections == 0);
}

TEST_CASE("who ends the login when told that there is no GSSAPI library has it ended at once") {
  TestClient t(1);
  t.config().methods = {"gssapi-with-mic", "password"};
  t.config().kerberos.library = "/nowhere/libgssapi.so";
  t.recorder.on_status = [](const std::string& sentence) {
    if (sentence.starts_with("Kerberos is not used")) throw std::runtime_error("no more");
  };
  t.client.start();
  CHECK_FALSE(t.client.busy());
  CHECK(t.client.result().code != 0);
  CHECK(t.client.result().connections == 0);
}
