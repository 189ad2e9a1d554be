// BouncyCastle's FIPS key stores, BCFKS: ASN.1 described by its source alone. The whole store is
// encrypted (PBES2 with AES-CCM or AES-KWP, keys by PBKDF2 or scrypt) under an HMAC by the
// password, and each private key in it again.
#pragma once

#include "lib/keys/key_list.hpp"

namespace sshauth {

bool is_bcfks(Bytes data) noexcept;
KeyError read_bcfks(Bytes data, LoadOptions& options, KeyList& keys);

}  // namespace sshauth
