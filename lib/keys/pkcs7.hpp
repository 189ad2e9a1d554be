// Certificates in a PKCS#7 SignedData (RFC 2315 §9.1), as .p7b files: in DER or BER, or in PEM. No
// private key is ever in one.
#pragma once

#include "lib/keys/key_list.hpp"

namespace sshauth {

bool is_pkcs7(Bytes data) noexcept;
KeyError read_pkcs7(Bytes data, LoadOptions& options, KeyList& keys);

}  // namespace sshauth
