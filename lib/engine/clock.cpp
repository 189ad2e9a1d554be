// What time does to an engine: the login's limit, re-exchange by time, keep-alives.
#include "lib/engine/engine.hpp"

namespace sshauth {

Errc Engine::tick(std::uint64_t now) noexcept {
  if (ctx_.failed()) return Errc::closed;
  if (!time_known_) {
    time_known_ = true;
    now_ = login_began_ = keys_began_ = heard_ = now;
  }
  if (now < now_) return Errc::bad_argument;
  // Time in which the host thinks about a question is the host's.
  if (ctx_.asking()) {
    login_began_ += now - now_;
    heard_ += now - now_;
  }
  now_ = now;
  if (heard_since_tick_) heard_ = now;
  if (keys_since_tick_) keys_began_ = now;
  heard_since_tick_ = keys_since_tick_ = false;
  check_login_time(now);
  check_rekey_time(now);
  check_keepalive(now);
  return done(ctx_.failed() ? ctx_.failure().code : Errc::ok);
}

void Engine::check_login_time(std::uint64_t now) noexcept {
  const std::uint64_t limit = ctx_.settings.login_timeout;
  if (limit == 0 || transport_.is_open() || now - login_began_ < limit) return;
  Sentence text;
  text << "the login was not complete after " << limit / 1000 << " seconds";
  static_cast<void>(ctx_.fail(Errc::login_timeout, text.view()));
}

// RFC 4253 §9: after an hour.
void Engine::check_rekey_time(std::uint64_t now) noexcept {
  if (transport_.layer() == p_never || transport_.exchanging()) return;
  if (now - keys_began_ >= ctx_.settings.rekey_time) rekey_wanted_ = true;
}

void Engine::check_keepalive(std::uint64_t now) noexcept {
  const std::uint64_t interval = ctx_.settings.keepalive_interval;
  if (interval == 0 || !transport_.is_open() || ctx_.failed() || ctx_.asking()) return;
  const std::uint32_t unanswered = transport_.unanswered_keepalives();
  if (now - heard_ < interval * (std::uint64_t{unanswered} + 1)) return;
  if (unanswered >= ctx_.settings.keepalive_count) {
    Sentence text;
    text << "the peer did not answer " << std::uint64_t{unanswered} << " keep-alives";
    static_cast<void>(ctx_.fail(Errc::keepalive_unanswered, text.view()));
    return;
  }
  if (const Errc e = transport_.send_keepalive(); e != Errc::ok) static_cast<void>(ctx_.fail(e));
}

bool Engine::deadline(std::uint64_t& when) const noexcept {
  if (!time_known_ || ctx_.failed()) return false;
  const Settings& s = ctx_.settings;
  std::uint64_t first = UINT64_MAX;
  const auto sooner = [&first](std::uint64_t at) { first = at < first ? at : first; };
  if (s.login_timeout != 0 && !transport_.is_open() && !ctx_.asking())
    sooner(login_began_ + s.login_timeout);
  // What tick has noted already, or can do nothing about, is no deadline: hosts would spin on it.
  if (transport_.layer() != p_never && !transport_.exchanging() && !rekey_wanted_)
    sooner(keys_began_ + s.rekey_time);
  if (s.keepalive_interval != 0 && transport_.is_open() && !ctx_.asking())
    sooner(heard_ + s.keepalive_interval * (std::uint64_t{transport_.unanswered_keepalives()} + 1));
  when = first;
  return first != UINT64_MAX;
}

}  // namespace sshauth
