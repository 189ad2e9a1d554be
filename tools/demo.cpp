// sshauth demo: a server and five logins in one process, with keys that nobody has seen before.
#include <cstdio>
#include <set>
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
    {"Login by password", "password", true, true, exit_authenticated},
    {"Login by public key", "publickey", true, true, exit_authenticated},
    {"Login by keyboard-interactive", "keyboard-interactive", true, true, exit_authenticated},
    {"A wrong password, which the server must refuse", "password", false, true, exit_refused},
    {"Another host key than expected, which we must refuse", "password", true, false,
     exit_host_key},
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
    KeySettings ignored;
    if (const std::string why = apply_settings({"SecurityPolicy=Modern"}, config, ignored);
        !why.empty())
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

// Shows the steps of the protocol, and answers the one question of the server. Steps that an
// earlier login showed in the same words are not told again: those that a login begins with are
// counted, those between its own are left out.
class DemoObserver : public ClientObserver {
 public:
  DemoObserver(const Stage& stage, bool silent) : stage_(stage), silent_(silent) {}

  void begin(const DemoStep& step) {
    if (!silent_) std::printf("\n%u. %s\n", ++number_, step.title);
    repeated_ = 0;
    own_step_ = false;
  }
  void status(std::string_view sentence) override {
    if (told_.emplace(sentence).second)
      say(sentence);
    else
      ++repeated_;
  }
  Answer prompts(const PromptRound& round, std::vector<SecretBytes>& responses) override {
    for (std::size_t i = 0; i < round.prompts.size() && i < responses.size(); ++i) {
      if (round.prompts[i].text != kPrompt) return Answer::none;
      say(std::string("Its prompt is \"") + kPrompt + "\"; the answer is sent");
      responses[i] = SecretBytes(as_bytes(stage_.code));
    }
    return Answer::given;
  }

 private:
  void say(std::string_view sentence) {
    if (silent_) return;
    if (repeated_ != 0 && !own_step_) std::printf("     (%u steps as above)\n", repeated_);
    own_step_ = true;
    std::printf("     %s\n", readable(sentence).c_str());
  }

  const Stage& stage_;
  bool silent_;
  unsigned number_ = 0;
  unsigned repeated_ = 0;  // steps of this login that were told before
  bool own_step_ = false;  // one that was not has been shown
  std::set<std::string, std::less<>> told_;
};

void show_outcome(const DemoStep& step, const ClientResult& result, Exit got) {
  if (got != step.expected)
    std::printf("   => WRONG: %s\n", got == exit_authenticated ? "authenticated all the same"
                                                               : readable(result.text).c_str());
  else if (got == exit_authenticated)
    std::printf("   => authenticated in %u flights and %llu ms; %llu octets out, %llu in\n",
                result.flights, static_cast<unsigned long long>(result.total_ms),
                static_cast<unsigned long long>(result.octets_out),
                static_cast<unsigned long long>(result.octets_in));
  else
    std::printf("   => refused, as it should be: %s\n", readable(result.text).c_str());
  std::fflush(stdout);
}

Json play(const Stage& stage, const DemoStep& step, std::uint16_t port, DemoObserver& observer,
          bool json) {
  observer.begin(step);
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
    std::printf(
        "A server of our own listens on 127.0.0.1 port %u, made for this demonstration.\n"
        "Its host key: ssh-ed25519 %s\n",
        unsigned{server.port()}, print.c_str());
  DemoObserver observer(stage, json);
  Json steps = Json::array();
  bool good = true;
  {
    const Background background(server);
    for (const DemoStep& step : kSteps) {
      steps.push_back(play(stage, step, server.port(), observer, json));
      good = good && steps.back()["ok"] == true;
    }
  }
  const int status = good ? exit_authenticated : exit_protocol;
  if (json)
    print_json({{"result", good ? "ok" : "error"}, {"exit", status}, {"steps", steps}});
  else
    std::printf("\n%s\n", good ? "All five went as they should: three logins, two refusals."
                               : "Something did not go as it should.");
  return status;
}

}  // namespace sshauth::tool
