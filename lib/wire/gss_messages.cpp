// The messages of RFC 4462.
#include "lib/wire/message_body.hpp"
#include "lib/wire/messages.hpp"

namespace sshauth {

Errc decode(Bytes payload, KexGssInit& out, ValueForm form) noexcept {
  Reader r = body(payload, Msg::kex_30);
  out.token = r.string();
  out.value = read_value(r, form);
  return r.finish();
}
void encode(Writer& w, const KexGssInit& in, ValueForm form) noexcept {
  w.u8(number(Msg::kex_30)).string(in.token);
  write_value(w, in.value, form);
}

Errc decode(Bytes payload, KexGssContinue& out) noexcept {
  Reader r = body(payload, Msg::kex_31);
  out.token = r.string();
  return r.finish();
}
void encode(Writer& w, const KexGssContinue& in) noexcept {
  w.u8(number(Msg::kex_31)).string(in.token);
}

Errc decode(Bytes payload, KexGssComplete& out, ValueForm form) noexcept {
  Reader r = body(payload, Msg::kex_32);
  out.value = read_value(r, form);
  out.mic = r.string();
  out.has_token = r.boolean();
  out.token = out.has_token ? r.string() : Bytes{};
  return r.finish();
}
void encode(Writer& w, const KexGssComplete& in, ValueForm form) noexcept {
  w.u8(number(Msg::kex_32));
  write_value(w, in.value, form);
  w.string(in.mic).boolean(in.has_token);
  if (in.has_token) w.string(in.token);
}

Errc decode(Bytes payload, KexGssHostKey& out) noexcept {
  Reader r = body(payload, Msg::kex_33);
  out.host_key = r.string();
  return r.finish();
}
void encode(Writer& w, const KexGssHostKey& in) noexcept {
  w.u8(number(Msg::kex_33)).string(in.host_key);
}

Errc decode(Bytes rest, GssFields& out) noexcept {
  Reader r(rest);
  out.num_mechanisms = r.u32();
  if (out.num_mechanisms > kMaxGssMechanisms) return Errc::too_much;
  for (std::uint32_t i = 0; i < out.num_mechanisms; ++i) out.mechanism[i] = r.string();
  return r.finish();
}
void encode(Writer& w, const GssFields& in) noexcept {
  w.u32(in.num_mechanisms);
  for (std::uint32_t i = 0; i < in.num_mechanisms && i < kMaxGssMechanisms; ++i)
    w.string(in.mechanism[i]);
}

Errc decode(Bytes rest, GssKeyexFields& out) noexcept {
  Reader r(rest);
  out.mic = r.string();
  return r.finish();
}
void encode(Writer& w, const GssKeyexFields& in) noexcept { w.string(in.mic); }

Errc decode(Bytes payload, GssResponse& out) noexcept {
  Reader r = body(payload, Msg::userauth_60);
  out.mechanism = r.string();
  return r.finish();
}
void encode(Writer& w, const GssResponse& in) noexcept {
  w.u8(number(Msg::userauth_60)).string(in.mechanism);
}

Errc decode(Bytes payload, GssToken& out) noexcept {
  Reader r = body(payload, Msg::userauth_61);
  out.token = r.string();
  return r.finish();
}
void encode(Writer& w, const GssToken& in) noexcept {
  w.u8(number(Msg::userauth_61)).string(in.token);
}

Errc decode(Bytes payload, GssMic& out) noexcept {
  Reader r = body(payload, Msg::gssapi_mic);
  out.mic = r.string();
  return r.finish();
}
void encode(Writer& w, const GssMic& in) noexcept { w.u8(number(Msg::gssapi_mic)).string(in.mic); }

Errc decode(Bytes payload, GssComplete&) noexcept {
  return body(payload, Msg::gssapi_complete).finish();
}
void encode(Writer& w, const GssComplete&) noexcept { w.u8(number(Msg::gssapi_complete)); }

Errc decode(Bytes payload, GssError& out, Msg msg) noexcept {
  Reader r = body(payload, msg);
  out.major = r.u32();
  out.minor = r.u32();
  out.text = r.text();
  out.language = r.text();
  return r.finish();
}
void encode(Writer& w, const GssError& in, Msg msg) noexcept {
  w.u8(number(msg)).u32(in.major).u32(in.minor).string(in.text).string(in.language);
}

Errc decode(Bytes payload, GssErrtok& out) noexcept {
  Reader r = body(payload, Msg::gssapi_errtok);
  out.token = r.string();
  return r.finish();
}
void encode(Writer& w, const GssErrtok& in) noexcept {
  w.u8(number(Msg::gssapi_errtok)).string(in.token);
}

}  // namespace sshauth
