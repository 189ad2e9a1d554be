// What certificates are judged by, beside who signed them.
#pragma once

#include <cstdint>
#include <ctime>

namespace sshauth {

struct TrustRules {
  std::int64_t now = std::time(nullptr);  // seconds since 1970
  bool sha1_authorities = false;          // whether an authority may sign with SHA-1
};

}  // namespace sshauth
