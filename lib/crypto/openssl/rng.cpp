#include <openssl/rand.h>

#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"

namespace sshauth::openssl {

int rng_fill(void* /*self*/, std::uint8_t* out, std::size_t len) noexcept {
  return fits_int(len) && RAND_bytes_ex(library(), out, len, 0) == 1;
}

}  // namespace sshauth::openssl
