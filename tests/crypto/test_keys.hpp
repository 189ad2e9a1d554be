// Fresh key pairs for tests, made by libcrypto, as the numbers that rows take.
#pragma once

#include "support.hpp"

namespace sshauth::test {

// `key_type` is a wire name: "ssh-ed25519", "ecdsa-sha2-nistp256" ..., "ssh-rsa" (2048 bits).
KeyPair new_key(std::string_view key_type);
KeyPair new_rsa_key(unsigned bits);

}  // namespace sshauth::test
