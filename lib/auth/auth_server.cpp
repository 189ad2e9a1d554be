#include "lib/auth/auth_server.hpp"

#include "lib/wire/name_list.hpp"

namespace sshauth {
namespace {

constexpr std::uint32_t kMaxRequests = 128;

}  // namespace

void AuthServer::lay_out(const Settings& s, Arena& arena, Memory& out) noexcept {
  out.sign_data = arena.take(s.is_client() ? 0 : s.max_packet + kMaxHash + 4);
  lay_out_gss(s, arena, out);
}

Errc AuthServer::receive(Bytes payload) noexcept {
  const auto msg = static_cast<Msg>(payload[0]);
  if (msg == Msg::userauth_request) return take_request(payload);
  if (state_ != State::gss && msg == Msg::userauth_61) return take_responses(payload);
  return take_gss_message(payload);
}

// RFC 4252 §5: the user name of later requests may differ, but all that was achieved would have to
// be forgotten; nobody needs it, so it ends the connection.
Errc AuthServer::keep_user(std::string_view name) noexcept {
  if (user_known_) {
    if (name == user()) return Errc::ok;
    return ctx_.fail(Errc::unexpected_message, "the client changed the user name");
  }
  if (name.size() > user_.size())
    return ctx_.fail(Errc::too_much, "the user name is longer than 256 octets");
  copy_bytes(user_.data(), as_bytes(name));
  user_len_ = name.size();
  user_known_ = true;
  return Errc::ok;
}

Errc AuthServer::take_request(Bytes payload) noexcept {
  UserauthRequest request;
  if (decode(payload, request) != Errc::ok) return ctx_.fail(Errc::malformed);
  if (request.service != ctx_.settings.service)
    return ctx_.fail(Errc::bad_service, "only the service ssh-connection is given");
  SSHAUTH_TRY(keep_user(request.user));
  if (++requests_ > kMaxRequests)
    return ctx_.fail(Errc::too_much, "more than 128 authentication requests");
  SSHAUTH_TRY(send_banner());
  state_ = State::idle;  // RFC 4252 §5.1: a new request abandons the one before
  probe_ = false;
  wipe_gss();
  method_ = method_of(request.method);
  if (method_ == Method::none) {
    ask_request();
    return Errc::ok;
  }
  if (!list_contains(ctx_.settings.auth_methods, request.method)) return refuse_request();
  switch (method_) {
    case Method::password: return take_password(request.rest);
    case Method::publickey: return take_publickey(payload, request.rest);
    case Method::keyboard_interactive: return take_kbdint(request.rest);
    case Method::gssapi_with_mic: return take_gss(request.rest);
    case Method::gssapi_keyex: return take_gss_keyex(request.rest);
    default: return refuse_request();
  }
}

ipworksauth_event& AuthServer::ask_request() noexcept {
  state_ = State::asking;
  ipworksauth_event& ev = ctx_.ask(IPWORKSAUTH_EVENT_REQUEST);
  ev.user = view(user());
  ev.method = view(name_of(method_));
  return ev;
}

Errc AuthServer::send_banner() noexcept {
  if (banner_sent_ || ctx_.settings.banner.empty()) return Errc::ok;
  banner_sent_ = true;
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  return channel->send(UserauthBanner{ctx_.settings.banner, {}});
}

Errc AuthServer::answer_request(std::uint32_t verdict, std::string_view can_continue) noexcept {
  if (state_ != State::asking) return Errc::bad_state;
  if (!is_name_list(can_continue) || can_continue.size() > 1024) return Errc::bad_argument;
  switch (verdict) {
    case IPWORKSAUTH_ACCEPT: return send_success();
    case IPWORKSAUTH_PARTIAL:
      // A probe proves nothing, so no step can have succeeded with it.
      if (probe_ || method_ == Method::none) return Errc::bad_argument;
      return send_failure(can_continue, true);
    case IPWORKSAUTH_REFUSE: return send_failure(can_continue, false);
    default: return Errc::bad_argument;
  }
}

Errc AuthServer::send_success() noexcept {
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  const Errc sent = probe_ ? channel->send(pk_ok_) : channel->send(UserauthSuccess{});
  ctx_.clear_event();
  if (sent != Errc::ok) return ctx_.fail(sent);
  state_ = State::idle;
  if (probe_) return Errc::ok;
  state_ = State::done;
  if (const Errc e = transport_.authenticated(); e != Errc::ok) return ctx_.fail(e);
  ipworksauth_event& ev = ctx_.tell(IPWORKSAUTH_EVENT_AUTHENTICATED);
  ev.user = view(user());
  ev.method = view(name_of(method_));
  return Errc::ok;
}

Errc AuthServer::send_failure(std::string_view can_continue, bool partial) noexcept {
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  ctx_.clear_event();
  state_ = State::idle;
  // "none" is how clients ask for the list (RFC 4252 §5.2), so it is no attempt.
  if (!partial && method_ != Method::none) ++refused_;
  // RFC 4252 §4: the number of failed attempts of a session is bounded.
  if (refused_ > ctx_.settings.max_attempts)
    return ctx_.fail(Errc::auth_failed, "too many authentication failures");
  if (const Errc e = channel->send(UserauthFailure{can_continue, partial}); e != Errc::ok)
    return ctx_.fail(e);
  ipworksauth_event& ev = ctx_.tell(IPWORKSAUTH_EVENT_REFUSED);
  ev.user = view(user());
  ev.method = view(name_of(method_));
  ev.flags = partial ? IPWORKSAUTH_FLAG_PARTIAL : 0;
  return Errc::ok;
}

}  // namespace sshauth
