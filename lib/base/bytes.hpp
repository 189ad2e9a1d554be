// Octet views, big-endian integers, constant-time comparison and wiping.
//
// Nothing here knows of SSH. A view never owns; its owner is named where it is made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace sshauth {

using Bytes = std::span<const std::uint8_t>;
using MutBytes = std::span<std::uint8_t>;

// The one place where text and octets change type (both are `char`-sized by the standard).
inline Bytes as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(Bytes octets) noexcept {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

inline std::uint32_t load_u32(const std::uint8_t* in) noexcept {
  return std::uint32_t{in[0]} << 24 | std::uint32_t{in[1]} << 16 | std::uint32_t{in[2]} << 8 |
         std::uint32_t{in[3]};
}
inline void store_u32(std::uint8_t* out, std::uint32_t value) noexcept {
  out[0] = static_cast<std::uint8_t>(value >> 24);
  out[1] = static_cast<std::uint8_t>(value >> 16);
  out[2] = static_cast<std::uint8_t>(value >> 8);
  out[3] = static_cast<std::uint8_t>(value);
}

inline void copy_bytes(std::uint8_t* out, Bytes in) noexcept {
  if (!in.empty()) std::memcpy(out, in.data(), in.size());
}

// For public data only; secrets are compared with ct_equal.
inline bool same_bytes(Bytes a, Bytes b) noexcept {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

// Time depends on the lengths alone, which are public. Every comparison of a secret, or of
// octets that a peer may probe (MACs, tags, passwords), goes through here.
[[nodiscard]] bool ct_equal(Bytes a, Bytes b) noexcept;

// True when every octet is zero; time depends on the length alone.
[[nodiscard]] bool ct_is_zero(Bytes a) noexcept;

// Overwrites with zeros in a way that the optimiser cannot drop.
void secure_wipe(void* at, std::size_t len) noexcept;
inline void secure_wipe(MutBytes octets) noexcept { secure_wipe(octets.data(), octets.size()); }

}  // namespace sshauth
