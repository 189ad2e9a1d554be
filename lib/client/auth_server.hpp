// AuthServer: an SSH server that authenticates users and does nothing else, on a loopback address,
// for tests, demonstrations and the tool's `serve`.
//
//   AuthServer server(std::move(config));
//   NetError error = server.listen();           // server.port() tells where
//   server.run();                               // in this thread or one of the caller's,
//   server.stop();                              // until some thread or signal handler stops it
//
// It serves any number of connections at a time (up to max_connections) from one poll loop, on the
// engine's server role. It starts no thread. A user who is authenticated gets no session: the
// connection stays until the client ends it, or the login timeout does.
//
// Unknown users take the same way as known ones: they are refused after the same questions, so the
// answers do not tell who exists.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/keys/identity.hpp"
#include "lib/net/error.hpp"

namespace sshauth {

struct ServerPrompt {
  std::string text;
  bool echo = false;
  std::string response;  // what is right
};

// One round of keyboard-interactive; without prompts it only tells something.
struct ServerRound {
  std::string name;
  std::string instruction;
  std::vector<ServerPrompt> prompts;
};

struct ServerUser {
  std::string name;
  bool may_come_in_without = false;  // method "none" succeeds
  std::optional<std::string> password;
  bool must_change_password = false;  // the right password is answered with PASSWD_CHANGEREQ, once
  std::vector<Blob> authorized_keys;  // SSH encodings of public keys
  std::vector<ServerRound> rounds;    // empty: no keyboard-interactive
  // Methods that must all succeed, in this order ("publickey", "password"); the same one twice
  // needs two different keys. Empty: any one.
  std::vector<std::string> required;
};

struct AuthServerConfig {
  const ipworksauth_provider* provider = nullptr;
  std::vector<std::shared_ptr<const Identity>> host_keys;  // that can sign
  std::vector<ServerUser> users;

  bool v6 = false;
  std::uint16_t port = 0;  // 0: a free one
  std::size_t max_connections = 64;

  // "" and 0 stand for the engine's defaults.
  std::string identification;
  std::string kex_algorithms, ciphers, macs, compressions;
  unsigned strict_kex = 1;  // as in ClientConfig
  std::string banner;
  unsigned max_attempts = 0;
  std::uint64_t rekey_octets = 0;
  unsigned login_timeout = 120;  // seconds; 0: none
};

// What happened, told from inside run.
class AuthServerObserver {
 public:
  virtual ~AuthServerObserver() = default;
  // `connection` counts from 1.
  virtual void opened(unsigned /*connection*/, std::string_view /*from*/) {}
  virtual void log(unsigned /*connection*/, std::string_view /*sentence*/) {}
  // One authentication request and its outcome: "accepted", "refused", "partial", "asked".
  virtual void request(unsigned /*connection*/, std::string_view /*user*/,
                       std::string_view /*method*/, std::string_view /*outcome*/) {}
  virtual void authenticated(unsigned /*connection*/, std::string_view /*user*/,
                             std::string_view /*method*/) {}
  // `code` 0 when the client ended it after it was authenticated.
  virtual void closed(unsigned /*connection*/, int /*code*/, std::string_view /*text*/) {}
};

class AuthServer {
 public:
  // `observer` may be null, else it outlives the server.
  explicit AuthServer(AuthServerConfig config, AuthServerObserver* observer = nullptr);
  ~AuthServer();
  AuthServer(const AuthServer&) = delete;
  AuthServer& operator=(const AuthServer&) = delete;

  // Checks the configuration and listens.
  NetError listen();
  std::uint16_t port() const noexcept;

  // Serves until stop, or until `num_connections` connections have ended (0: no such limit).
  void run(std::size_t num_connections = 0);
  // Any thread, any signal handler. The connections that are open are closed.
  void stop() noexcept;

  // What happened so far; read it when run is over.
  std::size_t num_served() const noexcept;
  std::size_t num_authenticated() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sshauth
