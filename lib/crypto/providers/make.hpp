// Builds a Provider from constant arrays of rows.
#pragma once

#include <array>

#include "lib/crypto/rows.hpp"

namespace sshauth {

// Two lists as one.
template <class Alg, std::size_t kFirst, std::size_t kLast>
constexpr std::array<const Alg*, kFirst + kLast> joined(const Alg* const (&first)[kFirst],
                                                        const Alg* const (&last)[kLast]) noexcept {
  std::array<const Alg*, kFirst + kLast> out{};
  for (std::size_t i = 0; i < kFirst; ++i) out[i] = first[i];
  for (std::size_t i = 0; i < kLast; ++i) out[kFirst + i] = last[i];
  return out;
}

constexpr Provider make_provider(const char* name, Rows<HashAlg> hashes, Rows<CipherAlg> ciphers,
                                 Rows<MacAlg> macs, Rows<AgreementAlg> agreements,
                                 Rows<SigAlg> sigs, Rows<CompressionAlg> compressions,
                                 int (*fill)(void*, std::uint8_t*, std::size_t),
                                 decltype(Provider::x509_public_key) x509 = nullptr) noexcept {
  return {sizeof(Provider),
          name,
          hashes.data(),
          hashes.size(),
          ciphers.data(),
          ciphers.size(),
          macs.data(),
          macs.size(),
          agreements.data(),
          agreements.size(),
          nullptr,
          0,
          sigs.data(),
          sigs.size(),
          compressions.data(),
          compressions.size(),
          {nullptr, fill},
          x509};
}

constexpr Provider with_groups(Provider provider, Rows<GroupAlg> groups) noexcept {
  provider.groups = groups.data();
  provider.num_groups = groups.size();
  return provider;
}

}  // namespace sshauth
