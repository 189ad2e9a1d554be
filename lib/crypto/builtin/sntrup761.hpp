// Streamlined NTRU Prime 4591^761 (D. J. Bernstein et al., NTRU Prime: round 3, 2020-10-07), as
// draft-ietf-sshm-ntruprime-ssh-05 takes it into SSH. No library of Debian 12 has it.
//
// Time and addresses depend on lengths alone wherever there are secrets: private polynomials are
// made by a sorting network, inverted by division steps of a fixed number, and multiplied in full.
// Everything secret that is left behind on the stack is wiped; a private key is its owner's.
#pragma once

#include "lib/base/bytes.hpp"
#include "lib/crypto/rows.hpp"

namespace sshauth {

struct Sntrup761 {
  static constexpr std::size_t kP = 761;  // the degree; q = 4591, and 286 coefficients are not zero
  static constexpr std::size_t kSmallLen = 191;
  static constexpr std::size_t kPublicLen = 1158;
  static constexpr std::size_t kRoundedLen = 1007;
  static constexpr std::size_t kHashLen = 32;
  static constexpr std::size_t kCipherLen = kRoundedLen + kHashLen;
  static constexpr std::size_t kSecretLen = 32;

  struct PrivateKey {
    std::int8_t f[kP];
    std::int8_t g_inverse[kP];  // modulo 3
    std::uint8_t public_key[kPublicLen];
    std::uint8_t public_hash[kHashLen];
    std::uint8_t rho[kSmallLen];
  };

  // False when no random octets were to be had.
  [[nodiscard]] static bool generate(PrivateKey& key, const Rng& rng) noexcept;
  // Any octets of the right length are some public key.
  [[nodiscard]] static bool encapsulate(const Rng& rng, Bytes public_key, std::uint8_t* ciphertext,
                                        std::uint8_t* secret) noexcept;
  // False for a wrong length alone. A ciphertext that nobody made for this key gives a secret that
  // nobody knows (implicit rejection).
  [[nodiscard]] static bool decapsulate(const PrivateKey& key, Bytes ciphertext,
                                        std::uint8_t* secret) noexcept;
};

}  // namespace sshauth
