// password, RFC 4252 §8: both halves.
#include "lib/auth/auth_client.hpp"
#include "lib/auth/auth_server.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kMaxPassword = 1024;
constexpr std::uint32_t kMaxChanges = 8;

}  // namespace

// ---- client ----------------------------------------------------------------------------------

Errc AuthClient::ask_password() noexcept {
  ipworksauth_event& ev = ask(IPWORKSAUTH_EVENT_PASSWORD);
  ev.user = view(ctx_.settings.user);
  ev.flags = tries_ != 0 ? IPWORKSAUTH_FLAG_AGAIN : 0;
  return Errc::ok;
}

Errc AuthClient::answer_password(Bytes password, bool given) noexcept {
  if (!given) return decline(Method::password, "no password was given");
  if (password.size() > kMaxPassword) return Errc::bad_argument;
  return send_password(password, {}, false);
}

Errc AuthClient::answer_new_password(Bytes old_password, Bytes new_password, bool given) noexcept {
  if (!given) return decline(Method::password, "no new password was given");
  if (old_password.size() > kMaxPassword || new_password.size() > kMaxPassword)
    return Errc::bad_argument;
  return send_password(old_password, new_password, true);
}

Errc AuthClient::send_password(Bytes password, Bytes new_password, bool change) noexcept {
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  Writer w = begin_request(*channel, Method::password);
  encode(w, PasswordFields{change, as_text(password), as_text(new_password)});
  if (!w.ok()) {  // longer together than a packet may be
    channel->abandon();
    return Errc::bad_argument;
  }
  ctx_.clear_event();
  released_ = true;
  ++attempts_;
  return finish_request(*channel, w, Outstanding::request, PacketWriter::Pad::hide_len);
}

Errc AuthClient::do_change_request(Bytes payload) noexcept {
  PasswdChangereq message;
  if (decode(payload, message) != Errc::ok) return ctx_.fail(Errc::malformed);
  if (++rounds_ > kMaxChanges)
    return ctx_.fail(Errc::too_much, "the server asked for a new password more than 8 times");
  ipworksauth_event& ev = ask(IPWORKSAUTH_EVENT_NEW_PASSWORD);
  ev.text = view(message.prompt);
  ev.language = view(message.language);
  ev.user = view(ctx_.settings.user);
  return Errc::ok;
}

// ---- server ----------------------------------------------------------------------------------

Errc AuthServer::take_password(Bytes rest) noexcept {
  PasswordFields fields;
  if (decode(rest, fields) != Errc::ok) return ctx_.fail(Errc::malformed);
  ipworksauth_event& ev = ask_request();
  ev.data = view(fields.password);
  ev.new_data = view(fields.new_password);
  ev.flags = fields.change ? IPWORKSAUTH_FLAG_CHANGE : 0;
  return Errc::ok;
}

Errc AuthServer::answer_change(std::string_view prompt) noexcept {
  if (state_ != State::asking || method_ != Method::password) return Errc::bad_state;
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  ctx_.clear_event();
  state_ = State::idle;
  if (const Errc e = channel->send(PasswdChangereq{prompt, {}}); e != Errc::ok) return ctx_.fail(e);
  return Errc::ok;
}

}  // namespace sshauth
