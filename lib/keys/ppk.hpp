// PuTTY's private keys, PPK versions 2 and 3 (PuTTY manual, appendix C: "PPK file format"): RSA,
// DSA, ECDSA, Ed25519 and Ed448, plain or encrypted with aes256-cbc, whose key comes from SHA-1 in
// version 2 and from Argon2d, -i or -id in version 3.
#pragma once

#include "lib/keys/load.hpp"

namespace sshauth {

constexpr std::string_view kPpkBegin = "PuTTY-User-Key-File-";

bool is_ppk(Bytes data) noexcept;

// `data` is the whole file; lines may end in LF, CRLF or CR. With public_only the public half of
// an encrypted key comes without its passphrase, and so without its MAC having been checked.
KeyResult load_ppk(Bytes data, LoadOptions& options);

}  // namespace sshauth
