// The authentication methods, by name.
#pragma once

#include <cstdint>
#include <string_view>

namespace sshauth {

enum class Method : std::uint8_t {
  none,
  password,
  publickey,
  keyboard_interactive,
  custom,
  unknown
};

struct MethodRow {
  std::string_view name;
  Method method;
};
// "custom" never travels: its messages are the host's.
inline constexpr MethodRow kMethods[] = {
    {"none", Method::none},           {"password", Method::password},
    {"publickey", Method::publickey}, {"keyboard-interactive", Method::keyboard_interactive},
    {"custom", Method::custom},
};

inline Method method_of(std::string_view name) noexcept {
  for (const MethodRow& row : kMethods)
    if (row.name == name) return row.method;
  return Method::unknown;
}
inline std::string_view name_of(Method method) noexcept {
  for (const MethodRow& row : kMethods)
    if (row.method == method) return row.name;
  return "";
}

}  // namespace sshauth
