// Conversation: the SSH side of a login: one engine, its events turned into sentences, questions
// and facts. It has no socket and no clock: octets in, octets out, like the engine.
//
// work() takes events until the engine has none left; only then is pending() sent, so a flight is
// one write.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ipworksauth/engine.h"
#include "lib/client/config.hpp"
#include "lib/client/observer_calls.hpp"
#include "lib/client/result.hpp"

namespace sshauth {

// How one connection differs from another of the same login.
struct ConnectionPlan {
  bool pipelining = true;
  unsigned kex_guess = 1;  // as ClientConfig::kex_guess
  std::string guess_hint;
  std::shared_ptr<const ipworksauth_gss> gss;  // null: no GSSAPI
  // The host key that was accepted on an earlier connection of this login; empty: none. It is not
  // asked about twice.
  Blob accepted_host_key;
  std::vector<std::shared_ptr<const Identity>> identities;  // the agent's keys among them
};

class Conversation {
 public:
  enum class State : std::uint8_t {
    talking,
    question,       // an observer answered `later`
    signing,        // a Signer works: signer_wait says what it waits for
    authenticated,  // disconnect is next
    ended,          // failed, or disconnected by us: what is pending may still be sent
  };

  // All outlive the conversation.
  Conversation(const ClientConfig& config, ObserverCalls& calls, ClientResult& result);
  ~Conversation();
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  // Makes the engine. An error is a code and sentence about the configuration.
  bool start(const ConnectionPlan& plan, int& code, std::string& why);

  State work();
  State state() const noexcept { return state_; }
  SignWait signer_wait() const { return signing_ != nullptr ? signing_->wait() : SignWait{}; }
  ClientStage stage() const noexcept;
  // The first key exchange is complete.
  bool secured() const noexcept { return secured_; }

  // How many octets were taken; the rest is to be given again after work().
  std::size_t receive(Bytes octets);
  void receive_end();
  Bytes pending() const;
  void sent(std::size_t len);

  void tick(std::uint64_t now);
  bool deadline(std::uint64_t& when) const;
  void rekey() noexcept { rekey_wanted_ = true; }
  // Queues SSH_MSG_DISCONNECT, where the protocol allows one.
  void disconnect(std::uint32_t reason, const char* text);

  // Whether what the server did is what servers do that cannot take the pipelined flight, or a
  // wrong guess, so that another connection without may help.
  bool broke_on_pipelining() const noexcept;
  bool broke_on_guess() const noexcept;
  const Blob& accepted_host_key() const noexcept { return plan_.accepted_host_key; }

  // Brings the facts in the result up to date.
  void collect();

 private:
  struct Free {
    void operator()(ipworksauth_engine* e) const noexcept;
  };
  using Event = ipworksauth_event;

  bool handle(const Event& event);
  void told(const Event& event);
  bool asked(const Event& event);

  void do_start();
  void do_identified(const Event& event);
  void do_negotiated();
  void do_keys_active(const Event& event);
  void do_host_proved(const Event& event);
  void do_banner(const Event& event);
  void do_attempt(const Event& event);
  void do_refused(const Event& event);
  void judge_password(const Event& event);
  std::string fault_of_certificate() const;
  void do_ended();
  void blame_signer();

  bool do_host_key(const Event& event);
  bool do_sign(const Event& event);
  bool do_password(const Event& event);
  bool do_new_password(const Event& event);
  bool do_prompts(const Event& event);
  bool do_custom(const Event& event);

  bool still_open(const Event& event) const;
  void give_up(const char* sentence);
  HostKeyAnswer decide_host_key(const Event& event);
  enum class Signed : std::uint8_t { given, none, later };
  Signed sign_with(const Event& event, const Identity& identity);
  Signed ask_signature(const Event& event);
  bool give_signature(const Blob& signature);
  void start_signing(const Event& event, const Identity& identity);
  void remember_host_key(const Event& event);
  PromptRound round_of(const Event& event) const;
  void fill_in(PromptRound& round, std::vector<SecretBytes>& responses);
  void remember(const PromptRound& round, const std::vector<SecretBytes>& responses);

  void status(const std::string& sentence);
  void log(int level, const std::string& message);
  void say_weak(const std::string& what, const std::string& name);
  // The packets that went by since the last time, as steps and log lines: up to the last one heard,
  // which an event came with, or also those said since, which are its consequence.
  enum class Packets : std::uint8_t { heard, all };
  void tell_packets(Packets which);
  void take_trace();
  void tell_packet(const ipworksauth_trace_record& record, Bytes payload);
  void tell_step(const ipworksauth_trace_record& record);
  std::string exchange_name() const { return secured_ ? "Key re-exchange" : "Key exchange"; }
  bool speaks_custom() const;
  void show_banner(const std::string& said, const std::string& language);
  std::string text(std::uint32_t which) const;

  const ClientConfig& config_;
  ObserverCalls& calls_;
  ClientResult& result_;
  ConnectionPlan plan_;
  std::vector<std::size_t> offers_;  // EngineConfig::offers
  std::unique_ptr<std::uint8_t[]> block_;
  std::unique_ptr<ipworksauth_engine, Free> engine_;
  State state_ = State::talking;
  ClientStage open_question_ = ClientStage::none;
  bool rekey_wanted_ = false;
  bool started_ = false;     // told that there is a conversation
  bool exchanging_ = false;  // told that an exchange has begun
  bool secured_ = false;
  struct Packet {
    ipworksauth_trace_record record;
    Blob payload;  // the record's own view does not last
  };
  std::vector<Packet> packets_;  // off the trace, not told yet
  std::uint64_t lost_ = 0;       // packets that the trace had no room for, told
  bool attempted_ = false;       // an authentication request left
  std::string method_;           // of the last attempt
  std::string key_;              // and its key, if it had one: algorithm and fingerprint
  Blob certificate_;             // the last that was offered
  Blob announced_key_;           // the host key that was told of
  // For agents: the host key of the first exchange, and its signature over the session identifier.
  Blob first_host_key_, first_host_signature_;
  std::unique_ptr<Signing> signing_;
  KeyError not_signed_;  // why the last key could not sign
  // A password that was refused is not sent again, by whatever method.
  bool password_sent_ = false;          // with the request in hand
  bool password_spent_ = false;         // refused
  std::vector<std::string> filled_in_;  // prompts of the request in hand that it answered
};

}  // namespace sshauth
