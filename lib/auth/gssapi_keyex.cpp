// gssapi-keyex, RFC 4462 §4: both halves. The context of the first key exchange proved the host to
// the user and the user to the host; a MIC with it is all that is left to say.
#include "lib/auth/auth_client.hpp"
#include "lib/auth/auth_server.hpp"

namespace sshauth {

// ---- client ----------------------------------------------------------------------------------

Errc AuthClient::send_gss_keyex() noexcept {
  GssContext& context = transport_.session_gss();
  if (!context.established()) {
    const std::string_view why = transport_.gss_why();
    return decline(
        method_, !why.empty() ? why : "gssapi-keyex needs a first key exchange by GSSAPI (gss-*)");
  }
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  std::uint8_t room[kMaxGssMic];
  Bytes mic;
  if (!make_gss_mic(context, room, mic)) return fail_gss(context);
  Writer w = begin_request(*channel, method_);
  encode(w, GssKeyexFields{mic});
  released_ = true;
  ++attempts_;
  return finish_request(*channel, w, Outstanding::request);
}

// ---- server ----------------------------------------------------------------------------------

Errc AuthServer::take_gss_keyex(Bytes rest) noexcept {
  GssKeyexFields fields;
  if (decode(rest, fields) != Errc::ok) return ctx_.fail(Errc::malformed);
  GssContext& context = transport_.session_gss();
  return context.established() ? judge_gss(context, fields.mic) : refuse_request();
}

}  // namespace sshauth
