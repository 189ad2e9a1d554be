// What a login waits for, and until when.
#include <algorithm>
#include <climits>

#include "lib/client/login.hpp"

namespace sshauth {
namespace {

void wait_for_signer(const SignWait& wait, ClientWants& out) noexcept {
  out.fd = wait.fd;
  out.read = wait.read;
  out.write = wait.write;
  if (wait.fd < 0) out.timeout_ms = 0;
}

}  // namespace

std::optional<std::uint64_t> Client::Login::wake_at() const {
  std::optional<std::uint64_t> at = limits_.next();
  const auto sooner = [&](std::uint64_t when) { at = at ? std::min(*at, when) : when; };
  std::uint64_t when = 0;
  if (server_lookup_ != nullptr)
    if (const auto ms = server_lookup_->wait_ms(); ms) sooner(now() + *ms);
  if (dialer_ != nullptr)
    if (const auto due = dialer_->wake_at(now()); due) sooner(*due);
  if (phase_ == Phase::talking && talk_->deadline(when)) sooner(when);
  if (rate_blocked_) sooner(rate_.next());
  if (linger_at_) sooner(*linger_at_);
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
  if (more_to_do_ || stop.raised()) out.timeout_ms = 0;
  if (state == ClientState::question) return out;
  switch (phase_) {
    case Phase::idle: break;
    case Phase::asking: wait_for_signer(listing_->wait(), out); break;
    case Phase::resolving:
    case Phase::connecting:
      out.fd = waiting_.fd();
      out.read = true;
      break;
    case Phase::proxying:
      out.fd = socket_.fd();
      out.read = handshake_->pending().empty();
      out.write = !out.read && !rate_blocked_;
      break;
    case Phase::talking:
    case Phase::closing:
      if (talk_->state() == Conversation::State::signing) {
        out.fd = waiting_.fd();
        out.read = true;
        if (talk_->signer_wait().fd < 0) out.timeout_ms = 0;
        break;
      }
      out.fd = socket_.fd();
      out.write = write_blocked_;
      out.read = !write_blocked_ && !rate_blocked_ && !linger_at_;
      break;
  }
  return out;
}

// The signer's descriptor and the server's, behind one. False when that ended the login.
bool Client::Login::watch_signer() {
  const SignWait signer = talk_->signer_wait();
  const bool hears = !no_more_in_ && in_at_ == in_end_;
  const bool watched = waiting_.watch(socket_.fd(), hears, false) &&
                       (signer.fd < 0 || waiting_.watch(signer.fd, signer.read, signer.write));
  if (!watched) end_now(kNetNoMemory, "the system cannot wait for the key's holder");
  return watched;
}

void Client::Login::wait(std::int64_t at_most_ms) {
  if (!busy()) stop.consume();  // an interrupt is for what runs
  const ClientWants w = wants();
  std::int64_t timeout = w.timeout_ms;
  if (at_most_ms >= 0 && (timeout < 0 || at_most_ms < timeout)) timeout = at_most_ms;
  wait_for({w.fd, w.read, w.write, static_cast<int>(std::min<std::int64_t>(timeout, INT_MAX))},
           &stop);
}

}  // namespace sshauth
