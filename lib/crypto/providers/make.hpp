// Builds a Provider from constant arrays of rows.
#pragma once

#include "lib/crypto/rows.hpp"

namespace sshauth {

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
