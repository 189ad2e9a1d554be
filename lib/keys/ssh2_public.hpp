// The SSH public key file format, RFC 4716.
#pragma once

#include "lib/keys/identity.hpp"

namespace sshauth {

constexpr std::string_view kSsh2Begin = "---- BEGIN SSH2 PUBLIC KEY ----";

// `text` begins with kSsh2Begin.
KeyResult load_ssh2_public(std::string_view text);

}  // namespace sshauth
