// Profile tiny: no method by GSSAPI. A configuration that names one is refused, and the gate lets
// none of its messages in.
#include "lib/auth/auth_client.hpp"
#include "lib/auth/auth_server.hpp"

namespace sshauth {

void AuthClient::lay_out_gss(const Settings& /*s*/, Arena& /*arena*/, Memory& /*out*/) noexcept {}
Errc AuthClient::begin_gss() noexcept { return ctx_.fail(Errc::internal); }
Errc AuthClient::send_gss_keyex() noexcept { return ctx_.fail(Errc::internal); }
Errc AuthClient::do_gss(Bytes /*payload*/) noexcept { return unexpected(); }
void AuthClient::wipe_gss() noexcept {}

void AuthServer::lay_out_gss(const Settings& /*s*/, Arena& /*arena*/, Memory& /*out*/) noexcept {}
Errc AuthServer::take_gss(Bytes /*rest*/) noexcept { return refuse_request(); }
Errc AuthServer::take_gss_keyex(Bytes /*rest*/) noexcept { return refuse_request(); }
Errc AuthServer::take_gss_message(Bytes /*payload*/) noexcept { return ctx_.fail(Errc::internal); }
void AuthServer::wipe_gss() noexcept {}

}  // namespace sshauth
