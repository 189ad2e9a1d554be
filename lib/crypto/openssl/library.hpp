// Which library context of libcrypto the rows fetch their algorithms from: the default one, which
// the system's configuration governs, or a private one that has a FIPS module and nothing else.
//
// The choice is the process's, not a login's: the one state of this library that objects share.
// It may be changed at any time from any thread; a row that was begun before keeps what it fetched.
// The private context is made once and kept until the process ends, because rows may be using it.
#pragma once

#include <openssl/types.h>

#include <cstddef>

namespace sshauth::openssl {

// Null: the default one.
OSSL_LIB_CTX* library() noexcept;

// Loads libcrypto's provider "fips" and has every algorithm fetched from it from now on (property
// query fips=yes). False: it cannot be had, nothing has changed, and `why`, of `why_len` octets,
// says what libcrypto says, NUL-terminated.
[[nodiscard]] bool use_fips(char* why, std::size_t why_len) noexcept;
// The default context again.
void use_default() noexcept;

}  // namespace sshauth::openssl
