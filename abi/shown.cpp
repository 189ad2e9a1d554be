#include "abi/shown.hpp"

namespace sshauth::abi {

namespace {

struct Decoded {
  std::size_t len = 0;  // octets taken; 0: not UTF-8
  char32_t code = 0;
};

// RFC 3629 §4: shortest form only, no surrogates, nothing beyond U+10FFFF.
Decoded decode(std::string_view in) noexcept {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(in[i]); };
  const unsigned head = octet(0);
  if (head < 0x80) return {1, head};
  const std::size_t len = head >= 0xf0 ? 4 : head >= 0xe0 ? 3 : 2;
  if (head < 0xc2 || head > 0xf4 || in.size() < len) return {};
  char32_t code = head & (0x7fu >> len);
  for (std::size_t i = 1; i < len; ++i) {
    if ((octet(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (octet(i) & 0x3f);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kLeast[len] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {};
  return {len, code};
}

}  // namespace

std::string shown_text(std::string_view from) {
  std::string out;
  out.reserve(from.size());
  while (!from.empty()) {
    const Decoded at = decode(from);
    const bool control = at.code < 0x20 || (at.code >= 0x7f && at.code < 0xa0);
    if (at.len == 0)
      out += "\xef\xbf\xbd";
    else if (control && at.code != '\n' && at.code != '\t')
      out += '?';
    else
      out += from.substr(0, at.len);
    from.remove_prefix(at.len == 0 ? 1 : at.len);
  }
  return out;
}

}  // namespace sshauth::abi
