// The messages of RFC 4252 and RFC 4256.
#include "lib/wire/messages.hpp"

#include "lib/wire/message_body.hpp"

namespace sshauth {
Errc decode(Bytes payload, UserauthRequest& out) noexcept {
  Reader r = body(payload, Msg::userauth_request);
  out.user = r.text();
  out.service = r.text();
  out.method = r.text();
  out.rest = r.rest();
  return r.finish();
}
void encode(Writer& w, const UserauthRequest& in) noexcept {
  w.u8(number(Msg::userauth_request)).string(in.user).string(in.service).string(in.method);
  w.raw(in.rest);
}

Errc decode(Bytes rest, PasswordFields& out) noexcept {
  Reader r(rest);
  out.change = r.boolean();
  out.password = r.text();
  if (out.change) out.new_password = r.text();
  return r.finish();
}
void encode(Writer& w, const PasswordFields& in) noexcept {
  w.boolean(in.change).string(in.password);
  if (in.change) w.string(in.new_password);
}

Errc decode(Bytes rest, PublickeyFields& out) noexcept {
  Reader r(rest);
  out.has_signature = r.boolean();
  out.algorithm = r.text();
  out.key = r.string();
  if (out.has_signature) out.signature = r.string();
  return r.finish();
}
void encode(Writer& w, const PublickeyFields& in) noexcept {
  w.boolean(in.has_signature).string(in.algorithm).string(in.key);
  if (in.has_signature) w.string(in.signature);
}

Errc decode(Bytes rest, KbdintFields& out) noexcept {
  Reader r(rest);
  out.language = r.text();
  out.submethods = r.text();
  return r.finish();
}
void encode(Writer& w, const KbdintFields& in) noexcept {
  w.string(in.language).string(in.submethods);
}

Errc decode(Bytes payload, UserauthFailure& out) noexcept {
  Reader r = body(payload, Msg::userauth_failure);
  out.can_continue = r.text();
  out.partial_success = r.boolean();
  return r.finish();
}
void encode(Writer& w, const UserauthFailure& in) noexcept {
  w.u8(number(Msg::userauth_failure)).string(in.can_continue).boolean(in.partial_success);
}

Errc decode(Bytes payload, UserauthSuccess&) noexcept {
  return body(payload, Msg::userauth_success).finish();
}
void encode(Writer& w, const UserauthSuccess&) noexcept { w.u8(number(Msg::userauth_success)); }

Errc decode(Bytes payload, UserauthBanner& out) noexcept {
  Reader r = body(payload, Msg::userauth_banner);
  out.text = r.text();
  // Old servers leave out the language tag.
  if (r.more()) out.language = r.text();
  return r.finish();
}
void encode(Writer& w, const UserauthBanner& in) noexcept {
  w.u8(number(Msg::userauth_banner)).string(in.text).string(in.language);
}

Errc decode(Bytes payload, PkOk& out) noexcept {
  Reader r = body(payload, Msg::userauth_60);
  out.algorithm = r.text();
  out.key = r.string();
  return r.finish();
}
void encode(Writer& w, const PkOk& in) noexcept {
  w.u8(number(Msg::userauth_60)).string(in.algorithm).string(in.key);
}

Errc decode(Bytes payload, PasswdChangereq& out) noexcept {
  Reader r = body(payload, Msg::userauth_60);
  out.prompt = r.text();
  out.language = r.text();
  return r.finish();
}
void encode(Writer& w, const PasswdChangereq& in) noexcept {
  w.u8(number(Msg::userauth_60)).string(in.prompt).string(in.language);
}

Errc decode(Bytes payload, InfoRequest& out) noexcept {
  Reader r = body(payload, Msg::userauth_60);
  out.name = r.text();
  out.instruction = r.text();
  out.language = r.text();
  out.num_prompts = r.u32();
  // CVE-2019-3856: a count from the peer is a limit to check before it sizes anything.
  if (out.num_prompts > kMaxPrompts) return Errc::too_much;
  for (std::uint32_t i = 0; i < out.num_prompts; ++i) {
    out.prompt[i].text = r.text();
    out.prompt[i].echo = r.boolean();
  }
  return r.finish();
}
void encode(Writer& w, const InfoRequest& in) noexcept {
  w.u8(number(Msg::userauth_60)).string(in.name).string(in.instruction).string(in.language);
  w.u32(in.num_prompts);
  for (std::uint32_t i = 0; i < in.num_prompts && i < kMaxPrompts; ++i)
    w.string(in.prompt[i].text).boolean(in.prompt[i].echo);
}

Errc decode(Bytes payload, InfoResponse& out) noexcept {
  Reader r = body(payload, Msg::userauth_61);
  out.num_responses = r.u32();
  if (out.num_responses > kMaxPrompts) return Errc::too_much;
  for (std::uint32_t i = 0; i < out.num_responses; ++i) out.response[i] = r.string();
  return r.finish();
}
void encode(Writer& w, const InfoResponse& in) noexcept {
  w.u8(number(Msg::userauth_61)).u32(in.num_responses);
  for (std::uint32_t i = 0; i < in.num_responses && i < kMaxPrompts; ++i) w.string(in.response[i]);
}

}  // namespace sshauth
