// The kernel's generator, by libsodium; it ends the process where there is none, so `fill` cannot
// report that.
#include "lib/crypto/sodium/rows.hpp"

namespace sshauth::sodium {

int rng_fill(void* /*self*/, std::uint8_t* out, std::size_t len) noexcept {
  if (!ready()) return 0;
  randombytes_buf(out, len);
  return 1;
}

}  // namespace sshauth::sodium
