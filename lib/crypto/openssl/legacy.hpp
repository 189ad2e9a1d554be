// The rows that need libcrypto's provider "legacy". Where it cannot be loaded no provider has them;
// legacy_missing (library.hpp) says why.
#pragma once

#include "lib/crypto/openssl/library.hpp"
#include "lib/crypto/openssl/rows.hpp"

namespace sshauth::openssl {

inline constexpr const CipherAlg* kLegacyCiphers[] = {&blowfish_cbc, &cast128_cbc, &arcfour256,
                                                      &arcfour128, &arcfour};
inline constexpr const MacAlg* kLegacyMacs[] = {&hmac_ripemd160, &hmac_ripemd160_96};

// Why the row of that name is absent; "" where it is there, or where no row needs the provider.
inline const char* absent_because(std::string_view name) noexcept {
  const bool needs = find(Rows<CipherAlg>(kLegacyCiphers), name) != nullptr ||
                     find(Rows<MacAlg>(kLegacyMacs), name) != nullptr;
  return needs ? legacy_missing() : "";
}

}  // namespace sshauth::openssl
