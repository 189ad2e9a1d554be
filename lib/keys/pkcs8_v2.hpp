#pragma once

#include "lib/keys/public_key.hpp"
#include "lib/keys/secret_bytes.hpp"

namespace sshauth {

// Takes a OneAsymmetricKey (RFC 5958 §2) with a public key apart: `out` is the PKCS#8 without it,
// `public_key` the contents of its bit string. False when `der` is no such thing.
[[nodiscard]] bool pkcs8_without_public_key(Bytes der, SecretBytes& out, Blob& public_key);

}  // namespace sshauth
