// Sets of the message numbers 30 to 49, which belong to the key exchange method (RFC 4250 §4.1.2).
#pragma once

#include <cstdint>

namespace sshauth {

using KexNumbers = std::uint32_t;

constexpr bool is_kex_number(std::uint8_t msg) noexcept { return msg >= 30 && msg <= 49; }
constexpr KexNumbers kex_number(std::uint8_t msg) noexcept {
  return is_kex_number(msg) ? KexNumbers{1} << (msg - 30) : 0;
}

}  // namespace sshauth
