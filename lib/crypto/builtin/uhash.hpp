// UHASH, RFC 4418 §5: the keyed hash inside UMAC, for tags of up to four streams of 32 bits. No
// library of Debian 12 has it. The block cipher around it is a library's; see openssl/umac.cpp.
//
// Messages have at most 2^24 octets here, so that the second layer never needs its 128-bit form
// (§5.3.2). Time depends on lengths alone.
#pragma once

#include "lib/base/bytes.hpp"

namespace sshauth {

inline constexpr std::size_t kMostUhashStreams = 4;
inline constexpr std::size_t kMaxUhashMessage = std::size_t{1} << 24;

// The octets of §5.1's keys: L1Key, L2Key, L3Key1 and L3Key2 for the streams that are wanted, as
// KDF makes them for the indices 1 to 4.
struct UhashKey {
  static constexpr std::size_t kL1Len = 1024, kShift = 16;
  std::uint8_t l1[kL1Len + (kMostUhashStreams - 1) * kShift];
  std::uint8_t l2[kMostUhashStreams * 24];
  std::uint8_t l3_1[kMostUhashStreams * 64];
  std::uint8_t l3_2[kMostUhashStreams * 4];

  // How much of each array `streams` need.
  static constexpr std::size_t l1_len(std::size_t streams) noexcept {
    return kL1Len + (streams - 1) * kShift;
  }
};

// A message on its way through the hash.
//
// Always: the last stride that came, whole or not, is in last_ and not in sum_ yet, for the last of
// all is special; sum_ is of the strides before it in its block of 1024 octets, and y_ the second
// layer's value of the blocks before that one.
class Uhash {
 public:
  void start() noexcept;
  void update(const UhashKey& key, std::size_t streams, Bytes part) noexcept;
  // Writes 4 octets a stream.
  void finish(const UhashKey& key, std::size_t streams, std::uint8_t* out) noexcept;
  // At most kMaxUhashMessage.
  std::size_t len() const noexcept { return len_; }

 private:
  static constexpr std::size_t kStrideLen = 32;
  void take_stride(const UhashKey& key, std::size_t streams) noexcept;
  void end_block(const UhashKey& key, std::size_t streams, std::size_t block_len) noexcept;

  std::size_t len_ = 0;
  std::uint8_t last_[kStrideLen] = {};
  std::uint64_t sum_[kMostUhashStreams] = {}, y_[kMostUhashStreams] = {};
};

}  // namespace sshauth
