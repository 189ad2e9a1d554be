// Arena hands out pieces of one block that its owner gave; nothing is ever returned to it.
//
// The same walk serves to measure and to place: with no block, `take` only counts, so the size
// that `engine_size` reports and the layout that creation makes cannot drift apart.
#pragma once

#include "lib/base/bytes.hpp"

namespace sshauth {

class Arena {
 public:
  static constexpr std::size_t kAlign = 16;

  explicit Arena(MutBytes block) noexcept : block_(block) {}

  // `len` octets aligned to 16, or an empty view when measuring or out of room.
  MutBytes take(std::size_t len) noexcept {
    const std::size_t rounded = (len + kAlign - 1) & ~(kAlign - 1);
    if (rounded < len || used_ > SIZE_MAX - rounded) {
      failed_ = true;
      return {};
    }
    const std::size_t at = used_;
    used_ += rounded;
    if (block_.data() == nullptr) return {};
    if (used_ > block_.size()) {
      failed_ = true;
      return {};
    }
    return block_.subspan(at, len);
  }
  // A copy that lives as long as the block.
  Bytes keep(Bytes in) noexcept {
    const MutBytes out = take(in.size());
    if (out.size() == in.size()) copy_bytes(out.data(), in);
    return out;
  }
  std::size_t used() const noexcept { return used_; }
  bool ok() const noexcept { return !failed_; }

 private:
  MutBytes block_;
  std::size_t used_ = 0;
  bool failed_ = false;
};

}  // namespace sshauth
