#include "lib/trust/certificate_time.hpp"

#include <ctime>

namespace sshauth {
namespace {

std::string utc(std::uint64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  char text[32];
  if (seconds > 253'402'300'799U || ::gmtime_r(&time, &parts) == nullptr ||
      std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0)
    return "second " + std::to_string(seconds);
  return text;
}

}  // namespace

std::string invalid_at(const Certificate& certificate, std::int64_t now) {
  const auto at = now > 0 ? static_cast<std::uint64_t>(now) : 0;
  if (at < certificate.valid_after) return "is not valid before " + utc(certificate.valid_after);
  return at >= certificate.valid_before ? "expired at " + utc(certificate.valid_before) : "";
}

}  // namespace sshauth
