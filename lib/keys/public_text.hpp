// A public key alone: the line of OpenSSH ("type base64 comment", authorized_keys options allowed),
// or the blob that is in it.
#pragma once

#include "lib/keys/load.hpp"

namespace sshauth {

bool is_public_line(Bytes data);
KeyResult load_public_line(Bytes data, LoadOptions& options);

bool is_public_blob(Bytes data);
KeyResult load_public_blob(Bytes data, LoadOptions& options);

}  // namespace sshauth
