// sshauth serve: a server on the loopback address that authenticates users and does nothing else.
#include <signal.h>

#include <atomic>
#include <cstdio>
#include <map>

#include "lib/crypto/providers.hpp"
#include "lib/keys/fingerprint.hpp"
#include "tools/json.hpp"
#include "tools/serve_config.hpp"
#include "tools/terminal.hpp"

namespace sshauth::tool {
namespace {

std::atomic<AuthServer*> running;

void stop_running(int) {
  if (AuthServer* server = running.load()) server->stop();
}

// SIGINT and SIGTERM end the server in order as long as this lives.
class StopSignals {
 public:
  explicit StopSignals(AuthServer& server) {
    running = &server;
    struct sigaction stop = {};
    stop.sa_handler = stop_running;
    sigemptyset(&stop.sa_mask);
    sigaction(SIGINT, &stop, &before_[0]);
    sigaction(SIGTERM, &stop, &before_[1]);
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals() {
    sigaction(SIGINT, &before_[0], nullptr);
    sigaction(SIGTERM, &before_[1], nullptr);
    running = nullptr;
  }

 private:
  struct sigaction before_[2] = {};
};

// Tells what happens: for people as it happens, as JSON one line for each connection that ended.
class ServeLog : public AuthServerObserver {
 public:
  explicit ServeLog(bool json) : json_(json) {}

  // What will be told of the server once it listens.
  void learn(const AuthServerConfig& config) {
    address_ = config.v6 ? "::1" : "127.0.0.1";
    host_keys_ = config.host_keys;
  }

  void listening(std::uint16_t port) {
    Json keys = Json::array();
    for (const auto& key : host_keys_) {
      const std::string print =
          fingerprint(key->public_blob(), FingerprintKind::sha256_base64, default_provider());
      keys.push_back({{"type", key->type()}, {"fingerprint", print}});
      if (!json_) say("host key " + key->type() + " " + print);
    }
    if (!json_) return say("listening on " + address_ + " port " + std::to_string(port));
    line({{"event", "listening"}, {"address", address_}, {"port", port}, {"host_keys", keys}});
  }

  void opened(unsigned connection, std::string_view from) override {
    if (!json_) say(named(connection) + "from " + std::string(from));
  }

  void request(unsigned connection, std::string_view user, std::string_view method,
               std::string_view outcome) override {
    if (!json_)
      say(named(connection) + std::string(method) + " of " + std::string(user) + ": " +
          std::string(outcome));
    Seen& seen = open_[connection];
    seen.requests.push_back({{"method", method}, {"outcome", outcome}});
    seen.user = user;
  }

  void authenticated(unsigned connection, std::string_view, std::string_view method) override {
    open_[connection].method = method;
  }

  void closed(unsigned connection, int code, std::string_view text) override {
    if (!json_) return say(named(connection) + "closed: " + std::string(text));
    const Seen seen = std::move(open_[connection]);
    open_.erase(connection);
    line({{"event", "closed"},
          {"connection", connection},
          {"user", seen.user},
          {"authenticated", !seen.method.is_null()},
          {"method", seen.method},
          {"requests", seen.requests},
          {"code", code},
          {"message", text}});
  }

  void done(const AuthServer& server) {
    if (json_)
      line({{"event", "done"},
            {"connections", server.num_served()},
            {"authenticated", server.num_authenticated()}});
  }

 private:
  struct Seen {
    Json user, method;  // null until known
    Json requests = Json::array();
  };
  static std::string named(unsigned connection) {
    return "connection " + std::to_string(connection) + ": ";
  }
  static void line(const Json& value) {
    say(value.dump(-1, ' ', true, Json::error_handler_t::replace));
  }
  static void say(const std::string& text) {
    std::printf("%s\n", readable(text, false, 1 << 20).c_str());
    std::fflush(stdout);  // whoever started us waits for it
  }

  bool json_;
  std::string address_;
  std::vector<std::shared_ptr<const Identity>> host_keys_;
  std::map<unsigned, Seen> open_;
};

}  // namespace

int run_serve(const ServeOptions& options) {
  try {
    AuthServerConfig config = serve_config(options);
    ServeLog log(options.json);
    log.learn(config);
    AuthServer server(std::move(config), &log);
    constexpr int kNotAvailable = 1005;  // a list that no row of ours serves
    if (const NetError e = server.listen(); !e.ok())
      return fail(e.code == kNotAvailable ? exit_usage : exit_connection, e.text, options.json);
    const StopSignals signals(server);
    log.listening(server.port());
    server.run(options.once ? 1 : options.count);
    log.done(server);
    return exit_authenticated;
  } catch (const ServeTrouble& trouble) {
    return fail(trouble.status, trouble.text, options.json);
  }
}

}  // namespace sshauth::tool
