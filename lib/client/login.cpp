#include "lib/client/login.hpp"

#include <algorithm>
#include <chrono>
#include <climits>
#include <new>

#include "lib/keys/key_error.hpp"

namespace sshauth {
namespace {

// A peer that sends without end must not keep a step from returning.
constexpr unsigned kTurnsAStep = 256;
constexpr std::uint32_t kByApplication = 11;  // RFC 4253 §11.1

std::uint64_t steady_ms() {
  using namespace std::chrono;
  return static_cast<std::uint64_t>(
      duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count());
}

}  // namespace

void Client::Login::start() {
  if (inside() || busy()) return;
  stepping_ = true;
  try {
    begin();
  } catch (const std::bad_alloc&) {
    end_now(10055, "the system has no memory left");
  }
  stepping_ = false;
  step();
}

void Client::Login::begin() {
  calls_clock_ = config.clock ? config.clock : ObserverCalls::Clock(steady_ms);
  calls_.set_clock(calls_clock_);
  calls_.reset();
  stop.consume();  // an interrupt is for what runs, and nothing did
  result = ClientResult();
  decided_ = told_connected_ = retried_ = false;
  now_ = started_ = entered_ = now();
  timed_ = ClientStage::none;
  limits_.start(config, now_);
  plan_ = ConnectionPlan();
  plan_.pipelining = config.pipelining;
  plan_.kex_guess = config.kex_guess;
  plan_.guess_hint = config.guess_hint;
  if (plan_.guess_hint.empty() && saved_hint_for_ == hint_key()) plan_.guess_hint = saved_hint_;
  state = ClientState::working;
  if (check_config()) begin_connection();
}

void Client::Login::step() {
  if (!busy() || inside()) return;
  stepping_ = true;
  try {
    advance();
  } catch (const std::bad_alloc&) {
    end_now(10055, "the system has no memory left");
  }
  stepping_ = false;
}

void Client::Login::advance() {
  now_ = now();
  stop.drain();
  limits_.answered(now_);
  state = ClientState::working;
  more_to_do_ = false;
  for (unsigned turn = 0; busy(); ++turn) {
    now_ = now();
    limits_.callbacks(calls_.spent_ms());
    if (stop.consume()) return end_now(kNetInterrupted, "the login was interrupted");
    if (calls_.aborted()) return end_now(calls_.aborted()->code, calls_.aborted()->text);
    if (const NetError late = limits_.check(now_); !late.ok())
      return end_now(late.code, late.text + " (stage: " + stage_name(result.stage) + ")");
    more_to_do_ = turn >= kTurnsAStep;
    if (more_to_do_ || !do_phase()) break;
  }
  if (state == ClientState::question) limits_.question(now_);
}

bool Client::Login::do_phase() {
  switch (phase_) {
    case Phase::idle: return false;
    case Phase::connecting: return do_connecting();
    case Phase::proxying: return do_proxying();
    case Phase::talking: return do_talking();
    case Phase::closing: return do_closing();
  }
  return false;
}

bool Client::Login::do_talking() {
  talk_->tick(now_);
  const Conversation::State said = talk_->work();
  if (calls_.aborted()) return true;
  enter(result.stage);
  switch (said) {
    case Conversation::State::question: state = ClientState::question; return false;
    case Conversation::State::authenticated: return succeeded();
    case Conversation::State::ended: return failed();
    case Conversation::State::talking: break;
  }
  if (!send_pending()) return false;
  if (feed()) return true;
  // Neither can happen while the engine keeps its word: it takes input when no event is left, and
  // ends when there is no more.
  if (no_more_in_ || in_at_ != in_end_) {
    end_now(kNetConnectionLost, "the connection ended");
    return true;
  }
  return receive_more();
}

// True when it may go on: all has left, or nothing more can.
bool Client::Login::send_pending() {
  write_blocked_ = rate_blocked_ = false;
  while (!no_more_out_ && !talk_->pending().empty()) {
    const Bytes pending = talk_->pending();
    const std::size_t len = rate_.allowed(pending.size(), now_);
    rate_blocked_ = len == 0;
    if (rate_blocked_) return false;
    const IoResult io = socket_.send(pending.first(len));
    if (io.kind == IoKind::would_block) {
      write_blocked_ = true;
      return false;
    }
    if (io.kind != IoKind::some) {
      // The server may have said why before it went: what it sent is still to be read.
      no_more_out_ = true;
      io_error_ = io.os_error;
      return true;
    }
    rate_.count(io.len);
    talk_->sent(io.len);
    limits_.progress(now_);
  }
  return true;
}

// Gives the engine what was received; true when it took something.
bool Client::Login::feed() {
  if (in_at_ == in_end_) return false;
  const std::size_t used = talk_->receive(Bytes(in_).subspan(in_at_, in_end_ - in_at_));
  in_at_ += used;
  return used != 0;
}

bool Client::Login::receive_more() {
  const IoResult io = socket_.receive(in_);
  switch (io.kind) {
    case IoKind::would_block: return false;
    case IoKind::some:
      socket_.quick_ack();
      limits_.progress(now_);
      in_at_ = 0;
      in_end_ = io.len;
      return feed();
    case IoKind::closed:
    case IoKind::failed: lost_socket(io.os_error); return true;
  }
  return false;
}

void Client::Login::lost_socket(int os_error) {
  no_more_in_ = true;
  if (os_error != 0) io_error_ = os_error;
  talk_->receive_end();
}

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
  calls_.tell([&](ClientObserver& o) {
    const std::string sentence = "Connecting once more, to go step by step: " + why;
    o.status(sentence);
    if (config.log_level >= 1) o.log(1, sentence);
  });
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
    if (io.kind == IoKind::would_block) return false;
    if (io.kind == IoKind::some) return true;
  }
  close();
  return true;
}

