// FixedText builds a sentence in place: no heap, no locale, no format strings. What does not fit
// is cut, and the text stays terminated by NUL.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "lib/base/bytes.hpp"

namespace sshauth {

// Text a peer sent, made fit to show (RFC 4251 §9.2): control characters, which could drive a
// terminal, and octets that are not UTF-8 become '?', one each.
void make_shown(std::span<char> text) noexcept;

// What FixedText of every size shares: writing into `room`, which keeps its last octet for NUL.
void append_text(std::span<char> room, std::size_t& len, std::string_view text) noexcept;
void append_number(std::span<char> room, std::size_t& len, std::uint64_t value) noexcept;
// At most `most` octets, control characters replaced; "..." behind it when there were more.
void append_shown(std::span<char> room, std::size_t& len, std::string_view text,
                  std::size_t most) noexcept;

template <std::size_t N>
class FixedText {
 public:
  FixedText& operator<<(std::string_view text) noexcept {
    append_text(text_, len_, text);
    return *this;
  }
  FixedText& operator<<(std::uint64_t value) noexcept {
    append_number(text_, len_, value);
    return *this;
  }
  // Text from the peer.
  FixedText& peer(std::string_view text, std::size_t most = 200) noexcept {
    append_shown(text_, len_, text, most);
    return *this;
  }
  void clear() noexcept {
    len_ = 0;
    text_[0] = '\0';
  }
  bool empty() const noexcept { return len_ == 0; }
  std::string_view view() const noexcept { return {text_.data(), len_}; }
  const char* c_str() const noexcept { return text_.data(); }

 private:
  std::array<char, N> text_{};
  std::size_t len_ = 0;
};

}  // namespace sshauth
