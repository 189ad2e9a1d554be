// Whole providers: the rows of one library, or of both. Constant data; nothing to start or stop.
//
// The order of rows is the order of preference: modern first, encrypt-then-MAC before
// encrypt-and-MAC. Each is in a file of its own, so a program links the libraries it names.
#pragma once

#include "lib/crypto/rows.hpp"

namespace sshauth {

const Provider& openssl_provider() noexcept;  // every row
const Provider& sodium_provider() noexcept;   // what libsodium has; the rows take no heap
const Provider& fastest_provider() noexcept;  // every row, each from the faster library

// One of the three, as the build option `provider` says.
const Provider& default_provider() noexcept;

}  // namespace sshauth
