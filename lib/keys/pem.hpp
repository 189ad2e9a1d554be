// PEM blocks (RFC 7468 and the older headers of RFC 1421) with keys and certificates in them.
#pragma once

#include "lib/keys/key_list.hpp"

namespace sshauth {

// Every block with a key or a certificate counts; others, as EC PARAMETERS, are passed over. A
// certificate goes to the key it is for. What is damaged or stays closed is told as passed over
// beside a private key that is not; where none is left, a passphrase is what is asked for first.
bool is_pem(Bytes data) noexcept;
KeyError read_pem(Bytes text, LoadOptions& options, KeyList& keys);

}  // namespace sshauth
