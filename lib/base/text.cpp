#include "lib/base/text.hpp"

namespace sshauth {
namespace {

// RFC 3629 §4: how the second octet is narrowed, by the first; those after it are 80 to BF.
struct Lead {
  std::uint8_t first, last;  // of the lead octets
  std::uint8_t len, low, high;
};
constexpr Lead kLeads[] = {
    // C2 80 to C2 9F are the C1 controls.
    {0xc2, 0xc2, 2, 0xa0, 0xbf}, {0xc3, 0xdf, 2, 0x80, 0xbf}, {0xe0, 0xe0, 3, 0xa0, 0xbf},
    {0xe1, 0xec, 3, 0x80, 0xbf}, {0xed, 0xed, 3, 0x80, 0x9f}, {0xee, 0xef, 3, 0x80, 0xbf},
    {0xf0, 0xf0, 4, 0x90, 0xbf}, {0xf1, 0xf3, 4, 0x80, 0xbf}, {0xf4, 0xf4, 4, 0x80, 0x8f},
};

// Octets of the character that `text`, which is not empty, begins with; 0 when it cannot be shown.
std::size_t shown_len(Bytes text) noexcept {
  const std::uint8_t first = text[0];
  if (first < 0x80) return is_control(static_cast<char>(first)) ? 0 : 1;
  for (const Lead& lead : kLeads) {
    if (first < lead.first || first > lead.last) continue;
    if (text.size() < lead.len || text[1] < lead.low || text[1] > lead.high) return 0;
    for (std::size_t i = 2; i < lead.len; ++i)
      if ((text[i] & 0xc0) != 0x80) return 0;
    return lead.len;
  }
  return 0;
}

}  // namespace

void make_shown(std::span<char> text) noexcept {
  while (!text.empty()) {
    const std::size_t len = shown_len(as_bytes({text.data(), text.size()}));
    if (len == 0) text[0] = '?';
    text = text.subspan(len != 0 ? len : 1);
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
