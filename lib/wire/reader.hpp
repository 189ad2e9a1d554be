// Reader takes RFC 4251 §5 values off a payload.
//
// After the first short read every getter yields zero or an empty view and `finish` says
// malformed, so a decoder is a list of reads with one test at the end. Views returned point into
// the payload and live as long as it does. Values are used only after `finish` returned ok.
#pragma once

#include "lib/base/bytes.hpp"
#include "lib/base/errc.hpp"

namespace sshauth {

class Reader {
 public:
  explicit Reader(Bytes in) noexcept : rest_(in) {}

  std::uint8_t u8() noexcept {
    const Bytes b = take(1);
    return b.empty() ? std::uint8_t{0} : b[0];
  }
  // RFC 4251 §5: any non-zero octet is TRUE.
  bool boolean() noexcept { return u8() != 0; }
  std::uint32_t u32() noexcept {
    const Bytes b = take(4);
    return b.empty() ? 0 : load_u32(b.data());
  }
  std::uint64_t u64() noexcept {
    const std::uint64_t high = u32();
    return high << 32 | u32();
  }
  Bytes string() noexcept { return take(u32()); }
  std::string_view text() noexcept { return as_text(string()); }

  // A non-negative mpint as its big-endian octets without leading zeros (empty for 0).
  // RFC 4251 §5: unnecessary leading octets MUST NOT be included; a negative number is never
  // right where this is used. Both make the payload malformed.
  Bytes mpint() noexcept;

  Bytes take(std::size_t len) noexcept {
    if (!ok_ || len > rest_.size()) {
      ok_ = false;
      return {};
    }
    const Bytes head = rest_.first(len);
    rest_ = rest_.subspan(len);
    return head;
  }
  // Everything that is left.
  Bytes rest() noexcept { return take(rest_.size()); }

  bool more() const noexcept { return ok_ && !rest_.empty(); }
  bool ok() const noexcept { return ok_; }
  std::size_t left() const noexcept { return rest_.size(); }
  void poison() noexcept { ok_ = false; }
  Errc finish() const noexcept { return ok_ && rest_.empty() ? Errc::ok : Errc::malformed; }

 private:
  Bytes rest_;
  bool ok_ = true;
};

}  // namespace sshauth
