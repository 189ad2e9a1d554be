// JSON web keys and sets of them: RFC 7517, RFC 7518 §6 (RSA and EC), RFC 8037 (OKP). The key's
// "kid" becomes its comment. What a key is meant for ("use", "key_ops", "alg") is not looked at:
// whoever names a key for a login wants it used for that.
#pragma once

#include "lib/keys/key_list.hpp"

namespace sshauth {

// Whether it looks like a JWK, a set or a JWE.
bool is_jwk(Bytes data) noexcept;

// Of a set, keys of types that SSH does not have are passed over (RFC 7517 §5); a damaged one is an
// error. Encrypted keys (JWE) are told apart, and refused.
KeyError read_jwk(Bytes data, LoadOptions& options, KeyList& keys);

}  // namespace sshauth
