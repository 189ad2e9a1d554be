// ServerSession: one connection of an AuthServer without its socket: the engine's server role, and
// the decision who comes in.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ipworksauth/engine.h"
#include "lib/client/auth_server.hpp"

namespace sshauth {

class ServerSession {
 public:
  // Both outlive the session; `config` is the server's, whose passwords a user may change.
  ServerSession(AuthServerConfig& config, AuthServerObserver* observer, unsigned number);
  ~ServerSession();
  ServerSession(const ServerSession&) = delete;
  ServerSession& operator=(const ServerSession&) = delete;

  // False, with the reason, when the configuration is refused.
  bool start(std::string& why);

  void work(std::uint64_t now);
  std::size_t receive(Bytes octets);
  void receive_end();
  Bytes pending() const;
  void sent(std::size_t len);
  void disconnect(const char* text);

  bool ended() const noexcept { return ended_; }
  bool authenticated() const noexcept { return authenticated_; }
  int code() const noexcept { return code_; }
  const std::string& text() const noexcept { return text_; }

 private:
  struct Free {
    void operator()(ipworksauth_engine* e) const noexcept;
  };
  using Event = ipworksauth_event;

  void handle(const Event& event);
  void do_sign(const Event& event);
  void do_request(const Event& event);
  void do_responses(const Event& event);

  void begin_user(std::string_view name);
  bool password_fits(std::string_view given) const;
  void judge_password(const Event& event);
  void judge_key(const Event& event);
  void ask_round();
  const std::vector<ServerRound>& rounds() const noexcept;

  // `fits`: the credential is right. Answers, and keeps count of the methods that must all succeed.
  void decide(const std::string& method, bool fits);
  void answer(std::uint32_t verdict, const std::string& method);
  std::string can_continue() const;
  void note(std::string_view method, std::string_view outcome);
  void log(const std::string& sentence);

  AuthServerConfig& config_;
  AuthServerObserver* observer_;
  unsigned number_;
  std::unique_ptr<std::uint8_t[]> block_;
  std::unique_ptr<ipworksauth_engine, Free> engine_;

  std::string user_name_;
  bool user_set_ = false;
  ServerUser* user_ = nullptr;  // null: nobody of that name
  std::size_t passed_ = 0;      // of the methods required
  std::vector<Blob> used_keys_;
  std::size_t round_ = 0;  // of keyboard-interactive

  bool authenticated_ = false;
  bool ended_ = false;
  int code_ = 0;
  std::string text_;
};

// What any of the users may do: the same for everybody, so that it tells nobody who exists.
std::string server_methods(const AuthServerConfig& config);
// And what may follow a partial success: the engine asks about no method that is not listed.
std::string every_method(const AuthServerConfig& config);

}  // namespace sshauth
