#include "lib/auth/auth_client.hpp"

#include "lib/wire/name_list.hpp"

namespace sshauth {
namespace {

constexpr std::uint32_t kMaxRequests = 128;
constexpr std::uint32_t kMaxBanners = 32;
constexpr std::size_t kMaxBannerOctets = 65'536;

}  // namespace

void AuthClient::lay_out(const Settings& s, Arena& arena, Memory& out) noexcept {
  // While measuring there are no identities to look at, so room is made for the longest there may
  // be.
  const std::size_t longest = kMaxKeyBlob + s.user.size() + s.service.size() + kMaxHash + 256;
  out.sign_data = arena.take(s.is_client() ? longest : 0);
  lay_out_gss(s, arena, out);
}

// ---- choosing --------------------------------------------------------------------------------

// A method that turns out to have nothing to offer is spent and the next one chosen, so this ends.
Errc AuthClient::pump() noexcept {
  while (state_ == State::idle && transport_.may_authenticate() && transport_.channel() &&
         !ctx_.has_event())
    SSHAUTH_TRY(choose());
  return Errc::ok;
}

bool AuthClient::usable(Method method, std::string_view name) const noexcept {
  if (spent(method)) return false;
  if (method == Method::publickey && !identity_left()) return false;
  if (method == Method::none) return !have_list_;
  return method == Method::custom || !have_list_ || list_contains(can_continue_.view(), name);
}

Errc AuthClient::choose() noexcept {
  for (std::string_view rest = ctx_.settings.methods, name; next_name(rest, name);)
    if (const Method method = method_of(name); usable(method, name)) return begin(method);
  return fail_auth(any_partial_ ? "another step is wanted, and nothing is left to take it with"
                                : "nothing that was not refused is left to try");
}

Errc AuthClient::begin(Method method) noexcept {
  if (method != method_) tries_ = rounds_ = 0;
  method_ = method;
  released_ = false;
  transport_.set_gss(false);
  if (++requests_ > kMaxRequests)
    return ctx_.fail(Errc::too_much, "more than 128 authentication requests");
  switch (method) {
    case Method::none: return send_none();
    case Method::password: return ask_password();
    case Method::publickey: return next_identity();
    case Method::keyboard_interactive: return send_kbdint();
    case Method::gssapi_with_mic: return begin_gss();
    case Method::gssapi_keyex: return send_gss_keyex();
    case Method::custom: return ask_custom({});
    case Method::unknown: break;
  }
  return ctx_.fail(Errc::internal);
}

// The host has nothing for this method: on with the next, whatever try_all says.
Errc AuthClient::decline(Method method, std::string_view what) noexcept {
  not_given_ = what;
  return give_up(method);
}

Errc AuthClient::give_up(Method method) noexcept {
  ctx_.clear_event();
  spend(method);
  state_ = State::idle;
  return Errc::ok;
}

Errc AuthClient::fail_auth(std::string_view what) noexcept {
  Sentence text;
  text << "authentication of user \"";
  text.peer(ctx_.settings.user, 100) << "\" failed";
  if (method_ != Method::unknown && requests_ != 0) text << " (last method: " << method() << ")";
  text << ": ";
  for (const IdentityRow& key : ctx_.settings.identities)
    if (key.weak && not_given_.empty()) not_given_ = "a key is RSA of fewer than min_rsa_bits";
  if (!not_given_.empty()) text << not_given_ << ", and ";
  text << what;
  if (have_list_) {
    text << "; methods that can continue: ";
    if (can_continue_.empty()) text << "none";
    text.peer(can_continue_.view(), 400);
    if (any_partial_) text << "; an earlier step succeeded";
  }
  return ctx_.fail(Errc::auth_failed, text.view());
}

// ---- requests --------------------------------------------------------------------------------

Writer AuthClient::begin_request(AuthChannel& channel, Method method) noexcept {
  Writer w = channel.begin();
  encode(w, UserauthRequest{ctx_.settings.user, ctx_.settings.service, name_of(method), {}});
  return w;
}

Errc AuthClient::finish_request(AuthChannel& channel, const Writer& w, Outstanding outstanding,
                                PacketWriter::Pad pad) noexcept {
  if (const Errc e = channel.commit(w, pad); e != Errc::ok) return ctx_.fail(e);
  state_ = State::awaiting;
  outstanding_ = outstanding;
  ipworksauth_event& ev = ctx_.tell(IPWORKSAUTH_EVENT_ATTEMPT);
  ev.method = view(method());
  if (method_ == Method::publickey) {
    ev.key = view(identity().key);
    ev.algorithm = view(cursor_.algorithm);
    ev.index = cursor_.identity;
    ev.flags = outstanding == Outstanding::probe ? IPWORKSAUTH_FLAG_PROBE : IPWORKSAUTH_FLAG_SIGNED;
  }
  return Errc::ok;
}

Errc AuthClient::send_none() noexcept {
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  spend(Method::none);
  return finish_request(*channel, begin_request(*channel, Method::none), Outstanding::request);
}

// ---- the server's messages -------------------------------------------------------------------

Errc AuthClient::receive(Bytes payload) noexcept {
  const auto msg = static_cast<Msg>(payload[0]);
  if (msg == Msg::userauth_banner) return do_banner(payload);
  if (state_ != State::awaiting) return unexpected();
  if (msg == Msg::userauth_success) return do_success(payload);
  if (method_ == Method::custom) return ask_custom(payload);
  if (msg == Msg::userauth_failure) return do_failure(payload);
  if (msg == Msg::userauth_60) return do_60(payload);
  return method_ == Method::gssapi_with_mic ? do_gss(payload) : unexpected();
}

Errc AuthClient::unexpected() noexcept {
  return ctx_.fail(Errc::unexpected_message,
                   "the server sent an authentication message that answers no request");
}

Errc AuthClient::do_60(Bytes payload) noexcept {
  switch (method_) {
    case Method::password: return do_change_request(payload);
    case Method::publickey: return do_pk_ok(payload);
    case Method::keyboard_interactive: return do_info_request(payload);
    case Method::gssapi_with_mic: return do_gss(payload);
    default: return unexpected();
  }
}

// RFC 4252 §5.3: complete; whatever else was asked for is void.
Errc AuthClient::do_success(Bytes payload) noexcept {
  UserauthSuccess message;
  if (decode(payload, message) != Errc::ok) return ctx_.fail(Errc::malformed);
  if (is_trivial() && ctx_.settings.methods != "none")
    return ctx_.fail(
        Errc::trivial_success,
        "the server reported success for a request without a credential; a server that "
        "does so may be phishing, and only mode \"none\" believes it");
  state_ = State::done;
  partial_ = false;
  transport_.set_gss(false);
  wipe_gss();
  if (const Errc e = transport_.authenticated(); e != Errc::ok) return ctx_.fail(e);
  ipworksauth_event& ev = ctx_.tell(IPWORKSAUTH_EVENT_AUTHENTICATED);
  ev.method = view(method());
  ev.user = view(ctx_.settings.user);
  return Errc::ok;
}

Errc AuthClient::do_failure(Bytes payload) noexcept {
  UserauthFailure message;
  if (decode(payload, message) != Errc::ok) return ctx_.fail(Errc::malformed);
  can_continue_.clear();
  can_continue_.peer(message.can_continue, 1000);
  have_list_ = true;
  partial_ = message.partial_success;
  ipworksauth_event& ev = ctx_.tell(IPWORKSAUTH_EVENT_REFUSED);
  ev.method = view(method());
  ev.text = view(can_continue_.view());
  ev.flags = partial_ ? IPWORKSAUTH_FLAG_PARTIAL : 0;
  state_ = State::idle;
  const bool trivial = is_trivial();
  outstanding_ = Outstanding::nothing;
  if (!partial_) return after_refusal();
  if (trivial)
    return ctx_.fail(Errc::trivial_success,
                     "the server reported partial success for a request without a credential");
  // RFC 4252 §5.1: a step is done; what was refused before may be right now, but a key that
  // succeeded is not offered twice.
  any_partial_ = true;
  if (method_ == Method::gssapi_with_mic || method_ == Method::gssapi_keyex)
    succeeded_ = static_cast<std::uint8_t>(succeeded_ | bit(method_));
  spent_ = static_cast<std::uint8_t>(bit(Method::none) | succeeded_);
  tries_ = 0;
  if (method_ == Method::publickey) used_ |= std::uint64_t{1} << cursor_.identity;
  cursor_ = {};
  again_ = 0;
  not_given_ = {};
  return Errc::ok;
}

Errc AuthClient::after_refusal() noexcept {
  const Settings& s = ctx_.settings;
  if (method_ == Method::none) {
    return s.methods == "none" ? fail_auth("the server wants a credential") : Errc::ok;
  }
  bool again = false;
  if (method_ == Method::publickey) {
    refuse_identity();
    again = identity_left();
  } else if (method_ == Method::password || method_ == Method::keyboard_interactive) {
    again = ++tries_ < s.password_tries;
  }
  if (!again) spend(method_);
  // What the list no longer has is refused too, however much of it is left.
  again = again && list_contains(can_continue_.view(), name_of(method_));
  return again || s.try_all ? Errc::ok : fail_auth(refusal());
}

std::string_view AuthClient::refusal() const noexcept {
  switch (method_) {
    case Method::publickey: return "the server refused the key";
    case Method::password: return "the server refused the password";
    case Method::gssapi_with_mic:
      return released_ ? "the server does not let this GSSAPI identity in as this user"
                       : "the server refused the GSSAPI mechanism or its token";
    case Method::gssapi_keyex:
      return "the server does not let this GSSAPI identity in as this user";
    default: return "the server refused the responses";
  }
}

Errc AuthClient::do_banner(Bytes payload) noexcept {
  UserauthBanner message;
  if (decode(payload, message) != Errc::ok) return ctx_.fail(Errc::malformed);
  banner_octets_ += message.text.size();
  if (++banners_ > kMaxBanners || banner_octets_ > kMaxBannerOctets)
    return ctx_.fail(Errc::too_much,
                     "the server sent more than 32 banners or 65536 octets of them");
  ipworksauth_event& ev = ctx_.tell(IPWORKSAUTH_EVENT_BANNER);
  ev.text = view(message.text);
  ev.language = view(message.language);
  return Errc::ok;
}

}  // namespace sshauth
