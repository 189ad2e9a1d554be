// libcrypto with the ciphers that it gave up: RC2, RC4 and single DES, which old key stores are
// encrypted with. In a context of its own, so that nothing else in the process gets at them.
#pragma once

#include <openssl/types.h>

namespace sshauth {

// Made at the first call, kept until the process ends. Without libcrypto's provider "legacy" it has
// the others; null, which is libcrypto's default context, when it cannot be made at all.
OSSL_LIB_CTX* legacy_library() noexcept;

}  // namespace sshauth
