// Profile tiny: no GSSAPI. What names it is refused when an engine is created, so no context is
// ever begun.
#include "lib/crypto/gss.hpp"

namespace sshauth {

const char* why_unusable(const Gss& /*row*/, GssContext::Role /*role*/) noexcept {
  return "this build has no GSSAPI (profile tiny), so gss must be NULL";
}

const char* why_not_by_gss() noexcept {
  return "a list names a method by GSSAPI, and this build has none (profile tiny)";
}

bool is_kerberos(const Gss& /*row*/) noexcept { return false; }

void GssContext::wipe() noexcept {}

}  // namespace sshauth
