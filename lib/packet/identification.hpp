// The identification exchange, RFC 4253 §4.2.
//
// A server may send other lines first; a client's first line is its identification. Lines are read
// an octet at a time and bounded in number and length, so nothing is stored but the line in hand.
// What is kept, and hashed, is the line without its CR LF, exactly as it came.
#pragma once

#include <array>

#include "lib/base/errc.hpp"
#include "lib/packet/in_buffer.hpp"

namespace sshauth {

class IdentificationReader {
 public:
  static constexpr std::size_t kMaxLines = 1024;  // before the identification
  static constexpr std::size_t kMaxLineLen = 8192;
  static constexpr std::size_t kMaxIdLen = 253;  // RFC 4253 §4.2: 255 with CR LF

  enum class Got : std::uint8_t { need_more, line, identification, failed };

  // `prelines`: other lines may come first (we are the client).
  explicit IdentificationReader(bool prelines = true) noexcept : prelines_(prelines) {}

  // Takes octets off `in` until a line ends. After `line` and `identification` `text` shows it
  // (of a long preline its first 253 octets); after `failed` `why` says what was wrong.
  Got read(InBuffer& in) noexcept;
  std::string_view text() const noexcept { return {line_.data(), kept()}; }
  const char* why() const noexcept { return why_; }

 private:
  std::size_t kept() const noexcept { return len_ < kMaxIdLen ? len_ : kMaxIdLen; }
  // False once the line is too long.
  bool keep(char c) noexcept {
    if (len_ < kMaxIdLen) line_[len_] = c;
    return ++len_ <= kMaxLineLen;
  }
  Got end_line() noexcept;
  Got check_identification() noexcept;
  Got fail(const char* why) noexcept {
    why_ = why;
    return Got::failed;
  }

  std::array<char, kMaxIdLen> line_{};
  std::size_t len_ = 0;
  std::size_t lines_ = 0;
  bool prelines_;
  bool ended_ = false;  // the line shown is complete; the next octet begins another
  bool cr_ = false;     // the last octet was a CR that is not counted yet
  const char* why_ = "";
};

// True for what may be sent: "SSH-2.0-", printable US-ASCII, 253 octets at most.
bool is_identification(std::string_view text) noexcept;

}  // namespace sshauth
