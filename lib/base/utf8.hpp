// UTF-8, RFC 3629: one character at a time.
#pragma once

#include <cstddef>
#include <string_view>

namespace sshauth {

struct Utf8 {
  std::size_t len = 0;  // octets of the character; 0: what is there is not UTF-8
  char32_t code = 0;
};

// The character that `text`, which is not empty, begins with.
Utf8 decode_utf8(std::string_view text) noexcept;

// C0, DEL and C1. U+009B alone begins a terminal's sequences, as ESC [ does.
inline bool is_control(char32_t code) noexcept {
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

}  // namespace sshauth
