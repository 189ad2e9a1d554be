// From libcrypto's key objects to ours.
#pragma once

#include <string>

#include "lib/keys/identity.hpp"
#include "lib/keys/ossl.hpp"

namespace sshauth {

// The identity that `pkey` holds, its halves verified to belong together.
KeyResult identity_from_pkey(const EVP_PKEY* pkey, std::string format);

// Its public half alone.
KeyResult public_identity_from_pkey(const EVP_PKEY* pkey, std::string format);

}  // namespace sshauth
