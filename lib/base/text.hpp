// FixedText builds a sentence in place: no heap, no locale, no format strings. What does not fit
// is cut, and the text stays terminated by NUL.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "lib/base/bytes.hpp"

namespace sshauth {

// Octets a peer sent, made fit to show: control characters, which could drive a terminal,
// become '?'. UTF-8 passes through.
inline char shown(char c) noexcept {
  const auto u = static_cast<unsigned char>(c);
  return u < 0x20 || u == 0x7f ? '?' : c;
}

template <std::size_t N>
class FixedText {
 public:
  FixedText& operator<<(std::string_view text) noexcept {
    for (const char c : text) put(c);
    return *this;
  }
  FixedText& operator<<(std::uint64_t value) noexcept {
    std::array<char, 20> digits{};
    std::size_t n = 0;
    do {
      digits[n++] = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value != 0);
    while (n != 0) put(digits[--n]);
    return *this;
  }
  // Text from the peer: at most `most` octets of it, control characters replaced.
  FixedText& peer(std::string_view text, std::size_t most = 200) noexcept {
    const std::size_t len = text.size() < most ? text.size() : most;
    for (std::size_t i = 0; i < len; ++i) put(shown(text[i]));
    return len < text.size() ? *this << "..." : *this;
  }
  void clear() noexcept {
    len_ = 0;
    text_[0] = '\0';
  }
  bool empty() const noexcept { return len_ == 0; }
  std::string_view view() const noexcept { return {text_.data(), len_}; }
  const char* c_str() const noexcept { return text_.data(); }

 private:
  void put(char c) noexcept {
    if (len_ + 1 >= N) return;
    text_[len_++] = c;
    text_[len_] = '\0';
  }
  std::array<char, N> text_{};
  std::size_t len_ = 0;
};

}  // namespace sshauth
