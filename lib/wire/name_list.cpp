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

void NameList::add(std::string_view name) noexcept {
  const std::size_t comma = len_ != 0 ? 1 : 0;
  fits_ = fits_ && name.size() + comma <= room_.size() - len_;
  if (!fits_) return;
  if (comma != 0) room_[len_++] = ',';
  copy_bytes(room_.data() + len_, as_bytes(name));
  len_ += name.size();
}

bool is_name_list(std::string_view list) noexcept {
  char last = ',';
  for (const char c : list) {
    if (c <= 0x20 || c >= 0x7f || (c == ',' && last == ',')) return false;
    last = c;
  }
  return list.empty() || last != ',';
}

}  // namespace sshauth
