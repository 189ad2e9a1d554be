#include "lib/crypto/builtin/uhash.hpp"

namespace sshauth {
namespace {

constexpr std::uint64_t kPrime36 = 0xffffffffb;          // 2^36 - 5
constexpr std::uint64_t kPrime64 = 0xffffffffffffffc5;   // 2^64 - 59
constexpr std::uint64_t kPolyMask = 0x01ffffff01ffffff;  // §5.3: keys of fewer bits spare carries
constexpr std::uint64_t kTop = 0xffffffff00000000;  // §5.3.2: words from here on take two steps
constexpr std::size_t kStrideLen = 32;

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

// §5.2.1: one block of at most 1024 octets, filled up with zeros to whole strides, and its length
// in bits.
std::uint64_t nh(const std::uint8_t* key, Bytes block) noexcept {
  std::uint64_t sum = std::uint64_t{block.size()} * 8;
  std::size_t at = 0;
  for (; at + kStrideLen <= block.size(); at += kStrideLen)
    sum += nh_stride(key + at, block.data() + at);
  if (at < block.size() || at == 0) {
    std::uint8_t last[kStrideLen] = {};
    copy_bytes(last, block.subspan(at));
    sum += nh_stride(key + at, last);
    secure_wipe(last, sizeof last);
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

// §5.1 with the first two layers: what the third takes.
std::uint64_t two_layers(const std::uint8_t* l1, std::uint64_t l2, Bytes message) noexcept {
  if (message.size() <= UhashKey::kL1Len) return nh(l1, message);
  std::uint64_t y = 1;
  while (!message.empty()) {
    const std::size_t len = message.size() < UhashKey::kL1Len ? message.size() : UhashKey::kL1Len;
    y = poly_take(l2, y, nh(l1, message.first(len)));
    message = message.subspan(len);
  }
  return y;
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

void uhash(const UhashKey& key, std::size_t streams, Bytes message, std::uint8_t* out) noexcept {
  for (std::size_t i = 0; i < streams; ++i) {
    const std::uint64_t l2 = load_u64(key.l2 + 24 * i) & kPolyMask;
    const std::uint64_t value = two_layers(key.l1 + UhashKey::kShift * i, l2, message);
    store_u32(out + 4 * i, third_layer(key.l3_1 + 64 * i, load_u32(key.l3_2 + 4 * i), value));
  }
}

}  // namespace sshauth
