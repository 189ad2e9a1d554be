// The SSH public key file format, RFC 4716.
#pragma once

#include "lib/keys/load.hpp"

namespace sshauth {

bool is_ssh2_public(Bytes data) noexcept;
KeyResult load_ssh2_public(Bytes data, LoadOptions& options);

}  // namespace sshauth
