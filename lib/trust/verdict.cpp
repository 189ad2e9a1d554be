#include "lib/trust/verdict.hpp"

namespace sshauth {

const char* verdict_name(HostKeyVerdict verdict) noexcept {
  switch (verdict) {
    case HostKeyVerdict::unknown: return "unknown";
    case HostKeyVerdict::other_type: return "other_type";
    case HostKeyVerdict::mismatch: return "mismatch";
    case HostKeyVerdict::revoked: return "revoked";
    case HostKeyVerdict::bad_certificate: return "bad_certificate";
    case HostKeyVerdict::accepted: return "accepted";
  }
  return "unknown";
}

}  // namespace sshauth
