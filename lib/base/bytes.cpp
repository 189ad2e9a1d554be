#include "lib/base/bytes.hpp"

namespace sshauth {

bool ct_equal(Bytes a, Bytes b) noexcept {
  if (a.size() != b.size()) return false;
  std::uint32_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= std::uint32_t{a[i]} ^ b[i];
  // The barrier keeps the compiler from leaving the loop early once a difference is known.
  __asm__("" : "+r"(difference));
  return difference == 0;
}

bool ct_is_zero(Bytes a) noexcept {
  std::uint32_t any = 0;
  for (const std::uint8_t octet : a) any |= octet;
  __asm__("" : "+r"(any));
  return any == 0;
}

void secure_wipe(void* at, std::size_t len) noexcept {
  if (len == 0) return;
  std::memset(at, 0, len);
  // The memory is an input of this empty statement, so the stores above are not dead.
  __asm__ __volatile__("" : : "r"(at) : "memory");
}

}  // namespace sshauth
