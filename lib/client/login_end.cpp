// How a login ends: decided once, told once, and once in a while tried again.
#include <algorithm>

#include "lib/client/login.hpp"

namespace sshauth {
namespace {

constexpr std::uint32_t kByApplication = 11;  // RFC 4253 §11.1

}  // namespace

bool Client::Login::succeeded() {
  decide(0, "authenticated");
  talk_->disconnect(kByApplication, nullptr);
  enter(ClientStage::disconnect);
  phase_ = Phase::closing;
  return true;
}

bool Client::Login::failed() {
  if (io_error_ != 0 && result.engine_code == IPWORKSAUTH_E_CONNECTION_LOST) {
    const NetError why = net_error_of_errno(io_error_, result.text);
    result.code = why.code;
    result.text = why.text;
    result.os_error = why.os_error;
  }
  send_pending();
  if (retry()) return true;
  decide(result.code, result.text);
  close();
  return true;
}

// Once a login, and only where the server broke before it answered: see Conversation.
bool Client::Login::retry() {
  if (retried_ || (!talk_->broke_on_pipelining() && !talk_->broke_on_guess())) return false;
  retried_ = true;
  plan_.pipelining = plan_.pipelining && !talk_->broke_on_pipelining();
  plan_.kex_guess = 0;
  plan_.accepted_host_key = talk_->accepted_host_key();
  const std::string why = result.text;
  say_disconnected();
  socket_.close();
  tell_step("Connecting once more, to go step by step: " + why);
  if (calls_.stopped()) return true;
  result.code = 0;
  result.text.clear();
  result.engine_code = 0;
  result.engine_error.clear();
  result.peer_reason = 0;
  result.os_error = 0;
  begin_connection();
  return true;
}

bool Client::Login::do_closing() {
  if (!send_pending()) return false;
  if (config.wait_for_server_disconnect && result.code == 0 && !no_more_in_ && !no_more_out_) {
    const IoResult io = socket_.receive(in_);
    waiting_for_server_ = io.kind == IoKind::would_block || io.kind == IoKind::some;
    if (waiting_for_server_) return io.kind == IoKind::some;
  }
  if (lingers()) return false;
  close();
  return true;
}

// Nothing tells when the peer has acknowledged: it is looked for every now and then.
bool Client::Login::lingers() {
  constexpr std::uint64_t kLookAgain = 10;
  if (!config.socket.linger || config.socket.linger_time == 0) return false;
  if (!linger_until_) linger_until_ = now_ + std::uint64_t{config.socket.linger_time} * 1000;
  const bool unsent = socket_.unacknowledged() != 0;
  if (unsent && now_ >= *linger_until_) socket_.reset_on_close();
  linger_at_.reset();
  if (unsent && now_ < *linger_until_) linger_at_ = std::min(now_ + kLookAgain, *linger_until_);
  return linger_at_.has_value();
}

void Client::Login::end_now(int code, std::string text) {
  if (waiting_for_server_) {
    // The host asked to see the server hang up, and it did not.
    decided_ = false;
    text = "the user is authenticated, but the server has not closed the connection: " + text;
  }
  // Any other success stays one.
  if (!decided_) {
    if (phase_ == Phase::talking) {
      // What waits to be sent may hold a credential, which nobody wants to leave any more, and a
      // packet cannot overtake others: then there is no farewell.
      const bool clear = talk_->pending().empty();
      talk_->collect();
      talk_->disconnect(kByApplication, nullptr);
      if (clear) send_pending();
    }
    if (phase_ == Phase::resolving || phase_ == Phase::connecting || phase_ == Phase::proxying) {
      if (proxy_ != nullptr && code == kNetTimeout) text = proxy_name(*proxy_) + ": " + text;
      NetError error{code, 0, std::move(text)};
      return fail_connecting(error);
    }
    decide(code, std::move(text));
  }
  close();
}

void Client::Login::fail_connecting(const NetError& error) {
  result.os_error = error.os_error;
  decide(error.code, error.text);
  const bool through_proxy = phase_ == Phase::proxying && !told_connected_;
  if (result.connections != 0 && !told_connected_)
    calls_.tell([&](ClientObserver& o) {
      if (through_proxy) o.connection_status("Firewall host disconnected.", error.code, error.text);
      o.connected(error.code, error.text);
    });
  close();
}

void Client::Login::decide(int code, std::string text) {
  if (decided_) return;
  decided_ = true;
  result.code = code;
  result.text = std::move(text);
}

void Client::Login::close() {
  // Octets left unread would make the system reset the connection, and the DISCONNECT might not
  // arrive.
  for (unsigned i = 0; socket_ && i < 16; ++i)
    if (socket_.receive(in_).kind != IoKind::some) break;
  if (result.code != 0) calls_.tell([&](ClientObserver& o) { o.error(result.code, result.text); });
  say_disconnected();
  socket_.close();
  over();
}

void Client::Login::tell_step(const std::string& sentence) {
  calls_.tell([&](ClientObserver& o) {
    o.status(sentence);
    if (config.log_level >= 1) o.log(1, sentence);
  });
}

void Client::Login::say_disconnected() {
  if (!told_connected_) return;
  told_connected_ = false;
  if (talk_ != nullptr && talk_->secured()) tell_status("S/Shell connection broken.");
  tell_status("Remote host disconnected.");
  if (proxy_ != nullptr) tell_status("Firewall host disconnected.");
  calls_.tell([&](ClientObserver& o) { o.disconnected(result.code, outcome_text()); });
}

void Client::Login::tell_status(std::string_view event) {
  calls_.tell([&](ClientObserver& o) { o.connection_status(event, result.code, outcome_text()); });
}

std::string_view Client::Login::outcome_text() const noexcept {
  return result.code == 0 ? std::string_view("OK") : result.text;
}

void Client::Login::over() {
  enter(ClientStage::none);
  if (result.code == 0) result.stage = ClientStage::done;
  // A login that broke in the key exchange may have broken on the guess: the next goes without.
  const bool exchanged = result.host_key_accepted && !result.guess_hint.empty();
  saved_hint_for_ = exchanged ? hint_key() : std::string();
  saved_hint_ = result.guess_hint;
  result.callback_ms = calls_.spent_ms();
  result.total_ms = now() - started_;
  phase_ = Phase::idle;
  talk_.reset();
  plan_.gss.reset();  // and its tickets, which nothing uses any more
  handshake_.reset();
  listing_.reset();
  plan_.identities.clear();
  server_lookup_.reset();
  dialer_.reset();
  waiting_ = WaitSet();
  detected_ = ProxySettings();
  proxy_ = nullptr;
  secure_wipe(in_);
  state = result.code == 0 ? ClientState::succeeded : ClientState::failed;
}

}  // namespace sshauth
