// Is a peer's p a prime with (p-1)/2 prime too, at a cost that has a bound.
#pragma once

#include "lib/crypto/openssl/evp.hpp"

namespace sshauth::openssl {

enum class Primality : std::uint8_t {
  safe,       // p and (p-1)/2 are primes
  not_safe,   // p may be one, (p-1)/2 is none
  composite,  // p is none
  unknown     // no memory, no randomness
};

// `p` is odd and has 17 to 8,192 bits.
Primality safe_prime(const BIGNUM* p) noexcept;

}  // namespace sshauth::openssl
