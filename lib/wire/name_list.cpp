#include "lib/wire/name_list.hpp"

namespace sshauth {

bool next_name(std::string_view& rest, std::string_view& name) noexcept {
  while (!rest.empty()) {
    const void* comma = std::memchr(rest.data(), ',', rest.size());
    const std::size_t len =
        comma != nullptr ? static_cast<std::size_t>(static_cast<const char*>(comma) - rest.data())
                         : rest.size();
    name = {rest.data(), len};
    rest.remove_prefix(comma != nullptr ? len + 1 : len);
    if (!name.empty()) return true;
  }
  return false;
}

bool list_contains(std::string_view list, std::string_view name) noexcept {
  for (std::string_view each; next_name(list, each);)
    if (each == name) return true;
  return false;
}

std::string_view first_name(std::string_view list) noexcept {
  std::string_view name;
  return next_name(list, name) ? name : std::string_view{};
}

std::size_t count_names(std::string_view list) noexcept {
  std::size_t num = 0;
  for (std::string_view each; next_name(list, each);) ++num;
  return num;
}

bool is_name_list(std::string_view list) noexcept {
  for (const char c : list)
    if (c <= 0x20 || c >= 0x7f) return false;
  return true;
}

}  // namespace sshauth
