// libcrypto with the ciphers that it gave up: RC2, RC4 and single DES, which old key stores are
// encrypted with. The private context of the rows serves here too.
#pragma once

#include "lib/crypto/openssl/library.hpp"

namespace sshauth {

// Without libcrypto's provider "legacy", or where the process is bound to approved algorithms: the
// context that rows use, which has not these ciphers.
inline OSSL_LIB_CTX* legacy_library() noexcept {
  OSSL_LIB_CTX* out = nullptr;
  static_cast<void>(openssl::context_of(openssl::Source::legacy, out));
  return out;
}

}  // namespace sshauth
