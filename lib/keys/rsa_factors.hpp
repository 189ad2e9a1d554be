// RSA private keys that lack some of their numbers: what follows from the others is worked out.
#pragma once

#include "lib/keys/pkey.hpp"

namespace sshauth {

// From the exponents and the modulus, both factors where they are missing (NIST SP 800-56B rev. 2,
// C.1), and the coefficient. Nothing is proven here; check_key_pair does that.
KeyError complete_rsa(KeyNumbers& numbers);

}  // namespace sshauth
