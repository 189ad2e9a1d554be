// One key or certificate in DER, without an armour around it.
#pragma once

#include "lib/keys/key_list.hpp"

namespace sshauth {

bool is_der_key(Bytes data) noexcept;
KeyError read_der(Bytes data, LoadOptions& options, KeyList& keys);

// SubjectPublicKeyInfo (RFC 5280 §4.1) and RSAPublicKey (RFC 8017 §A.1.1).
KeyResult load_public_der(Bytes der, bool pkcs1, const char* format);

}  // namespace sshauth
