// Client::Login: what is behind Client: the phases of a login, one connection after the other.
//
//   idle        nothing runs
//   asking      a key agent is asked what keys it has; there is no connection yet
//   resolving   the server's address is looked up for a proxy that takes no names
//   connecting  the dialer looks up and races; there is no socket yet
//   proxying    a socket, and the proxy's handshake, which may go back to connecting
//   talking     a socket, and the conversation
//   closing     the outcome is decided; what is pending leaves, then the socket is closed
//
// Always: told_connected_ is true exactly between the observer's connected (code 0) and
// disconnected. An outcome is decided once (decide), whatever happens afterwards.
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "lib/client/client.hpp"
#include "lib/client/conversation.hpp"
#include "lib/client/limits.hpp"
#include "lib/client/observer_calls.hpp"
#include "lib/net/agent.hpp"
#include "lib/net/dialer.hpp"
#include "lib/net/interrupt.hpp"
#include "lib/net/own_process.hpp"
#include "lib/net/rate_limit.hpp"

namespace sshauth {

class Client::Login {
 public:
  explicit Login(ClientObserver& observer) : calls_(observer, stop) {}
  Login(const Login&) = delete;
  Login& operator=(const Login&) = delete;
  ~Login() {
    if (left_behind()) drop_copies();
  }

  void start();
  void step();
  ClientWants wants() const;
  void wait(std::int64_t at_most_ms);
  void abort(int code, std::string text);
  void forget_credentials() noexcept;

  bool inside() const noexcept { return calls_.inside() || stepping_; }
  bool busy() const noexcept { return unfinished() && process_.here(); }
  bool left_behind() const noexcept { return unfinished() && !process_.here(); }
  bool connected() const noexcept { return told_connected_ && process_.here(); }
  bool stopping() const noexcept { return calls_.stopped(); }
  bool rekey();

  ClientConfig config;
  ClientResult result;
  ClientState state = ClientState::idle;
  Interrupter stop;

 private:
  enum class Phase : std::uint8_t {
    idle,
    asking,
    resolving,
    connecting,
    proxying,
    talking,
    closing
  };

  bool unfinished() const noexcept {
    return state == ClientState::working || state == ClientState::question;
  }
  void begin();
  bool enter_child();
  void disown();
  void drop_copies() noexcept;
  template <class Body>
  void guarded(Body body) noexcept;
  void advance();
  bool do_phase();

  // Each returns true when it is worth going on at once.
  bool do_asking();
  bool do_resolving();
  bool do_connecting();
  bool do_proxying();
  bool do_talking();
  bool do_closing();

  bool check_config();
  bool prepare_gss();
  void begin_agent();
  bool is_wanted(const Identity& key) const;
  bool offers(const Identity& key) const;
  std::size_t add_agent_keys();
  bool without_agent(int code, std::string why);
  void begin_connection();
  bool tell_remarks();
  bool choose_proxy();
  NetError detect_proxy();
  void dial();
  void dial(std::string_view host, std::uint16_t port);
  bool begin_proxy();
  bool reconnect_proxy();
  bool established();

  bool send_proxy();
  bool send_pending();
  bool receive_more();
  bool feed();
  bool listen();
  bool watch_signer();
  void lost_socket(int os_error);

  bool succeeded();
  bool failed();
  bool retry();
  bool lingers();
  // Ends the login now, by a decision of ours.
  void end_now(int code, std::string text);
  void fail_connecting(const NetError& error);
  void decide(int code, std::string text);
  void close();
  void say_disconnected();
  // One sentence, as SSHStatus and in the log.
  void tell_step(const std::string& sentence);
  // With the outcome so far.
  void tell_status(std::string_view event);
  std::string_view outcome_text() const noexcept;
  void over();

  void enter(ClientStage stage);
  std::string stage_detail() const;
  void note_endpoints();
  std::uint64_t now() const { return calls_clock_(); }
  std::optional<std::uint64_t> wake_at() const;
  std::string hint_key() const { return config.host + ":" + std::to_string(config.port); }

  OwnProcess process_;
  ObserverCalls calls_;
  ObserverCalls::Clock calls_clock_;
  Limits limits_;
  RateLimit rate_;
  Phase phase_ = Phase::idle;
  bool stepping_ = false;
  bool decided_ = false;
  bool told_connected_ = false;
  bool retried_ = false;
  bool waiting_for_server_ = false;  // authenticated, and the server is to close the connection

  std::uint64_t now_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t entered_ = 0;  // the stage that runs
  ClientStage timed_ = ClientStage::none;

  ConnectionPlan plan_;
  std::string saved_hint_for_, saved_hint_;

  ProxySettings detected_;
  const ProxySettings* proxy_ = nullptr;  // the one in use; null: none
  std::string proxy_target_;              // the server as the proxy is told it
  Address connected_to_;                  // the server, or the proxy
  WaitSet waiting_;                       // until there is a socket
  std::unique_ptr<AgentListing> listing_;
  std::unique_ptr<Lookup> server_lookup_;
  std::unique_ptr<Dialer> dialer_;
  std::unique_ptr<ProxyHandshake> handshake_;
  std::unique_ptr<Conversation> talk_;
  Socket socket_;

  std::array<std::uint8_t, 16'384> in_{};
  std::size_t in_at_ = 0, in_end_ = 0;                     // received, not taken yet
  std::optional<std::uint64_t> linger_until_, linger_at_;  // when to look again for what is unsent
  bool write_blocked_ = false;
  bool rate_blocked_ = false;
  bool no_more_in_ = false;   // the peer sends no more
  bool no_more_out_ = false;  // nor can we
  bool more_to_do_ = false;   // a step ended early: the next should come at once
  int io_error_ = 0;
};

}  // namespace sshauth
