#include "lib/client/login.hpp"

#include <cerrno>
#include <chrono>
#include <new>

#include "lib/keys/key_error.hpp"

namespace sshauth {
namespace {

// A peer that sends without end must not keep a step from returning.
constexpr unsigned kTurnsAStep = 256;

constexpr int kOfTheParent = 211;

std::uint64_t steady_ms() {
  using namespace std::chrono;
  return static_cast<std::uint64_t>(
      duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count());
}

}  // namespace

void Client::Login::start() {
  if (inside() || busy()) return;
  guarded([this] { begin(); });
  step();
}

// Ends the login where memory runs out; and where it does so again on the way to the end, without a
// word, so that the object is there for the next one.
template <class Body>
void Client::Login::guarded(Body body) noexcept {
  stepping_ = true;
  try {
    try {
      body();
    } catch (const std::bad_alloc&) {
      end_now(kNetNoMemory, kNoMemoryText);
    }
  } catch (...) {
    drop_copies();
    plan_ = ConnectionPlan();
    told_connected_ = false;
    decided_ = true;
    result.code = kNetNoMemory;
    result.text.clear();
    state = ClientState::failed;
  }
  stepping_ = false;
}

void Client::Login::begin() {
  calls_clock_ = config.clock ? config.clock : ObserverCalls::Clock(steady_ms);
  calls_.set_clock(calls_clock_);
  calls_.reset();
  stop.consume();  // an interrupt is for what runs, and nothing did
  result = ClientResult();
  decided_ = told_connected_ = retried_ = waiting_for_server_ = false;
  now_ = started_ = entered_ = now();
  timed_ = ClientStage::none;
  limits_.start(config, now_);
  plan_ = ConnectionPlan();
  plan_.pipelining = config.pipelining;
  plan_.kex_guess = config.kex_guess;
  plan_.guess_hint = config.guess_hint;
  if (config.agent.mode != AgentUse::Mode::only) plan_.identities = config.identities;
  if (plan_.guess_hint.empty() && saved_hint_for_ == hint_key()) plan_.guess_hint = saved_hint_;
  state = ClientState::working;
  if (!process_.here() && !enter_child()) return;
  if (check_config() && prepare_gss()) begin_agent();
}

// What the parent has open is closed here without a word, which neither it nor the server notices.
void Client::Login::drop_copies() noexcept {
  phase_ = Phase::idle;
  talk_.reset();
  handshake_.reset();
  // First, so that what follows cannot take the parent's descriptors out of the set, which is one
  // for both.
  waiting_ = WaitSet();
  listing_.reset();
  server_lookup_.reset();
  dialer_.reset();
  socket_.close();
  secure_wipe(in_);
}

bool Client::Login::enter_child() {
  drop_copies();
  process_.take();
  if (stop.unshare()) return true;
  const NetError why = net_error_of_errno(errno, "cannot go on after fork");
  end_now(why.code, why.text);
  return false;
}

void Client::Login::disown() {
  drop_copies();
  plan_ = ConnectionPlan();
  told_connected_ = false;
  result.code = kOfTheParent;
  result.text =
      "the login was begun before this process was forked and is its parent's, which goes on with "
      "it; authenticate begins one of this process";
  state = ClientState::failed;
}

void Client::Login::step() {
  if (inside()) return;
  if (busy()) guarded([this] { advance(); });
  if (left_behind()) disown();  // forked before, or by the host in an event just now
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
    if (stop.consume()) calls_.abort(kNetInterrupted, kInterruptedText);
    if (calls_.aborted()) return end_now(calls_.aborted()->code, calls_.aborted()->text);
    if (const NetError late = limits_.check(now_); !late.ok())
      return end_now(late.code, late.text + " (stage: " + stage_detail() + ")");
    more_to_do_ = turn >= kTurnsAStep;
    if (more_to_do_ || !do_phase()) break;
  }
  if (state == ClientState::question) limits_.question(now_);
}

bool Client::Login::do_phase() {
  switch (phase_) {
    case Phase::idle: return false;
    case Phase::asking: return do_asking();
    case Phase::resolving: return do_resolving();
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
  // A host may fork in an event, and the connection is the parent's.
  if (calls_.stopped() || !busy()) return true;
  enter(result.stage);
  switch (said) {
    case Conversation::State::question: state = ClientState::question; return false;
    case Conversation::State::signing: return listen();
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
  // Two processes that encrypt with the same keys and numbers would tell the plaintext.
  if (!process_.here()) return true;
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

// The server need not wait for a signature that takes its time: it may end the connection, and say
// why. True when the engine has something to look at.
bool Client::Login::listen() {
  if (feed()) return true;
  const bool more = !no_more_in_ && in_at_ == in_end_;
  return (more && receive_more()) || !watch_signer();
}

void Client::Login::lost_socket(int os_error) {
  no_more_in_ = true;
  if (os_error != 0) io_error_ = os_error;
  talk_->receive_end();
}

void Client::Login::abort(int code, std::string text) {
  if (!busy()) return;
  calls_.abort(code, std::move(text));
  step();
}

bool Client::Login::rekey() {
  if (!connected() || talk_ == nullptr) return false;
  talk_->rekey();
  return true;
}

void Client::Login::forget_credentials() noexcept {
  if (busy()) return;
  config.password.reset();
  config.identities.clear();
  config.kerberos.password.reset();
  config.proxy.password = SecretBytes();
  config.proxy.headers = SecretBytes();
}

// "connect; 192.0.2.1 port 22: no answer yet"
std::string Client::Login::stage_detail() const {
  if (phase_ == Phase::asking) return "asking the key agent " + config.agent.socket;
  std::string out = stage_name(result.stage);
  if (talk_ != nullptr && talk_->state() == Conversation::State::signing)
    return out + "; no signature has come from the key's holder yet";
  if (dialer_ == nullptr) return out;
  const std::string progress = dialer_->progress();
  return progress.empty() ? out : out + "; " + progress;
}

void Client::Login::enter(ClientStage stage) {
  const std::uint64_t at = now();
  result.stage_ms[static_cast<std::size_t>(timed_)] += at - entered_;
  entered_ = at;
  timed_ = stage;
  if (stage != ClientStage::none) result.stage = stage;
}

}  // namespace sshauth