void Client::Login::end_now(int code, std::string text) {
  // A success stays one, also when the server takes its time to hang up.
  if (!decided_) {
    if (phase_ == Phase::talking) {
      talk_->collect();
      talk_->disconnect(kByApplication, nullptr);
      send_pending();
    }
    if (phase_ == Phase::connecting || phase_ == Phase::proxying) {
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
  if (result.connections != 0 && !told_connected_)
    calls_.tell([&](ClientObserver& o) { o.connected(error.code, error.text); });
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

void Client::Login::say_disconnected() {
  if (!told_connected_) return;
  told_connected_ = false;
  const std::string text = result.code == 0 ? "OK" : result.text;
  calls_.tell([&](ClientObserver& o) {
    o.connection_status(
        proxy_ != nullptr ? "Firewall host disconnected" : "Remote host disconnected", result.code,
        text);
    o.disconnected(result.code, text);
  });
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
  handshake_.reset();
  connector_.reset();
  detected_ = ProxySettings();
  proxy_ = nullptr;
  secure_wipe(in_);
  state = result.code == 0 ? ClientState::succeeded : ClientState::failed;
}

void Client::Login::abort(int code, std::string text) {
  if (!busy()) return;
  calls_.abort(code, std::move(text));
  step();
}

bool Client::Login::rekey() {
  if (!told_connected_ || talk_ == nullptr) return false;
  talk_->rekey();
  return true;
}

void Client::Login::forget_credentials() noexcept {
  if (busy()) return;
  config.password.reset();
  config.identities.clear();
  config.proxy.password = SecretBytes();
}

void Client::Login::enter(ClientStage stage) {
  const std::uint64_t at = now();
  result.stage_ms[static_cast<std::size_t>(timed_)] += at - entered_;
  entered_ = at;
  timed_ = stage;
  if (stage != ClientStage::none) result.stage = stage;
}

std::optional<std::uint64_t> Client::Login::wake_at() const {
  std::optional<std::uint64_t> at = limits_.next();
  const auto sooner = [&](std::uint64_t when) { at = at ? std::min(*at, when) : when; };
  std::uint64_t when = 0;
  if (connector_ != nullptr && connector_->next_attempt()) sooner(*connector_->next_attempt());
  if (phase_ == Phase::talking && talk_->deadline(when)) sooner(when);
  if (rate_blocked_) sooner(rate_.next());
  return at;
}

ClientWants Client::Login::wants() const {
  ClientWants out;
  if (!busy()) return out;
  out.wake_fd = stop.fd();
  if (const auto at = wake_at(); at) {
    const std::uint64_t t = now();
    out.timeout_ms = *at <= t ? 0 : static_cast<std::int64_t>(*at - t);
  }
  if (more_to_do_) out.timeout_ms = 0;
  if (state == ClientState::question) return out;
  switch (phase_) {
    case Phase::idle: break;
    case Phase::connecting:
      out.fd = connector_->fd();
      out.read = connector_->wants_read();
      out.write = !out.read;
      break;
    case Phase::proxying:
      out.fd = socket_.fd();
      out.write = !handshake_->pending().empty();
      out.read = !out.write;
      break;
    case Phase::talking:
    case Phase::closing:
      out.fd = socket_.fd();
      out.write = write_blocked_;
      out.read = !write_blocked_ && !rate_blocked_;
      break;
  }
  return out;
}

void Client::Login::wait(std::int64_t at_most_ms) {
  const ClientWants w = wants();
  std::int64_t timeout = w.timeout_ms;
  if (at_most_ms >= 0 && (timeout < 0 || at_most_ms < timeout)) timeout = at_most_ms;
  wait_for({w.fd, w.read, w.write, static_cast<int>(std::min<std::int64_t>(timeout, INT_MAX))},
           &stop);
}

}  // namespace sshauth
