// ML-KEM by libcrypto where it has it, as OpenSSL 3.5 does, and by this library's own (builtin)
// elsewhere: which of the two is found out when it runs, since both have one libcrypto.so.3.
//
// A round of generate, encapsulate and decapsulate, ML-KEM-768, OpenSSL 3.5.9 : ours, with what it
// takes to bring a key in: 1.94 : 3.11 million instructions, 0.14 : 0.20 ms (AMD EPYC).
#pragma once

#include <openssl/types.h>

#include "lib/crypto/builtin/mlkem.hpp"

namespace sshauth::openssl {

// A mechanism as Hybrid takes it. Random octets come from `rng` in both cases, so both make the
// same keys and ciphertexts of the same octets.
template <class Own>
struct MlKem {
  static constexpr std::size_t kPublicLen = Own::kPublicLen;
  static constexpr std::size_t kCipherLen = Own::kCipherLen;
  static constexpr std::size_t kSecretLen = Own::kSecretLen;

  // Zeroed before `generate`; ends with `wipe`.
  struct PrivateKey : Own::PrivateKey {
    EVP_PKEY* library;  // null: the key is our own's
  };

  // Whether libcrypto has it.
  static bool in_library() noexcept;

  [[nodiscard]] static bool generate(PrivateKey& key, const Rng& rng) noexcept;
  [[nodiscard]] static bool encapsulate(const Rng& rng, Bytes public_key, std::uint8_t* ciphertext,
                                        std::uint8_t* secret) noexcept;
  [[nodiscard]] static bool decapsulate(const PrivateKey& key, Bytes ciphertext,
                                        std::uint8_t* secret) noexcept;
  static void wipe(PrivateKey& key) noexcept;
};

using MlKem768 = MlKem<mlkem::MlKem768>;
using MlKem1024 = MlKem<mlkem::MlKem1024>;

extern template struct MlKem<mlkem::MlKem768>;
extern template struct MlKem<mlkem::MlKem1024>;

}  // namespace sshauth::openssl
