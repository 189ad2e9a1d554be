#include "lib/base/text.hpp"

#include "lib/base/utf8.hpp"

namespace sshauth {

void make_shown(std::span<char> text) noexcept {
  while (!text.empty()) {
    const Utf8 at = decode_utf8({text.data(), text.size()});
    const std::size_t len = at.len != 0 ? at.len : 1;
    if (at.len == 0 || is_control(at.code)) std::memset(text.data(), '?', len);
    text = text.subspan(len);
  }
}

void append_text(std::span<char> room, std::size_t& len, std::string_view text) noexcept {
  const std::size_t free = room.size() - len - 1;
  const std::size_t taken = text.size() < free ? text.size() : free;
  if (taken != 0) std::memcpy(room.data() + len, text.data(), taken);
  len += taken;
  room[len] = '\0';
}

void append_number(std::span<char> room, std::size_t& len, std::uint64_t value) noexcept {
  std::array<char, 20> digits;
  std::size_t at = digits.size();
  do {
    digits[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  append_text(room, len, {digits.data() + at, digits.size() - at});
}

void append_shown(std::span<char> room, std::size_t& len, std::string_view text,
                  std::size_t most) noexcept {
  const std::size_t taken = text.size() < most ? text.size() : most;
  const std::size_t begin = len;
  append_text(room, len, {text.data(), taken});
  make_shown(room.subspan(begin, len - begin));
  if (taken < text.size()) append_text(room, len, "...");
}

}  // namespace sshauth
