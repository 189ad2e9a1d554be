// Octets written as text, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/bytes.hpp"

namespace sshauth {

using Octets = std::vector<std::uint8_t>;

// "00 2a ff" (spaces are free).
inline Octets hex(std::string_view text) {
  Octets out;
  std::string digits;
  for (const char c : text)
    if (c != ' ') digits += c;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    out.push_back(static_cast<std::uint8_t>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  return out;
}

inline Octets copy(Bytes in) { return {in.begin(), in.end()}; }

}  // namespace sshauth
