#include "lib/base/utf8.hpp"

namespace sshauth {

// RFC 3629 §4: shortest form only, no surrogates, nothing beyond U+10FFFF.
Utf8 decode_utf8(std::string_view text) noexcept {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned head = octet(0);
  if (head < 0x80) return {1, head};
  const std::size_t len = head >= 0xf0 ? 4 : head >= 0xe0 ? 3 : 2;
  if (head < 0xc2 || head > 0xf4 || text.size() < len) return {};
  char32_t code = head & (0x7fu >> len);
  for (std::size_t i = 1; i < len; ++i) {
    if ((octet(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (octet(i) & 0x3f);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kLeast[len] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {};
  return {len, code};
}

}  // namespace sshauth
