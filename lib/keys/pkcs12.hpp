// PKCS#12 key stores (RFC 7292), the "PFX" files: keys and certificates in bags, with old
// encryption (RC2, 3DES) and new (PBES2), and with an integrity check by the password (RFC 7292 §4,
// RFC 9579).
#pragma once

#include "lib/keys/key_list.hpp"

namespace sshauth {

bool is_pkcs12(Bytes data) noexcept;
KeyError read_pkcs12(Bytes data, LoadOptions& options, KeyList& keys);

}  // namespace sshauth
