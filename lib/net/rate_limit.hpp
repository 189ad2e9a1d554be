// RateLimit: how many octets may leave now so that no second sees more than the limit.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace sshauth {

class RateLimit {
 public:
  // `rate` octets a second; 0: no limit.
  void start(unsigned rate, std::uint64_t now) noexcept {
    rate_ = rate;
    window_ = now;
    used_ = 0;
  }
  std::size_t allowed(std::size_t wanted, std::uint64_t now) noexcept {
    if (rate_ == 0) return wanted;
    if (now - window_ >= 1000) {
      window_ = now;
      used_ = 0;
    }
    return std::min<std::size_t>(wanted, rate_ - used_);
  }
  // At most what was allowed.
  void count(std::size_t sent) noexcept {
    if (rate_ != 0) used_ += static_cast<unsigned>(sent);
  }
  // When more is allowed after nothing was.
  std::uint64_t next() const noexcept { return window_ + 1000; }

 private:
  unsigned rate_ = 0;
  unsigned used_ = 0;
  std::uint64_t window_ = 0;
};

}  // namespace sshauth
