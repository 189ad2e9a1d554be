// Whole providers: the rows of one library, or of both. Constant data; nothing to start or stop.
//
// The order of rows is the order of preference: modern first, encrypt-then-MAC before
// encrypt-and-MAC. Each is in a file of its own, so a program links the libraries it names.
#pragma once

#include "lib/crypto/rows.hpp"

namespace sshauth {

const Provider& openssl_provider() noexcept;  // every row
const Provider& fips_provider() noexcept;     // those of libcrypto's that NIST approved
const Provider& sodium_provider() noexcept;   // what libsodium has; the rows take no heap
const Provider& fastest_provider() noexcept;  // every row, each from the faster library

// Profiles: functions that name the rows they want.
const Provider& small_provider() noexcept;  // what current servers agree to
const Provider& tiny_provider() noexcept;   // one of each: curve25519, ssh-ed25519, chacha20

// One of them, as the build options `provider` and `profile` say.
const Provider& default_provider() noexcept;

}  // namespace sshauth
