// sshauth demo: a server and five logins in one process, with keys that nobody has seen before.
#include <cstdio>
#include <thread>

#include "lib/client/auth_server.hpp"
#include "lib/client/client.hpp"
#include "lib/crypto/providers.hpp"
#include "lib/keys/fingerprint.hpp"
#include "lib/keys/generate.hpp"
#include "tools/login_report.hpp"
#include "tools/settings.hpp"
#include "tools/terminal.hpp"

namespace sshauth::tool {
namespace {

using SharedKey = std::shared_ptr<const Identity>;

struct DemoStep {
  const char* title;
  const char* method;
  bool right_password;
  bool right_host_key;
  Exit expected;
};

constexpr DemoStep kSteps[] = {
    {"by password", "password", true, true, exit_authenticated},
    {"by public key", "publickey", true, true, exit_authenticated},
    {"by keyboard-interactive", "keyboard-interactive", true, true, exit_authenticated},
    {"with a wrong password", "password", false, true, exit_refused},
    {"of a server with another host key", "password", true, false, exit_host_key},
};

constexpr const char* kUser = "demo";
constexpr const char* kPrompt = "One-time code: ";

SharedKey fresh_key() {
  KeyResult key = generate_identity("ed25519");
  if (!key) throw std::runtime_error(key.error().text);
  return std::make_shared<const Identity>(std::move(*key));
}

std::string fresh_secret() {
  std::uint8_t octets[12];
  if (!fill_random(default_provider().rng, octets))
    throw std::runtime_error("the system gives no random octets");
  return base64_encode(octets);
}

// What both sides of the demonstration know, or should not know.
struct Stage {
  SharedKey host_key = fresh_key(), other_host_key = fresh_key(), user_key = fresh_key();
  std::string password = fresh_secret(), code = fresh_secret();

  AuthServerConfig server() const {
    ServerUser user;
    user.name = kUser;
    user.password = password;
    const Bytes blob = user_key->public_blob();
    user.authorized_keys.emplace_back(blob.begin(), blob.end());
    user.rounds.push_back({"", "", {{kPrompt, false, code}}});
    AuthServerConfig config;
    config.provider = &default_provider();
    config.host_keys = {host_key};
    config.users.push_back(std::move(user));
    return config;
  }

  void client(const DemoStep& step, std::uint16_t port, ClientConfig& config) const {
    config.host = "127.0.0.1";
    if (const std::string why = apply_settings({"SecurityPolicy=Modern"}, config); !why.empty())
      throw std::runtime_error(why);
    config.port = port;
    config.user = kUser;
    config.methods = {step.method};
    config.password = SecretBytes(as_bytes(step.right_password ? password : "not the password"));
    config.identities = {user_key};
    auto trust = std::make_shared<HostTrust>();
    const SharedKey& pin = step.right_host_key ? host_key : other_host_key;
    if (const KeyError e = trust->pinned().add_key(pin->public_line()); !e.ok())
      throw std::runtime_error(e.text);
    config.trust = std::move(trust);
  }
};

// Shows the protocol's steps, and answers the one question of the server.
class DemoObserver : public ClientObserver {
 public:
  DemoObserver(const Stage& stage, bool silent) : stage_(stage), silent_(silent) {}

  void status(std::string_view sentence) override {
    if (!silent_) std::printf("     %s\n", readable(sentence).c_str());
  }
  Answer prompts(const PromptRound& round, std::vector<SecretBytes>& responses) override {
    for (std::size_t i = 0; i < round.prompts.size() && i < responses.size(); ++i) {
      if (round.prompts[i].text != kPrompt) return Answer::none;
      if (!silent_) std::printf("     the server asks: %s\n", kPrompt);
      responses[i] = SecretBytes(as_bytes(stage_.code));
    }
    return Answer::given;
  }

 private:
  const Stage& stage_;
  bool silent_;
};

void show_outcome(const DemoStep& step, const ClientResult& result, Exit got) {
  if (got == exit_authenticated)
    std::printf("   authenticated: %u flights, %s, %s, %s\n", result.flights,
                result.negotiated.kex.c_str(), result.host_key_type.c_str(),
                result.negotiated.cipher_c2s.c_str());
  else
    std::printf("   %s: %s\n", got == step.expected ? "refused, as it should be" : "failed",
                readable(result.text).c_str());
  std::fflush(stdout);
}

Json play(const Stage& stage, const DemoStep& step, std::uint16_t port, bool json) {
  if (!json) std::printf("Login %s\n", step.title);
  DemoObserver observer(stage, json);
  Client client(observer);
  stage.client(step, port, client.config());
  const ClientResult& result = client.run();
  const Exit got = exit_of(result, false);
  if (!json) show_outcome(step, result, got);
  return {{"step", step.title},
          {"expected", result_word(step.expected)},
          {"ok", got == step.expected},
          {"login", login_json(client.config(), result, got)}};
}

// The server lives in a thread of its own for as long as this does.
class Background {
 public:
  explicit Background(AuthServer& server) : server_(server), thread_([&server] { server.run(); }) {}
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  ~Background() {
    server_.stop();
    thread_.join();
  }

 private:
  AuthServer& server_;
  std::thread thread_;
};

}  // namespace

int run_demo(bool json) {
  const Stage stage;
  AuthServer server(stage.server());
  if (const NetError e = server.listen(); !e.ok()) return fail(exit_connection, e.text, json);
  const std::string print = fingerprint(stage.host_key->public_blob(),
                                        FingerprintKind::sha256_base64, default_provider());
  if (!json)
    std::printf("A server listens on 127.0.0.1 port %u; its fresh host key is %s\n",
                unsigned{server.port()}, print.c_str());
  Json steps = Json::array();
  bool good = true;
  {
    const Background background(server);
    for (const DemoStep& step : kSteps) {
      steps.push_back(play(stage, step, server.port(), json));
      good = good && steps.back()["ok"] == true;
    }
  }
  const int status = good ? exit_authenticated : exit_protocol;
  if (json)
    print_json({{"result", good ? "ok" : "error"}, {"exit", status}, {"steps", steps}});
  else
    std::printf("%s\n", good ? "All five logins went as they should."
                             : "Something did not go as it should.");
  return status;
}

}  // namespace sshauth::tool
