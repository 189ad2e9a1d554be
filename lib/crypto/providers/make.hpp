// Builds a Provider from constant arrays of rows.
#pragma once

#include "lib/crypto/rows.hpp"

namespace sshauth {

template <std::size_t kH, std::size_t kC, std::size_t kM, std::size_t kA, std::size_t kS,
          std::size_t kZ>
constexpr Provider make_provider(const char* name, const HashAlg* const (&hashes)[kH],
                                 const CipherAlg* const (&ciphers)[kC],
                                 const MacAlg* const (&macs)[kM],
                                 const AgreementAlg* const (&agreements)[kA],
                                 const SigAlg* const (&sigs)[kS],
                                 const CompressionAlg* const (&compressions)[kZ],
                                 int (*fill)(void*, std::uint8_t*, std::size_t)) noexcept {
  return {sizeof(Provider), name, hashes, kH, ciphers,      kC, macs,           kM,
          agreements,       kA,   sigs,   kS, compressions, kZ, {nullptr, fill}};
}

}  // namespace sshauth
