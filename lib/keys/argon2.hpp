// Argon2 (RFC 9106), version 1.3, by libargon2: libcrypto 3.0 has none and libsodium lacks
// Argon2d. The library is loaded when a key first asks for it, so that ours starts where it is not
// installed; no thread is made, whatever the parallelism.
#pragma once

#include <cstdint>

#include "lib/base/bytes.hpp"
#include "lib/keys/key_error.hpp"

namespace sshauth {

struct Argon2 {
  enum class Kind : std::uint8_t { d, i, id };

  Kind kind = Kind::id;
  std::uint32_t memory_kib = 0, passes = 0, lanes = 0;
  Bytes salt;
};

// Fills `out`. `unsupported_type`: libargon2 is not there; `malformed`: it refuses the numbers.
KeyError argon2(const Argon2& how, Bytes passphrase, MutBytes out);

}  // namespace sshauth
