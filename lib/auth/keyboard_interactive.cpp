// keyboard-interactive, RFC 4256: both halves.
#include "lib/auth/auth_client.hpp"
#include "lib/auth/auth_server.hpp"

namespace sshauth {
namespace {

constexpr std::uint32_t kMaxRounds = 64;
constexpr std::size_t kMaxResponse = 4096;

}  // namespace

// ---- client ----------------------------------------------------------------------------------

Errc AuthClient::send_kbdint() noexcept {
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  Writer w = begin_request(*channel, Method::keyboard_interactive);
  encode(w, KbdintFields{{}, ctx_.settings.submethods});
  ++attempts_;
  return finish_request(*channel, w, Outstanding::request);
}

Errc AuthClient::do_info_request(Bytes payload) noexcept {
  if (const Errc e = decode(payload, info_); e != Errc::ok) return ctx_.fail(e);
  if (++rounds_ > kMaxRounds)
    return ctx_.fail(Errc::too_much, "the server asked more than 64 rounds of questions");
  ipworksauth_event& ev = ask(IPWORKSAUTH_EVENT_PROMPTS);
  ev.name = view(info_.name);
  ev.text = view(info_.instruction);
  ev.language = view(info_.language);
  ev.num = info_.num_prompts;
  return Errc::ok;
}

Errc AuthClient::answer_prompts(std::span<const ipworksauth_octets> responses,
                                bool given) noexcept {
  if (!given && info_.num_prompts != 0)
    return decline(Method::keyboard_interactive, "no responses were given");
  if (responses.size() != info_.num_prompts) return Errc::bad_argument;
  InfoResponse message;
  message.num_responses = info_.num_prompts;
  for (std::size_t i = 0; i < responses.size(); ++i) {
    if (responses[i].len > kMaxResponse || (responses[i].data == nullptr && responses[i].len != 0))
      return Errc::bad_argument;
    message.response[i] = {responses[i].data, responses[i].len};
  }
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  Writer w = channel->begin();
  encode(w, message);
  if (!w.ok()) {  // longer together than a packet may be
    channel->abandon();
    return Errc::bad_argument;
  }
  ctx_.clear_event();
  if (info_.num_prompts != 0) released_ = true;
  if (const Errc e = channel->commit(w, PacketWriter::Pad::hide_len); e != Errc::ok)
    return ctx_.fail(e);
  state_ = State::awaiting;
  return Errc::ok;
}

// ---- server ----------------------------------------------------------------------------------

Errc AuthServer::take_kbdint(Bytes rest) noexcept {
  KbdintFields fields;
  if (decode(rest, fields) != Errc::ok) return ctx_.fail(Errc::malformed);
  ask_request().text = view(fields.submethods);
  return Errc::ok;
}

Errc AuthServer::answer_ask(const InfoRequest& request) noexcept {
  if (state_ != State::asking || method_ != Method::keyboard_interactive) return Errc::bad_state;
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  Writer w = channel->begin();
  encode(w, request);
  if (!w.ok()) return Errc::bad_argument;
  ctx_.clear_event();
  num_asked_ = request.num_prompts;
  state_ = State::prompting;
  if (const Errc e = channel->commit(w); e != Errc::ok) return ctx_.fail(e);
  return Errc::ok;
}

Errc AuthServer::take_responses(Bytes payload) noexcept {
  if (state_ != State::prompting)
    return ctx_.fail(Errc::unexpected_message, "the client answered prompts that were not asked");
  if (const Errc e = decode(payload, responses_); e != Errc::ok) return ctx_.fail(e);
  // RFC 4256 §3.4: a wrong number of responses is a failed attempt.
  if (responses_.num_responses != num_asked_) return refuse_request();
  state_ = State::asking;
  ipworksauth_event& ev = ctx_.ask(IPWORKSAUTH_EVENT_RESPONSES);
  ev.user = view(user());
  ev.method = view(name_of(method_));
  ev.num = responses_.num_responses;
  return Errc::ok;
}

}  // namespace sshauth
