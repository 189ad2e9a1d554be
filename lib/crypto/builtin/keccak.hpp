// Keccak, FIPS 202: SHA3-256, SHA3-512, SHAKE128 and SHAKE256, of which ML-KEM is made. libsodium
// has none of them, and a row of this room needs no libcrypto.
//
// Time depends on the lengths alone. The state is wiped when the sponge ends.
#pragma once

#include "lib/base/bytes.hpp"

namespace sshauth {

class Keccak {
 public:
  // FIPS 202 §6: what is appended to the input, and the capacity in octets.
  struct Kind {
    std::size_t rate;
    std::uint8_t suffix;
  };
  static constexpr Kind kSha3_256{136, 0x06};
  static constexpr Kind kSha3_512{72, 0x06};
  static constexpr Kind kShake128{168, 0x1f};
  static constexpr Kind kShake256{136, 0x1f};

  explicit Keccak(Kind kind) noexcept : kind_(kind) {}
  Keccak(const Keccak&) = delete;
  Keccak& operator=(const Keccak&) = delete;
  ~Keccak() { secure_wipe(lanes_, sizeof lanes_); }

  // Input, in as many parts as there are; only before the first squeeze.
  Keccak& absorb(Bytes in) noexcept;
  // Output: a hash all at once, an extendable output in as many parts as are wanted.
  void squeeze(MutBytes out) noexcept;

 private:
  void add(std::uint8_t octet) noexcept;
  void permute() noexcept;

  Kind kind_;
  std::size_t at_ = 0;  // the octet of the rate that is next
  bool squeezing_ = false;
  std::uint64_t lanes_[25] = {};
};

}  // namespace sshauth
