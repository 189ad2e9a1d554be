// What the client's tests share: keys, an observer that writes down what it hears, servers in
// threads, and a clock that stands still until it is told.
#pragma once

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "lib/client/auth_server.hpp"
#include "lib/client/client.hpp"
#include "lib/client/server_session.hpp"
#include "lib/crypto/providers.hpp"
#include "lib/keys/generate.hpp"
#include "lib/net/interrupt.hpp"
#include "lib/net/listener.hpp"

namespace sshauth::test {

inline SecretBytes secret(std::string_view text) { return SecretBytes(as_bytes(text)); }

// One of each type, made once.
const std::shared_ptr<const Identity>& key_of(const std::string& type);
std::shared_ptr<const Identity> public_half(const Identity& key);
Blob blob_of(const Identity& key);

class Recorder : public ClientObserver {
 public:
  std::vector<std::string> events;  // "connected 0", "disconnected 0", "error 1032", ...
  std::vector<std::string> sentences;
  std::vector<std::string> logs;
  std::string banner_text;
  bool accept = true;
  // Each may be set; called before anything else.
  std::function<HostKeyAnswer(const HostKeyQuestion&)> on_host_key;
  std::function<Answer(const PasswordQuestion&, SecretBytes&)> on_password;
  std::function<Answer(const NewPasswordQuestion&, SecretBytes&, SecretBytes&)> on_new_password;
  std::function<Answer(const PromptRound&, std::vector<SecretBytes>&)> on_prompts;
  std::function<Answer(const SignQuestion&, Blob&)> on_sign;
  std::function<void(int)> on_connected;
  std::function<void(const std::string&)> on_status;

  void connected(int code, std::string_view) override;
  void disconnected(int code, std::string_view) override;
  void connection_status(std::string_view event, int code, std::string_view) override;
  void error(int code, std::string_view) override;
  void status(std::string_view sentence) override;
  void log(int level, std::string_view message) override;
  void banner(std::string_view text, std::string_view) override { banner_text = text; }
  HostKeyAnswer host_key(const HostKeyQuestion& q) override;
  Answer password(const PasswordQuestion& q, SecretBytes& out) override;
  Answer new_password(const NewPasswordQuestion& q, SecretBytes& o, SecretBytes& n) override;
  Answer prompts(const PromptRound& round, std::vector<SecretBytes>& out) override;
  Answer sign(const SignQuestion& q, Blob& out) override;

  std::size_t count(const std::string& event) const;
  bool said(const std::string& part) const;
  // Every connected 0 has its disconnected, after it and before the next.
  bool balanced() const;
};

// A server configuration with one host key of that type and one user "me".
AuthServerConfig server_config(const std::string& host_key_type = "ssh-ed25519");
ServerUser user_with_password(const std::string& password);

// An AuthServer in its thread, stopped and joined at the end.
class RunningServer {
 public:
  explicit RunningServer(AuthServerConfig config);
  ~RunningServer();
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  std::uint16_t port() const { return server_.port(); }
  // Ends it; what happened can be read then.
  AuthServer& stop();

 private:
  AuthServer server_;
  std::thread thread_;
};

// What a server does wrong, or a proxy before it does right, on the connection `number` (from 1).
struct Script {
  // Octets read up to and with this text before anything is said ("" nothing).
  std::string hear;
  // Said before the server's own first flight, in the same write.
  std::string say;
  // The connection is dropped when the client speaks again after so many of our flights (0: at
  // once; negative: never).
  int drop_after_flights = -1;
  bool reset = false;  // dropped with a reset
  // After so many of our flights nothing is said any more (negative: never).
  int silent_after_flights = -1;
};

// One connection after the other, each by its script (the last one for all that follow).
class ScriptedServer {
 public:
  ScriptedServer(AuthServerConfig config, std::vector<Script> scripts);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::uint16_t port() const { return listener_.port(); }
  // Everything read before the first word, of the last connection.
  std::string heard;
  unsigned served = 0;
  void stop();

 private:
  void run();
  void serve(Socket socket, const Script& script);
  bool wait(int fd, bool write);
  bool say_all(Socket& socket, Bytes octets);

  AuthServerConfig config_;
  std::vector<Script> scripts_;
  Listener listener_;
  Interrupter stop_;
  std::thread thread_;
};

// A server in the test's own thread: it works when it is stepped.
class ServerByHand {
 public:
  explicit ServerByHand(AuthServerConfig config);
  ServerByHand(const ServerByHand&) = delete;
  ServerByHand& operator=(const ServerByHand&) = delete;

  std::uint16_t port() const { return listener_.port(); }
  // What can be done at once, for one client.
  void step();
  // Says SSH_MSG_DISCONNECT, with these words.
  void disconnect(const char* text);
  void hang_up() { socket_.close(); }

 private:
  AuthServerConfig config_;
  Listener listener_;
  Socket socket_;
  ServerSession session_;
};

// A client with its observer, set up for user "me" on 127.0.0.1.
struct TestClient {
  Recorder recorder;
  Client client{recorder};

  explicit TestClient(std::uint16_t port);
  ClientConfig& config() { return client.config(); }
  const ClientResult& run() { return client.run(); }
};

// Milliseconds that pass only when they are told to.
struct FakeClock {
  std::shared_ptr<std::uint64_t> now = std::make_shared<std::uint64_t>(1'000'000);
  void pass(std::uint64_t ms) { *now += ms; }
  std::function<std::uint64_t()> function() const {
    return [at = now] { return *at; };
  }
};

// Waits as the client wishes, without letting its timeouts count: for clients on a fake clock.
void wait_ready(const Client& client);

}  // namespace sshauth::test
