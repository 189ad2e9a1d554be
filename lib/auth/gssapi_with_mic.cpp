// gssapi-with-mic, RFC 4462 §3: both halves.
//
// A context is established token by token; then the client proves with a MIC over the session
// identifier and its request that it is the one at the end of this very connection. §3.6 would do
// without the MIC where a mechanism has none. Nothing would then bind the two together, so neither
// half does.
#include "lib/auth/auth_client.hpp"
#include "lib/auth/auth_server.hpp"

namespace sshauth {
namespace {

constexpr std::uint32_t kMaxNotes = 8;

}  // namespace

// ---- client ----------------------------------------------------------------------------------

void AuthClient::lay_out_gss(const Settings& s, Arena& arena, Memory& out) noexcept {
  if (!s.is_client() || s.gss == nullptr) return;
  out.gss_ctx = arena.take(s.gss->ctx_len);
  out.gss_token = arena.take(gss_token_len(s));
}

// The first token is made before the request is sent: who has no ticket spends no attempt.
Errc AuthClient::begin_gss() noexcept {
  const Settings& s = ctx_.settings;
  gss_stage_ = Gss::asked;
  gss_.begin(*s.gss, GssContext::Role::initiator, s.gss_delegate ? IPWORKSAUTH_GSS_DELEGATE : 0);
  if (step_gss({}) == GssStep::failed) return fail_gss(gss_);
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  Writer w = begin_request(*channel, method_);
  encode(w, GssFields{1, {Bytes(s.gss->oid, s.gss->oid_len)}});
  transport_.set_gss(true);
  return finish_request(*channel, w, Outstanding::request);
}

GssStep AuthClient::step_gss(Bytes token) noexcept {
  gss_peak_ = memory_.gss_token.size();
  return gss_.step(token, memory_.gss_token, gss_said_);
}

Errc AuthClient::do_gss(Bytes payload) noexcept {
  switch (static_cast<Msg>(payload[0])) {
    case Msg::userauth_60: return do_gss_response(payload);
    case Msg::userauth_61: return do_gss_token(payload);
    case Msg::gssapi_error: return do_gss_error(payload);
    case Msg::gssapi_errtok: return do_gss_errtok(payload);
    default: return unexpected();
  }
}

// RFC 4462 §3.3: one of those offered.
Errc AuthClient::do_gss_response(Bytes payload) noexcept {
  GssResponse message;
  if (decode(payload, message) != Errc::ok) return ctx_.fail(Errc::malformed);
  if (gss_stage_ != Gss::asked) return unexpected();
  const Bytes ours(ctx_.settings.gss->oid, ctx_.settings.gss->oid_len);
  if (!same_bytes(message.mechanism, ours))
    return ctx_.fail(Errc::unexpected_message,
                     "the server chose another GSSAPI mechanism than the one offered");
  gss_stage_ = Gss::tokens;
  return say_gss();
}

Errc AuthClient::do_gss_token(Bytes payload) noexcept {
  GssToken message;
  if (decode(payload, message) != Errc::ok || message.token.empty())
    return ctx_.fail(Errc::malformed);
  if (gss_stage_ != Gss::tokens) return unexpected();
  if (step_gss(message.token) != GssStep::failed) return say_gss();
  // RFC 4462 §3.9: the server is told, and does not answer.
  if (!gss_said_.empty()) {
    auto channel = transport_.channel();
    if (!channel) return ctx_.fail(Errc::internal);
    if (const Errc e = channel->send(GssErrtok{gss_said_}); e != Errc::ok) return ctx_.fail(e);
  }
  return fail_gss(gss_);
}

// What a step left to be said: a token, and where it was the last one the MIC (RFC 4462 §3.5).
Errc AuthClient::say_gss() noexcept {
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  if (!gss_said_.empty())
    if (const Errc e = channel->send(GssToken{gss_said_}); e != Errc::ok) return ctx_.fail(e);
  if (!gss_.established()) return Errc::ok;
  std::uint8_t room[kMaxGssMic];
  Bytes mic;
  if (!make_gss_mic(gss_, room, mic)) return fail_gss(gss_);
  gss_stage_ = Gss::mic_sent;
  released_ = true;
  ++attempts_;
  if (const Errc e = channel->send(GssMic{mic}); e != Errc::ok) return ctx_.fail(e);
  return Errc::ok;
}

bool AuthClient::make_gss_mic(GssContext& context, MutBytes room, Bytes& mic) noexcept {
  const Settings& s = ctx_.settings;
  wipe_sign_data();
  Writer w(memory_.sign_data);
  w.string(transport_.session_id());
  encode(w, UserauthRequest{s.user, s.service, name_of(method_), {}});
  sign_len_ = w.len();
  return w.ok() && context.get_mic(w.written(), room, mic);
}

// RFC 4462 §3.8: for people; SSH_MSG_USERAUTH_FAILURE follows and decides.
Errc AuthClient::do_gss_error(Bytes payload) noexcept {
  GssError message;
  if (decode(payload, message, Msg::gssapi_error) != Errc::ok) return ctx_.fail(Errc::malformed);
  if (++gss_notes_ > kMaxNotes)
    return ctx_.fail(Errc::too_much, "the server sent more than 8 errors of its GSSAPI mechanism");
  gss_text_.clear();
  (gss_text_ << "the server's GSSAPI mechanism says: ").peer(message.text, 400);
  tell_gss(IPWORKSAUTH_FLAG_FROM_PEER);
  return Errc::ok;
}

// RFC 4462 §3.9: what is wrong is for our mechanism to read; SSH_MSG_USERAUTH_FAILURE follows.
Errc AuthClient::do_gss_errtok(Bytes payload) noexcept {
  GssErrtok message;
  if (decode(payload, message) != Errc::ok) return ctx_.fail(Errc::malformed);
  if (gss_stage_ != Gss::tokens) return unexpected();
  gss_stage_ = Gss::failed;
  static_cast<void>(step_gss(message.token));
  keep_gss_text(gss_);
  tell_gss(IPWORKSAUTH_FLAG_FROM_PEER);
  return Errc::ok;
}

void AuthClient::keep_gss_text(GssContext& context) noexcept {
  char room[400];
  gss_text_.clear();
  (gss_text_ << "GSSAPI: ").peer(context.error_text(room), sizeof room);
}

void AuthClient::tell_gss(std::uint32_t flags) noexcept {
  not_given_ = gss_text_.view();
  ipworksauth_event& ev = ctx_.tell(IPWORKSAUTH_EVENT_GSS_ERROR);
  ev.method = view(method());
  ev.text = view(not_given_);
  ev.flags = flags;
}

// The mechanism cannot go on: with the next method, then.
Errc AuthClient::fail_gss(GssContext& context) noexcept {
  keep_gss_text(context);
  wipe_gss();
  transport_.set_gss(false);
  SSHAUTH_TRY(give_up(method_));
  tell_gss(0);
  return Errc::ok;
}

void AuthClient::wipe_gss() noexcept {
  gss_.wipe();
  gss_said_ = {};
  secure_wipe(memory_.gss_token.first(gss_peak_));
  gss_peak_ = 0;
}

// ---- server ----------------------------------------------------------------------------------

void AuthServer::lay_out_gss(const Settings& s, Arena& arena, Memory& out) noexcept {
  if (s.is_client() || s.gss == nullptr) return;
  out.gss_ctx = arena.take(s.gss->ctx_len);
  out.gss_token = arena.take(gss_token_len(s));
}

Errc AuthServer::take_gss_message(Bytes payload) noexcept {
  switch (static_cast<Msg>(payload[0])) {
    case Msg::userauth_61: return take_gss_token(payload);
    case Msg::gssapi_mic: return take_gss_mic(payload);
    case Msg::gssapi_complete:
    case Msg::gssapi_errtok: return end_gss(payload);
    default: return ctx_.fail(Errc::internal);
  }
}

Errc AuthServer::take_gss(Bytes rest) noexcept {
  GssFields fields;
  if (const Errc e = decode(rest, fields); e != Errc::ok) return ctx_.fail(e);
  const Bytes ours(ctx_.settings.gss->oid, ctx_.settings.gss->oid_len);
  bool known = false;
  for (std::uint32_t i = 0; i < fields.num_mechanisms; ++i)
    known = known || same_bytes(fields.mechanism[i], ours);
  if (!known) return refuse_request();
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  gss_.begin(*ctx_.settings.gss, GssContext::Role::acceptor);
  state_ = State::gss;
  transport_.set_gss(true);
  if (const Errc e = channel->send(GssResponse{ours}); e != Errc::ok) return ctx_.fail(e);
  return Errc::ok;
}

Errc AuthServer::take_gss_token(Bytes payload) noexcept {
  GssToken message;
  if (decode(payload, message) != Errc::ok || message.token.empty())
    return ctx_.fail(Errc::malformed);
  if (gss_.established())
    return ctx_.fail(Errc::unexpected_message,
                     "the client sent a token for a GSSAPI context that is established");
  Bytes token;
  gss_peak_ = memory_.gss_token.size();
  if (gss_.step(message.token, memory_.gss_token, token) == GssStep::failed)
    return refuse_gss_token(token);
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  if (token.empty()) return Errc::ok;
  if (const Errc e = channel->send(GssToken{token}); e != Errc::ok) return ctx_.fail(e);
  return Errc::ok;
}

Errc AuthServer::refuse_gss_token(Bytes error_token) noexcept {
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  if (!error_token.empty())
    if (const Errc e = channel->send(GssErrtok{error_token}); e != Errc::ok) return ctx_.fail(e);
  char room[400];
  Writer w = channel->begin();
  encode(w, GssError{kGssFailure, 0, gss_.error_text(room), {}}, Msg::gssapi_error);
  if (const Errc e = channel->commit(w); e != Errc::ok) return ctx_.fail(e);
  wipe_gss();
  return refuse_request();
}

Errc AuthServer::take_gss_mic(Bytes payload) noexcept {
  GssMic message;
  if (decode(payload, message) != Errc::ok) return ctx_.fail(Errc::malformed);
  if (!gss_.established())
    return ctx_.fail(Errc::unexpected_message,
                     "the client sent a MIC before the GSSAPI context was established");
  return judge_gss(gss_, message.mic);
}

// RFC 4462 §3.5, §4: the same octets for both methods, but for the name.
Errc AuthServer::judge_gss(GssContext& context, Bytes mic) noexcept {
  Writer w(memory_.sign_data);
  w.string(transport_.session_id());
  encode(w, UserauthRequest{user(), ctx_.settings.service, name_of(method_), {}});
  sign_peak_ = w.len() > sign_peak_ ? w.len() : sign_peak_;
  const bool holds = w.ok() && context.verify_mic(w.written(), mic);
  const bool delegated = context.has(IPWORKSAUTH_GSS_DELEGATE);
  const std::string_view initiator = context.initiator_name(initiator_);
  wipe_gss();
  if (!holds || initiator.empty()) return refuse_request();
  ipworksauth_event& ev = ask_request();
  ev.name = view(initiator);
  ev.flags = delegated ? IPWORKSAUTH_FLAG_DELEGATED : 0;
  return Errc::ok;
}

// The client's end of it without a MIC: SSH_MSG_USERAUTH_GSSAPI_EXCHANGE_COMPLETE, which proves too
// little, or an error token, which is not answered (RFC 4462 §3.9).
Errc AuthServer::end_gss(Bytes payload) noexcept {
  GssComplete complete;
  GssErrtok error;
  const bool refused = decode(payload, complete) == Errc::ok;
  if (!refused && decode(payload, error) != Errc::ok) return ctx_.fail(Errc::malformed);
  wipe_gss();
  state_ = State::idle;
  return refused ? refuse_request() : Errc::ok;
}

void AuthServer::wipe_gss() noexcept {
  gss_.wipe();
  transport_.set_gss(false);
  secure_wipe(memory_.gss_token.first(gss_peak_));
  gss_peak_ = 0;
}

}  // namespace sshauth
