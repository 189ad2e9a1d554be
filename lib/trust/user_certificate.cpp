#include "lib/trust/user_certificate.hpp"

#include "lib/keys/key_error.hpp"
#include "lib/trust/certificate_time.hpp"

namespace sshauth {
namespace {

// Servers may know other names for their users, so this is said only of one that was refused.
std::string not_for(const Certificate& certificate, std::string_view user) {
  if (certificate.principals.empty()) return "names no user at all";
  bool found = false;
  std::string names;
  each_principal(certificate.principals, [&](std::string_view name) {
    found = found || name == user;
    if (names.size() < 100) names += (names.empty() ? "" : ", ") + printable(name, 64);
  });
  return found ? "" : "is not for user " + printable(user) + ": it names " + names;
}

}  // namespace

std::string fault_of_user_certificate(Bytes blob, std::string_view user, std::int64_t now) {
  Certificate certificate;
  if (decode_certificate(blob, certificate) != Errc::ok) return "";
  std::string fault = invalid_at(certificate, now);
  if (fault.empty()) fault = not_for(certificate, user);
  if (fault.empty()) return "";
  return "the certificate \"" + printable(certificate.key_id) + "\" " + fault;
}

}  // namespace sshauth
