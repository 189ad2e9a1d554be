// What must hold of keys in whatever format they were read.
#pragma once

#include "fuzz/require.hpp"
#include "lib/keys/load.hpp"

namespace sshauth {

inline void check_identity(Identity& id) {
  PublicKeyView view;
  require(decode_public_blob(id.public_blob(), view).ok() && view.type == id.type());
  if (id.has_private()) require(check_key_pair(id.type(), *id.private_key()).ok());
}

inline void check_result(KeyResult result) {
  if (result.ok())
    check_identity(*result);
  else
    require(!result.error().text.empty());
}

// Passphrase "p", and no derivation that would slow the fuzzer down.
inline LoadOptions cheap_options() {
  LoadOptions options;
  options.passphrase = "p";
  options.limits = {.file_octets = std::size_t{64} * 1024,
                    .bcrypt_rounds = 1,
                    .pbkdf2_iterations = 100,
                    .scrypt_work = 1024,
                    .argon2_memory_kib = 64,
                    .argon2_work = 128,
                    .argon2_lanes = 4};
  return options;
}

}  // namespace sshauth
