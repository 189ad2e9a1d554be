// Engine: one side of one connection, put together from its parts (engine.h is its manual).
//
//   bytes in ─ receive ─ Transport: identification, packets, gate, keys ─ AuthClient | AuthServer
//   events out ─ next_event / answer_...     at most one open question, and nothing more opened,
//                                            but while a client's signature is awaited: then it
//                                            listens
//   bytes out ─ pending / sent               a failed engine still drains its DISCONNECT
//   time in ─ tick(now)
//
// It owns all its memory in one block and takes none after creation. Nothing is worked on but in
// next_event; answers only write messages and move a state.
#pragma once

#include "lib/auth/auth_client.hpp"
#include "lib/auth/auth_server.hpp"

namespace sshauth {

class Engine {
 public:
  struct Memory {
    Transport::Memory transport;
    AuthClient::Memory client;
    AuthServer::Memory server;
  };
  // What an engine of these settings takes from the arena.
  static void lay_out(const Settings& settings, Arena& arena, Memory& out) noexcept;

  Engine() noexcept : transport_(ctx_), client_(ctx_, transport_), server_(ctx_, transport_) {}
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  Settings& settings() noexcept { return ctx_.settings; }
  Errc start(const Memory& memory) noexcept;
  // Wipes what is secret; what is pending can still be sent.
  void wipe() noexcept;
  // Wipes whatever was written outside this object but the settings: the end.
  void wipe_all() noexcept;

  Errc receive(Bytes in, std::size_t& used) noexcept;
  Errc receive_end() noexcept;
  Bytes pending() const noexcept { return transport_.writer().pending(); }
  Errc sent(std::size_t len) noexcept;
  Errc tick(std::uint64_t now) noexcept;
  bool deadline(std::uint64_t& when) const noexcept;

  bool next_event(ipworksauth_event& out) noexcept;
  bool prompt(std::uint32_t i, ipworksauth_octets& text, bool& echo) const noexcept;

  Errc answer_host_key(std::uint32_t verdict) noexcept;
  Errc answer_signature(Bytes signature) noexcept;
  Errc answer_private_key(const ipworksauth_private_key& key) noexcept;
  Errc answer_password(Bytes password, bool given) noexcept;
  Errc answer_new_password(Bytes old_password, Bytes new_password, bool given) noexcept;
  Errc answer_prompts(std::span<const ipworksauth_octets> responses, bool given) noexcept;
  Errc answer_custom(Bytes payload, bool given) noexcept;
  Errc answer_request(std::uint32_t verdict, const char* can_continue) noexcept;
  Errc answer_change(std::string_view prompt) noexcept;
  Errc answer_ask(const InfoRequest& request) noexcept;

  Errc rekey() noexcept;
  Errc ignore(std::size_t len) noexcept;
  Errc disconnect(std::uint32_t reason, std::string_view text) noexcept;

  const Failure& failure() const noexcept { return ctx_.failure(); }
  void facts(ipworksauth_engine_facts& out) const noexcept;
  bool text(std::uint32_t which, ipworksauth_octets& out) const noexcept;
  bool trace(ipworksauth_trace_record& out) noexcept { return transport_.trace().take(out); }

 private:
  bool step() noexcept;
  bool listen() noexcept;
  bool has_room() const noexcept;
  bool read_message() noexcept;
  bool step_without_input() noexcept;
  bool may_listen() const noexcept {
    return ctx_.settings.is_client() && ctx_.asking(IPWORKSAUTH_EVENT_SIGN);
  }
  Errc done(Errc code) noexcept;
  Errc open_question(std::uint32_t kind) noexcept;
  void settle_failure() noexcept;
  bool must_keep_silent() const noexcept;
  bool tell_ended(ipworksauth_event& out) noexcept;
  void check_login_time(std::uint64_t now) noexcept;
  void check_rekey_time(std::uint64_t now) noexcept;
  void check_keepalive(std::uint64_t now) noexcept;
  std::string_view suite_name(std::uint32_t which) const noexcept;

  Context ctx_;
  Transport transport_;
  AuthClient client_;
  AuthServer server_;
  Memory memory_;
  bool settled_ = false;  // the failure was dealt with: DISCONNECT queued, secrets wiped
  bool ended_told_ = false;
  bool input_ended_ = false;
  bool rekey_wanted_ = false;
  bool speaking_ = false;  // nothing was taken in since we last spoke: the same flight
  bool time_known_ = false;
  std::uint32_t flights_ = 0;
  std::uint64_t octets_in_ = 0, octets_out_ = 0;
  std::uint64_t now_ = 0;
  std::uint64_t login_began_ = 0;
  std::uint64_t keys_began_ = 0;
  std::uint64_t heard_ = 0;  // when something was last taken in
  bool heard_since_tick_ = false;
  bool keys_since_tick_ = false;
};

}  // namespace sshauth

// The handle of engine.h.
struct ipworksauth_engine {
  sshauth::Engine engine;
  std::size_t head_len = 0;  // octets of this object and of the settings behind it
};
