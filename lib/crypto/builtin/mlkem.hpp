// ML-KEM, FIPS 203: ML-KEM-768 and ML-KEM-1024.
//
// No library of Debian 12 has it; where libcrypto does (3.5), lib/crypto/openssl/mlkem.hpp prefers
// it. Where FIPS 203 has secrets, time and addresses depend on lengths
// alone: no table is looked up by a secret, nothing secret is divided or branched on (tests/ct
// holds that). Everything secret that is left behind on the stack is wiped; a private key is its
// owner's.
#pragma once

#include "lib/base/bytes.hpp"
#include "lib/crypto/rows.hpp"

namespace sshauth::mlkem {

inline constexpr std::size_t kN = 256;
inline constexpr std::size_t kSeedLen = 32;

// A polynomial of degree below 256 with coefficients modulo 3329 (FIPS 203 §2.4.1), between -3328
// and 3328 while it is worked on.
struct Poly {
  std::int16_t at[kN];
};

// A key encapsulation mechanism as the hybrids take it. kK is the rank of the module; kDu and kDv
// are the bits that a coefficient of the ciphertext keeps (§8, table 2).
template <std::size_t kK, unsigned kDu, unsigned kDv>
struct MlKem {
  static constexpr std::size_t kPublicLen = 384 * kK + kSeedLen;
  static constexpr std::size_t kCipherLen = 32 * (kDu * kK + kDv);
  static constexpr std::size_t kSecretLen = 32;

  struct PrivateKey {
    Poly s[kK];  // in the NTT domain
    std::uint8_t public_key[kPublicLen];
    std::uint8_t public_hash[32];
    std::uint8_t z[kSeedLen];
  };

  // §7.1. False when no random octets were to be had.
  [[nodiscard]] static bool generate(PrivateKey& key, const Rng& rng) noexcept;
  // §7.2, with the check of the encapsulation key: its length, and every coefficient below 3329.
  [[nodiscard]] static bool encapsulate(const Rng& rng, Bytes public_key, std::uint8_t* ciphertext,
                                        std::uint8_t* secret) noexcept;
  // §7.3: false for a wrong length alone. A ciphertext that nobody made for this key gives a secret
  // that nobody knows (implicit rejection).
  [[nodiscard]] static bool decapsulate(const PrivateKey& key, Bytes ciphertext,
                                        std::uint8_t* secret) noexcept;
};

using MlKem768 = MlKem<3, 10, 4>;
using MlKem1024 = MlKem<4, 11, 5>;

extern template struct MlKem<3, 10, 4>;
extern template struct MlKem<4, 11, 5>;

static_assert(MlKem768::kPublicLen == 1184 && MlKem768::kCipherLen == 1088);
static_assert(MlKem1024::kPublicLen == 1568 && MlKem1024::kCipherLen == 1568);

}  // namespace sshauth::mlkem
