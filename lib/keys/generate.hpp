// Makes fresh keys and writes keys as OpenSSH does.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/keys/identity.hpp"

namespace sshauth {

// `type` is a key type's wire name ("ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa") or a short
// name ("ed25519", "ecdsa", "rsa"). `bits`: 0 is the default (ecdsa 256, rsa 3072).
KeyResult generate_identity(std::string_view type, unsigned bits = 0);

constexpr std::uint32_t kDefaultBcryptRounds = 16;

// The key as an "OPENSSH PRIVATE KEY" text: plain without a passphrase, else aes256-ctr with a key
// from bcrypt. An empty passphrase is refused: it would look like protection.
KeyError format_private_key(const Identity& identity, std::optional<std::string_view> passphrase,
                            SecretBytes& out, std::uint32_t bcrypt_rounds = kDefaultBcryptRounds);

// Writes the private key to `path` (0600) and the public line to `path`.pub (0644). Neither may
// exist: O_EXCL, so no link is followed and nothing overwritten. On failure what was made is gone.
KeyError save_identity(const Identity& identity, const std::string& path,
                       std::optional<std::string_view> passphrase);

// Creates `path` with these contents; it must not exist.
KeyError write_new_file(const std::string& path, Bytes contents, unsigned mode);

}  // namespace sshauth
