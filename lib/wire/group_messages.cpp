// The messages of Diffie-Hellman group exchange, RFC 4419 §3.
#include "lib/wire/message_body.hpp"

namespace sshauth {

Errc decode(Bytes payload, GexRequest& out, Msg msg) noexcept {
  Reader r = body(payload, msg);
  out.old = msg == Msg::kex_30;
  out.least = out.old ? 1024 : r.u32();
  out.preferred = r.u32();
  out.most = out.old ? 8192 : r.u32();
  return r.finish();
}
void encode(Writer& w, const GexRequest& in, Msg msg) noexcept {
  w.u8(number(msg));
  if (in.old)
    w.u32(in.preferred);
  else
    w.u32(in.least).u32(in.preferred).u32(in.most);
}

Errc decode(Bytes payload, GexGroup& out, Msg msg) noexcept {
  Reader r = body(payload, msg);
  out.p = r.mpint();
  out.g = r.mpint();
  return r.finish();
}
void encode(Writer& w, const GexGroup& in, Msg msg) noexcept {
  w.u8(number(msg)).mpint(in.p).mpint(in.g);
}

}  // namespace sshauth
