// A port as text.
#pragma once

#include <cstdint>
#include <string_view>

namespace sshauth {

// Digits alone, 1 to 65535.
inline bool parse_port(std::string_view text, std::uint16_t& out) noexcept {
  unsigned value = 0;
  if (text.empty() || text.size() > 5) return false;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  out = static_cast<std::uint16_t>(value);
  return value >= 1 && value <= 65535;
}

}  // namespace sshauth
