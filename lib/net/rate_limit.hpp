// RateLimit: how many octets may leave now (a token bucket).
//
// It holds at most what a tenth of a second brings, so what leaves in any second exceeds the limit
// by no more than that, and what waits leaves in steps that do not make the peer wait long.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace sshauth {

class RateLimit {
 public:
  // `rate` octets a second; 0: no limit. The bucket is full at first.
  void start(unsigned rate, std::uint64_t now) noexcept {
    rate_ = rate;
    last_ = now;
    tokens_ = capacity();
  }
  std::size_t allowed(std::size_t wanted, std::uint64_t now) noexcept {
    if (rate_ == 0) return wanted;
    fill(now);
    wanted_ = std::min<std::uint64_t>(wanted * kOctet, capacity());
    return tokens_ < wanted_ ? 0 : std::min<std::size_t>(wanted, tokens_ / kOctet);
  }
  // At most what was allowed.
  void count(std::size_t sent) noexcept {
    if (rate_ != 0) tokens_ -= std::min<std::uint64_t>(tokens_, sent * kOctet);
  }
  // When more is allowed after nothing was.
  std::uint64_t next() const noexcept {
    const std::uint64_t missing = wanted_ - std::min(wanted_, tokens_);
    return last_ + (missing + rate_ - 1) / std::max(1U, rate_);
  }

 private:
  // Tokens are thousandths of an octet: a millisecond brings `rate_` of them.
  static constexpr std::uint64_t kOctet = 1000;

  std::uint64_t capacity() const noexcept {
    return std::max<std::uint64_t>(rate_ / 10 * kOctet, kOctet);
  }
  void fill(std::uint64_t now) noexcept {
    // After a second it is full whatever it held.
    const std::uint64_t passed = std::min<std::uint64_t>(now > last_ ? now - last_ : 0, 1000);
    tokens_ = std::min(capacity(), tokens_ + passed * rate_);
    last_ = std::max(last_, now);
  }

  unsigned rate_ = 0;
  std::uint64_t tokens_ = 0, wanted_ = 0;
  std::uint64_t last_ = 0;
};

}  // namespace sshauth
