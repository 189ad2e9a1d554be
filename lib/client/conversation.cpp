#include "lib/client/conversation.hpp"

#include <algorithm>

#include "lib/client/engine_config.hpp"
#include "lib/client/views.hpp"
#include "lib/keys/key_error.hpp"

namespace sshauth {

void Conversation::Free::operator()(ipworksauth_engine* e) const noexcept {
  ipworksauth_engine_destroy(e);
}

Conversation::Conversation(const ClientConfig& config, ObserverCalls& calls, ClientResult& result)
    : config_(config), calls_(calls), result_(result) {}

Conversation::~Conversation() = default;

bool Conversation::start(const ConnectionPlan& plan, int& code, std::string& why) {
  plan_ = plan;
  const EngineConfig config(config_, plan_);
  ipworksauth_engine* engine = nullptr;
  const char* reason = "a setting is not allowed";
  // Where the configuration is refused the size is 0, and creation tells why.
  const std::size_t size = ipworksauth_engine_size(&config.get());
  constexpr std::size_t kAlign = 16;
  std::size_t room = size + kAlign;
  block_ = std::make_unique<std::uint8_t[]>(room);
  void* at = block_.get();
  const int result = ipworksauth_engine_create(&engine, std::align(kAlign, size, at, room), size,
                                               &config.get(), &reason);
  if (result != IPWORKSAUTH_OK) {
    code = 1005;
    why = reason;
    return false;
  }
  engine_.reset(engine);
  offers_ = config.offers();
  result_.stage = ClientStage::identification;
  return true;
}

Conversation::State Conversation::work() {
  open_question_ = ClientStage::none;
  if (state_ == State::question || state_ == State::signing) state_ = State::talking;
  if (!started_) do_start();
  Event event{};
  while (state_ == State::talking && !calls_.stopped() &&
         ipworksauth_engine_next_event(engine_.get(), &event) == 1) {
    if (const ClientStage now = stage(); now != ClientStage::none) result_.stage = now;
    tell_packets(Packets::heard);
    if (calls_.stopped()) break;
    const bool go_on = handle(event);
    if (calls_.stopped()) break;
    tell_packets(Packets::all);
    if (!go_on) {
      state_ = signing_ != nullptr ? State::signing : State::question;
      break;
    }
    event = {};
  }
  if (rekey_wanted_) {
    ipworksauth_engine_facts facts{};
    ipworksauth_engine_get_facts(engine_.get(), &facts);
    if (facts.can_start_rekey != 0 && ipworksauth_engine_rekey(engine_.get()) == IPWORKSAUTH_OK)
      rekey_wanted_ = false;
  }
  collect();
  tell_packets(Packets::all);
  if (const ClientStage now = stage(); now != ClientStage::none) result_.stage = now;
  return state_;
}

ClientStage Conversation::stage() const noexcept {
  if (open_question_ != ClientStage::none) return open_question_;
  ipworksauth_engine_facts facts{};
  if (engine_ == nullptr || ipworksauth_engine_get_facts(engine_.get(), &facts) < 0)
    return ClientStage::none;
  return client_stage(facts.stage);
}

std::size_t Conversation::receive(Bytes octets) {
  std::size_t used = 0;
  const int result = ipworksauth_engine_receive(engine_.get(), octets.data(), octets.size(), &used);
  return result == IPWORKSAUTH_OK || result == IPWORKSAUTH_E_CLOSED ? used : octets.size();
}

void Conversation::receive_end() { ipworksauth_engine_receive_end(engine_.get()); }

Bytes Conversation::pending() const {
  const std::uint8_t* out = nullptr;
  std::size_t len = 0;
  if (engine_ == nullptr || ipworksauth_engine_pending(engine_.get(), &out, &len) != 1) return {};
  return {out, len};
}

void Conversation::sent(std::size_t len) { ipworksauth_engine_sent(engine_.get(), len); }

void Conversation::tick(std::uint64_t now) { ipworksauth_engine_tick(engine_.get(), now); }

bool Conversation::deadline(std::uint64_t& when) const {
  return ipworksauth_engine_deadline(engine_.get(), &when) == 1;
}

void Conversation::disconnect(std::uint32_t reason, const char* text) {
  ipworksauth_engine_disconnect(engine_.get(), reason, text);
  tell_packets(Packets::all);
}

// The server ended the connection, or said that it does not know a message, behind our pipelined
// requests and before it granted the service. Once it did, it has taken the flight, and may have
// looked at the credential: a server that hangs up on a wrong password must not see it twice.
bool Conversation::broke_on_pipelining() const noexcept {
  if (!plan_.pipelining || !attempted_) return false;
  ipworksauth_engine_error_info info{};
  ipworksauth_engine_error(engine_.get(), &info);
  if (info.stage >= IPWORKSAUTH_STAGE_AUTH) return false;
  switch (info.code) {
    case IPWORKSAUTH_E_CONNECTION_LOST:
    case IPWORKSAUTH_E_NEEDED_UNIMPLEMENTED: return true;
    case IPWORKSAUTH_E_PEER_DISCONNECTED:
      // RFC 4253 §11.1: 2 protocol error, 7 service not available. Other reasons are about the
      // user or the host, and would be the same again.
      return info.peer_reason == 2 || info.peer_reason == 7;
    default: return false;
  }
}

bool Conversation::broke_on_guess() const noexcept {
  return plan_.kex_guess != 0 && result_.engine_code == IPWORKSAUTH_E_WRONG_GUESS;
}

std::string Conversation::text(std::uint32_t which) const {
  ipworksauth_octets view{};
  ipworksauth_engine_text(engine_.get(), which, &view);
  return std::string(text_of(view));
}

void Conversation::collect() {
  ipworksauth_engine_facts facts{};
  if (engine_ == nullptr || ipworksauth_engine_get_facts(engine_.get(), &facts) < 0) return;
  result_.flights = facts.flights;
  result_.rekeys = facts.rekeys;
  result_.strict_kex = facts.strict_kex == 1;
  result_.partial_success = facts.partial == 1;
  result_.attempts = facts.attempts;
  result_.octets_in = facts.octets_in;
  result_.octets_out = facts.octets_out;
  result_.packets_in = facts.packets_in;
  result_.packets_out = facts.packets_out;
  result_.can_continue = text(IPWORKSAUTH_TEXT_CAN_CONTINUE);
  if (std::string hint = text(IPWORKSAUTH_TEXT_GUESS_HINT); !hint.empty())
    result_.guess_hint = std::move(hint);
}

}  // namespace sshauth
