#include "lib/gss/status.hpp"

namespace sshauth::gss {
namespace {

constexpr int kGssCode = 1, kMechanismCode = 2;    // RFC 2744 §5.11
constexpr OmUint32 kFailure = OmUint32{13} << 16;  // RFC 2744 §3.9.1: GSS_S_FAILURE
constexpr OmUint32 kRoutineErrors = 0x00ff0000;
constexpr int kMostWords = 8;  // a library that never comes to an end

}  // namespace

std::string Status::words(OmUint32 status, int type) {
  std::string out;
  OmUint32 more = 0;
  for (int i = 0; i < kMostWords; ++i) {
    OmUint32 minor = 0;
    BufferDesc said{0, nullptr};
    if (library_.display_status(&minor, status, type, &mechanism_, &more, &said) >> 16 != 0) break;
    if (!out.empty()) out += "; ";
    out.append(static_cast<const char*>(said.value), said.length);
    library_.release_buffer(&minor, &said);
    if (more == 0) break;
  }
  return out;
}

std::string Status::text(OmUint32 major, OmUint32 minor) {
  std::string own = minor != 0 ? words(minor, kMechanismCode) : std::string();
  if (!own.empty() && (major & kRoutineErrors) == kFailure) return own;
  const std::string general = words(major, kGssCode);
  return own.empty() || own == general ? general : general + " (" + own + ")";
}

}  // namespace sshauth::gss
