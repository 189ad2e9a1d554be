#include "lib/crypto/builtin/uhash.hpp"

namespace sshauth {
namespace {

constexpr std::uint64_t kPrime36 = 0xffffffffb;          // 2^36 - 5
constexpr std::uint64_t kPrime64 = 0xffffffffffffffc5;   // 2^64 - 59
constexpr std::uint64_t kPolyMask = 0x01ffffff01ffffff;  // §5.3: keys of fewer bits spare carries
constexpr std::uint64_t kTop = 0xffffffff00000000;  // §5.3.2: words from here on take two steps

std::uint32_t load_le32(const std::uint8_t* in) noexcept {
  return std::uint32_t{in[0]} | std::uint32_t{in[1]} << 8 | std::uint32_t{in[2]} << 16 |
         std::uint32_t{in[3]} << 24;
}
std::uint64_t load_u64(const std::uint8_t* in) noexcept {
  return std::uint64_t{load_u32(in)} << 32 | load_u32(in + 4);
}

// §5.2.2: words of the message, whose octets are turned round, meet words of the key.
std::uint64_t nh_stride(const std::uint8_t* key, const std::uint8_t* message) noexcept {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint32_t low = load_le32(message + 4 * i) + load_u32(key + 4 * i);
    const std::uint32_t high = load_le32(message + 16 + 4 * i) + load_u32(key + 16 + 4 * i);
    sum += std::uint64_t{low} * high;
  }
  return sum;
}

// Adds, and counts the carry.
void add(std::uint64_t& to, std::uint64_t b, std::uint64_t& carries) noexcept {
  to += b;
  carries += static_cast<std::uint64_t>(to < b);
}

// `value` less `prime` where it is not below it.
std::uint64_t below(std::uint64_t value, std::uint64_t prime) noexcept {
  const std::uint64_t over = 0 - static_cast<std::uint64_t>(value >= prime);
  return value - (over & prime);
}

// key * y + word, modulo 2^64 - 59. Both halves of the key have 25 bits, so the sums of products in
// the middle fit.
std::uint64_t poly_step(std::uint64_t key, std::uint64_t y, std::uint64_t word) noexcept {
  const std::uint64_t key_high = key >> 32, key_low = key & 0xffffffff;
  const std::uint64_t y_high = y >> 32, y_low = y & 0xffffffff;
  const std::uint64_t middle = key_high * y_low + key_low * y_high;
  std::uint64_t low = key_low * y_low, high = key_high * y_high + (middle >> 32);
  add(low, middle << 32, high);
  add(low, word, high);
  std::uint64_t carries = 0;  // 2^64 is 59
  add(low, high * 59, carries);
  return below(low + carries * 59, kPrime64);
}

// §5.3.2: a word that is not below 2^64 - 2^32 becomes a marker and the word less 59. Both ways are
// always computed, so that no branch depends on a hash.
std::uint64_t poly_take(std::uint64_t key, std::uint64_t y, std::uint64_t word) noexcept {
  const std::uint64_t plain = poly_step(key, y, word);
  const std::uint64_t marked = poly_step(key, poly_step(key, y, kPrime64 - 1), word - 59);
  const std::uint64_t is_top = 0 - static_cast<std::uint64_t>(word >= kTop);
  return (marked & is_top) | (plain & ~is_top);
}

// 2^36 is 5. Of values below 2^64 the high part leaves less than one more prime.
std::uint64_t modulo_prime36(std::uint64_t value) noexcept {
  return below((value >> 36) * 5 + (value & (kPrime36 + 4)), kPrime36);
}

// §5.4: the value has 16 octets, of which the first 8 are zero for us.
std::uint32_t third_layer(const std::uint8_t* key, std::uint32_t mask,
                          std::uint64_t value) noexcept {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < 4; ++i)
    sum += (value >> (48 - 16 * i) & 0xffff) * modulo_prime36(load_u64(key + 32 + 8 * i));
  return static_cast<std::uint32_t>(modulo_prime36(sum)) ^ mask;
}

}  // namespace

void Uhash::start() noexcept {
  len_ = 0;
  for (std::size_t i = 0; i < kMostUhashStreams; ++i) {
    sum_[i] = 0;
    y_[i] = 1;
  }
}

// §5.2.1: the last stride that came, with its own part of the key.
void Uhash::take_stride(const UhashKey& key, std::size_t streams) noexcept {
  const std::size_t at = (len_ == 0 ? 0 : len_ - 1) % UhashKey::kL1Len / kStrideLen * kStrideLen;
  for (std::size_t i = 0; i < streams; ++i)
    sum_[i] += nh_stride(key.l1 + UhashKey::kShift * i + at, last_);
}

// §5.3: a block's length in bits is added to its sum, and the second layer goes on.
void Uhash::end_block(const UhashKey& key, std::size_t streams, std::size_t block_len) noexcept {
  for (std::size_t i = 0; i < streams; ++i) {
    const std::uint64_t l2 = load_u64(key.l2 + 24 * i) & kPolyMask;
    y_[i] = poly_take(l2, y_[i], sum_[i] + std::uint64_t{block_len} * 8);
    sum_[i] = 0;
  }
}

void Uhash::update(const UhashKey& key, std::size_t streams, Bytes part) noexcept {
  while (!part.empty()) {
    const std::size_t there = len_ % kStrideLen;
    if (there == 0 && len_ != 0) take_stride(key, streams);
    if (len_ % UhashKey::kL1Len == 0 && len_ != 0) end_block(key, streams, UhashKey::kL1Len);
    const std::size_t room = kStrideLen - there;
    const std::size_t len = part.size() < room ? part.size() : room;
    copy_bytes(last_ + there, part.first(len));
    len_ += len;
    part = part.subspan(len);
  }
}

void Uhash::finish(const UhashKey& key, std::size_t streams, std::uint8_t* out) noexcept {
  const std::size_t there = len_ % kStrideLen;
  // A stride that is not whole is filled up with zeros; of nothing there is one.
  if (there != 0 || len_ == 0) secure_wipe(last_ + there, kStrideLen - there);
  take_stride(key, streams);
  const bool one_block = len_ <= UhashKey::kL1Len;
  if (!one_block) end_block(key, streams, (len_ - 1) % UhashKey::kL1Len + 1);
  for (std::size_t i = 0; i < streams; ++i) {
    // §5.1: of a single block the second layer is left out.
    const std::uint64_t value = one_block ? sum_[i] + std::uint64_t{len_} * 8 : y_[i];
    store_u32(out + 4 * i, third_layer(key.l3_1 + 64 * i, load_u32(key.l3_2 + 4 * i), value));
  }
  secure_wipe(last_, sizeof last_);  // a packet's end may be a password's
}

}  // namespace sshauth
