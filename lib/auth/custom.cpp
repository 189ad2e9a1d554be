// A method that the host speaks itself, message by message (client only).
#include "lib/auth/auth_client.hpp"

namespace sshauth {
namespace {

// Two requests are known to hold no credential; of all else the host knows what it sent.
bool asks_without_credential(Bytes payload) noexcept {
  UserauthRequest request;
  if (decode(payload, request) != Errc::ok) return false;
  return request.method == name_of(Method::none) ||
         request.method == name_of(Method::keyboard_interactive);
}

}  // namespace

Errc AuthClient::ask_custom(Bytes last) noexcept {
  transport_.set_custom(true);
  if (++requests_ > 128) return ctx_.fail(Errc::too_much, "more than 128 authentication requests");
  ask(IPWORKSAUTH_EVENT_CUSTOM).data = view(last);
  return Errc::ok;
}

Errc AuthClient::answer_custom(Bytes payload, bool given) noexcept {
  if (!given) {
    ctx_.clear_event();
    return ctx_.fail(Errc::gave_up, "the host ended its own authentication method");
  }
  // RFC 4250 §4.1.2: 50-79 are the numbers of authentication.
  if (payload.empty() || payload[0] < 50 || payload[0] > 79) return Errc::bad_argument;
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  Writer w = channel->begin();
  w.raw(payload);
  if (!w.ok()) {
    channel->abandon();
    return Errc::bad_argument;
  }
  ctx_.clear_event();
  released_ = !asks_without_credential(payload);
  ++attempts_;
  return finish_request(*channel, w, Outstanding::request, PacketWriter::Pad::hide_len);
}

}  // namespace sshauth
