#include "lib/client/weak.hpp"

namespace sshauth {
namespace {

struct Row {
  std::string_view name;  // ending in '*': every name that begins so
  std::string_view why;
};

constexpr Row kRows[] = {
    Row{"diffie-hellman-group1-sha1", "the 1024-bit group can be broken, and so can SHA-1"},
    Row{"diffie-hellman-group14-sha1", "SHA-1 is broken"},
    Row{"diffie-hellman-group-exchange-sha1", "SHA-1 is broken"},
    Row{"gss-group14-sha1-*", "SHA-1 is broken"},
    Row{"gss-gex-sha1-*", "SHA-1 is broken"},
    Row{"ssh-rsa", "its signatures use SHA-1, which is broken"},
    Row{"ssh-rsa-cert-v01@openssh.com", "its signatures use SHA-1, which is broken"},
    Row{"x509v3-ssh-rsa", "its signatures use SHA-1, which is broken"},
    Row{"x509v3-ssh-dss", "1024-bit DSA with SHA-1 can be broken"},
    Row{"x509v3-sign-rsa", "its signatures use SHA-1, which is broken"},
    Row{"ssh-dss*", "1024-bit DSA with SHA-1 can be broken"},
    Row{"x509v3-sign-dss", "1024-bit DSA with SHA-1 can be broken"},
    Row{"arcfour*", "RC4 is broken"},
    Row{"3des-*", "64-bit blocks leak after some gigabytes"},
    Row{"blowfish-*", "64-bit blocks leak after some gigabytes"},
    Row{"cast128-*", "64-bit blocks leak after some gigabytes"},
    Row{"aes128-cbc", "CBC leaks plain text to an active attacker (CVE-2008-5161)"},
    Row{"aes192-cbc", "CBC leaks plain text to an active attacker (CVE-2008-5161)"},
    Row{"aes256-cbc", "CBC leaks plain text to an active attacker (CVE-2008-5161)"},
    Row{"hmac-md5*", "MD5 is broken"},
    Row{"hmac-ripemd160*", "RIPEMD-160 is out of use"},
    Row{"hmac-sha1*", "SHA-1 is out of use"},
    Row{"hmac-sha2-256-96", "96-bit tags are short"},
    Row{"hmac-sha2-512-96", "96-bit tags are short"},
    Row{"umac-64*", "64-bit tags are short"},
    Row{"zlib", "it compresses before the user is authenticated, the password too"},
};

bool matches(std::string_view pattern, std::string_view name) noexcept {
  if (!pattern.ends_with('*')) return pattern == name;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

std::string_view weakness_of(std::string_view algorithm) noexcept {
  for (const Row& row : kRows)
    if (matches(row.name, algorithm)) return row.why;
  return {};
}

}  // namespace sshauth
