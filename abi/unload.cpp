// A host that loads and unloads this library again and again must not lose memory each time.
#include "lib/crypto/openssl/library.hpp"

namespace {

__attribute__((destructor)) void unload() noexcept { sshauth::openssl::let_go(); }

}  // namespace
