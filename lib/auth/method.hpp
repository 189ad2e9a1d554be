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
  gssapi_with_mic,
  gssapi_keyex,
  custom,  // never travels: its messages are the host's
  unknown
};

Method method_of(std::string_view name) noexcept;
// "" for `unknown`.
std::string_view name_of(Method method) noexcept;

}  // namespace sshauth
