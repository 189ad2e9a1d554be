// The OpenSSH private key container, OpenSSH PROTOCOL.key:
//
//   "openssh-key-v1" NUL, string ciphername, string kdfname, string kdfoptions, uint32 keys,
//   string public key, string private section [, tag]
//
// The private section, once deciphered: uint32 check twice (equal: the passphrase was right), the
// key type and its numbers, string comment, padding 1, 2, 3, ...
#pragma once

#include "lib/keys/load.hpp"

namespace sshauth {

// The label of its PEM armour.
constexpr std::string_view kOpensshLabel = "OPENSSH PRIVATE KEY";
constexpr std::string_view kOpensshMagic{"openssh-key-v1\0", 15};

// `container` is what the armour holds.
bool is_openssh_private(Bytes container) noexcept;
KeyResult load_openssh_private(Bytes container, LoadOptions& options);

}  // namespace sshauth
