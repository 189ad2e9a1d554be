// Profile tiny: no method is by GSSAPI, so none is offered and none is chosen.
#include "lib/transport/transport.hpp"

namespace sshauth {

void Transport::lay_out_gss(const Settings& /*s*/, Arena& /*arena*/, Memory& /*m*/) noexcept {}
bool Transport::prepare_gss() noexcept { return false; }
void Transport::begin_gss() noexcept {}
void Transport::end_gss() noexcept {}
Errc Transport::agreed_by_gss() noexcept { return ctx_.fail(Errc::internal); }
void Transport::wipe_gss() noexcept {}

}  // namespace sshauth
