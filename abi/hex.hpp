// Hexadecimal texts, as the class's events have them.
#pragma once

#include <string_view>

#include "lib/base/bytes.hpp"

namespace sshauth::abi {

// -1: it is none.
constexpr int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Writes two digits, lower case, for each octet; `out` has room for them.
constexpr void put_hex(char* out, Bytes octets) noexcept {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const std::uint8_t octet : octets) {
    *out++ = kDigits[octet >> 4];
    *out++ = kDigits[octet & 15];
  }
}

}  // namespace sshauth::abi
