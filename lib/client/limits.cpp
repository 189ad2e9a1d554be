#include "lib/client/limits.hpp"

namespace sshauth {
namespace {

std::uint64_t after(std::uint64_t from, unsigned seconds) noexcept {
  return from + std::uint64_t{seconds} * 1000;
}

}  // namespace

void Limits::start(const ClientConfig& config, std::uint64_t now) {
  *this = Limits();
  timeout_ = config.timeout;
  connection_timeout_ = config.connection_timeout;
  login_timeout_ = config.login_timeout;
  absolute_ = config.absolute_timeout;
  start_ = last_ = connect_from_ = now;
}

void Limits::connecting(std::uint64_t now) noexcept {
  connecting_ = true;
  connect_from_ = now;
  progress(now);
}

void Limits::connected(std::uint64_t now) noexcept {
  connecting_ = false;
  progress(now);
}

void Limits::callbacks(std::uint64_t total) noexcept {
  const std::uint64_t more = total - callbacks_;
  callbacks_ = total;
  not_counted_ += more;
  last_ += more;
  connect_from_ += more;
}

void Limits::question(std::uint64_t now) noexcept {
  if (!question_) asked_at_ = now;
  question_ = true;
}

void Limits::answered(std::uint64_t now) noexcept {
  if (!question_) return;
  question_ = false;
  not_counted_ += now - asked_at_;
  last_ += now - asked_at_;
}

template <class F>
void Limits::each(F visit) const {
  if (timeout_ != 0 && absolute_)
    visit(One{after(start_, timeout_), "Timeout (absolute): the login did not end within ",
              timeout_});
  if (question_) return;
  if (login_timeout_ != 0)
    visit(One{after(start_ + not_counted_, login_timeout_),
              "LoginTimeout: the login did not end within ", login_timeout_});
  if (connecting_ && connection_timeout_ != 0)
    visit(One{after(connect_from_, connection_timeout_),
              "ConnectionTimeout: no connection was made within ", connection_timeout_});
  if (timeout_ != 0 && !absolute_ && !(connecting_ && connection_timeout_ != 0))
    visit(One{after(last_, timeout_), "Timeout: nothing came from the other side for ", timeout_});
}

NetError Limits::check(std::uint64_t now) const {
  NetError out;
  each([&](const One& limit) {
    if (out.ok() && now >= limit.at)
      out = {kNetTimeout, 0, limit.text + std::to_string(limit.seconds) + " s"};
  });
  return out;
}

std::optional<std::uint64_t> Limits::next() const noexcept {
  std::optional<std::uint64_t> out;
  each([&](const One& limit) {
    if (!out || limit.at < *out) out = limit.at;
  });
  return out;
}

}  // namespace sshauth
