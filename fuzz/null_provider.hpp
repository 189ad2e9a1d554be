// A provider without any security: for fuzzing and for hermetic tests of the engine, never linked
// into the product. Rows carry the wire names of real algorithms, so negotiation works as ever.
//
//   hashes        mix their input (FNV-1a, expanded): different input, different hash
//   ciphers       leave everything clear; tags are zeros, and any tag is accepted but one that
//                 begins with 0xff, so that both outcomes can be reached by a fuzzer
//   MACs          are zeros
//   agreements    two random values; the secret is their exclusive or; all zeros are refused
//   groups        any p is taken but one that ends in kNullComposite or kNullNotSafe
//   signatures    are ones; any is valid but one that begins with 0xff
//   compression   copies; a payload that begins with 0xff cannot be decompressed
//   rng           deterministic, from the state that the caller owns
#pragma once

#include "lib/crypto/rows.hpp"

namespace sshauth {

// The last octets of a p that the group's row refuses.
inline constexpr std::uint8_t kNullComposite = 0xc1, kNullNotSafe = 0xc3;

struct NullRng {
  std::uint64_t state = 1;
  bool fails = false;  // every further request fails
};

// `rng` outlives every engine that uses the provider.
Provider null_provider(NullRng& rng) noexcept;

}  // namespace sshauth
