// DSA and ECDSA signatures: r and s, each of a fixed length, one after the other, as rows have
// them, and the DER that libcrypto speaks (both algorithms wrap them alike).
#pragma once

#include <openssl/ec.h>

#include "lib/crypto/openssl/evp.hpp"

namespace sshauth::openssl {

inline constexpr std::size_t kMostNumberLen = 66;  // of r or s: P-521
// SEQUENCE of two INTEGERs of at most 67 octets each, with long-form lengths.
inline constexpr std::size_t kMostDer = 2 * (kMostNumberLen + 1 + 3) + 4;

// The DER form of r and s, of `len` octets each; false when it cannot be made. `*der_len` is
// written.
bool rs_to_der(std::size_t len, Bytes signature, std::uint8_t (&der)[kMostDer],
               std::size_t* der_len) noexcept;
bool rs_from_der(std::size_t len, Bytes der, std::uint8_t* signature) noexcept;

}  // namespace sshauth::openssl
