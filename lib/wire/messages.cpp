#include "lib/wire/messages.hpp"

#include "lib/wire/message_body.hpp"

namespace sshauth {
Errc decode(Bytes payload, Disconnect& out) noexcept {
  Reader r = body(payload, Msg::disconnect);
  out.reason = r.u32();
  // Some peers leave out the language tag, or both texts; the reason is what counts.
  if (r.more()) out.text = r.text();
  if (r.more()) out.language = r.text();
  return r.finish();
}
void encode(Writer& w, const Disconnect& in) noexcept {
  w.u8(number(Msg::disconnect)).u32(in.reason).string(in.text).string(in.language);
}

Errc decode(Bytes payload, Ignore& out) noexcept {
  Reader r = body(payload, Msg::ignore);
  out.data = r.rest();
  return r.finish();
}
void encode(Writer& w, const Ignore& in) noexcept { w.u8(number(Msg::ignore)).string(in.data); }

Errc decode(Bytes payload, Unimplemented& out) noexcept {
  Reader r = body(payload, Msg::unimplemented);
  out.seq = r.u32();
  return r.finish();
}
void encode(Writer& w, const Unimplemented& in) noexcept {
  w.u8(number(Msg::unimplemented)).u32(in.seq);
}

Errc decode(Bytes payload, Debug& out) noexcept {
  Reader r = body(payload, Msg::debug);
  out.always_display = r.boolean();
  out.text = r.text();
  out.language = r.text();
  return r.finish();
}
void encode(Writer& w, const Debug& in) noexcept {
  w.u8(number(Msg::debug)).boolean(in.always_display).string(in.text).string(in.language);
}

Errc decode(Bytes payload, ServiceRequest& out) noexcept {
  Reader r = body(payload, Msg::service_request);
  out.service = r.text();
  return r.finish();
}
void encode(Writer& w, const ServiceRequest& in) noexcept {
  w.u8(number(Msg::service_request)).string(in.service);
}

Errc decode(Bytes payload, ServiceAccept& out) noexcept {
  Reader r = body(payload, Msg::service_accept);
  out.service = r.text();
  return r.finish();
}
void encode(Writer& w, const ServiceAccept& in) noexcept {
  w.u8(number(Msg::service_accept)).string(in.service);
}

Errc decode(Bytes payload, ExtInfo& out) noexcept {
  Reader r = body(payload, Msg::ext_info);
  const std::uint32_t num = r.u32();
  if (num > kMaxExtensions) return Errc::too_much;
  for (std::uint32_t i = 0; i < num && r.ok(); ++i) {
    const std::string_view name = r.text();
    const std::string_view value = r.text();
    if (name == "server-sig-algs") {
      out.has_server_sig_algs = true;
      out.server_sig_algs = value;
    } else if (name == "ping@openssh.com") {
      out.ping = true;
    }
  }
  return r.finish();
}
void encode(Writer& w, const ExtInfo& in) noexcept {
  w.u8(number(Msg::ext_info));
  w.u32((in.has_server_sig_algs ? 1U : 0U) + (in.ping ? 1U : 0U));
  if (in.has_server_sig_algs) w.string("server-sig-algs").string(in.server_sig_algs);
  if (in.ping) w.string("ping@openssh.com").string("0");
}

Errc decode(Bytes payload, KexInit& out) noexcept {
  Reader r = body(payload, Msg::kexinit);
  out.cookie = r.take(16);
  for (std::string_view& names : out.list) names = r.text();
  out.first_kex_packet_follows = r.boolean();
  r.u32();  // reserved
  return r.finish();
}
void encode(Writer& w, const KexInit& in) noexcept {
  w.u8(number(Msg::kexinit)).raw(in.cookie);
  for (const std::string_view names : in.list) w.string(names);
  w.boolean(in.first_kex_packet_follows).u32(0);
}

Errc decode(Bytes payload, NewKeys&) noexcept { return body(payload, Msg::newkeys).finish(); }
void encode(Writer& w, const NewKeys&) noexcept { w.u8(number(Msg::newkeys)); }

Errc decode(Bytes payload, KexInitValue& out, ValueForm form, Msg msg) noexcept {
  Reader r = body(payload, msg);
  out.value = read_value(r, form);
  return r.finish();
}
void encode(Writer& w, const KexInitValue& in, ValueForm form, Msg msg) noexcept {
  w.u8(number(msg));
  write_value(w, in.value, form);
}

Errc decode(Bytes payload, KexReply& out, ValueForm form, Msg msg) noexcept {
  Reader r = body(payload, msg);
  out.host_key = r.string();
  out.value = read_value(r, form);
  out.signature = r.string();
  return r.finish();
}
void encode(Writer& w, const KexReply& in, ValueForm form, Msg msg) noexcept {
  w.u8(number(msg)).string(in.host_key);
  write_value(w, in.value, form);
  w.string(in.signature);
}

Errc decode(Bytes payload, GlobalRequest& out) noexcept {
  Reader r = body(payload, Msg::global_request);
  out.name = r.text();
  out.want_reply = r.boolean();
  out.rest = r.rest();
  return r.finish();
}
void encode(Writer& w, const GlobalRequest& in) noexcept {
  w.u8(number(Msg::global_request)).string(in.name).boolean(in.want_reply).raw(in.rest);
}

Errc decode(Bytes payload, RequestSuccess& out) noexcept {
  Reader r = body(payload, Msg::request_success);
  out.rest = r.rest();
  return r.finish();
}
void encode(Writer& w, const RequestSuccess& in) noexcept {
  w.u8(number(Msg::request_success)).raw(in.rest);
}

Errc decode(Bytes payload, RequestFailure&) noexcept {
  return body(payload, Msg::request_failure).finish();
}
void encode(Writer& w, const RequestFailure&) noexcept { w.u8(number(Msg::request_failure)); }

Errc decode(Bytes payload, Ping& out) noexcept {
  Reader r = body(payload, Msg::ping);
  out.data = r.string();
  return r.finish();
}
void encode(Writer& w, const Ping& in) noexcept { w.u8(number(Msg::ping)).string(in.data); }

Errc decode(Bytes payload, Pong& out) noexcept {
  Reader r = body(payload, Msg::pong);
  out.data = r.string();
  return r.finish();
}
void encode(Writer& w, const Pong& in) noexcept { w.u8(number(Msg::pong)).string(in.data); }

}  // namespace sshauth
