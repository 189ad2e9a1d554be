// bcrypt_pbkdf: the key derivation of encrypted OpenSSH private keys (OpenSSH PROTOCOL.key; the
// construction is OpenBSD's bcrypt_pbkdf(3)).
//
// One round costs about four million instructions for every 32 octets of key, so the rounds that a
// key file may ask for are bounded. No heap; what depends on the passphrase is wiped.
#pragma once

#include "lib/base/bytes.hpp"

namespace sshauth {

inline constexpr std::uint32_t kMostBcryptRounds = 16384;
inline constexpr std::size_t kMostBcryptSaltLen = 1024;
inline constexpr std::size_t kMostBcryptKeyLen = 1024;

// Fills `key`. False, with `key` untouched, when the passphrase, the salt or the key is empty, the
// salt or the key is longer than the limits above, or the rounds are not 1 .. kMostBcryptRounds.
[[nodiscard]] bool bcrypt_pbkdf(Bytes passphrase, Bytes salt, std::uint32_t rounds,
                                MutBytes key) noexcept;

}  // namespace sshauth
