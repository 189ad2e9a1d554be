// Reads a key in whatever format it is in, told apart by content and not by name:
//   OpenSSH private keys, plain or encrypted (bcrypt with any of OpenSSH's ciphers)
//   PEM: PKCS#1 RSA and SEC1 EC, plain or encrypted with DEK-Info; PKCS#8, plain or encrypted
//     (PBES2 with PBKDF2 or scrypt, PBES1 and PKCS#12 schemes as far as libcrypto's default
//     provider has their ciphers); SubjectPublicKeyInfo and PKCS#1 public keys
//   public key lines ("type base64 comment", authorized_keys options allowed), RFC 4716 keys
//
// The file is taken to be hostile: its size is bounded, every length is checked, private and
// public half are verified to belong together, and the work a key derivation may ask for is
// bounded (LoadLimits). Whatever secret is copied on the way is wiped.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/keys/identity.hpp"

namespace sshauth {

// What a key file may cost at most: with these defaults about ten seconds of one core, so that a
// hostile file cannot keep a program busy for minutes.
struct LoadLimits {
  std::size_t file_octets = std::size_t{256} * 1024;
  // OpenSSH bcrypt: ssh-keygen's default is 16 (24 since 9.4); a round costs about 10 ms.
  std::uint32_t bcrypt_rounds = 1024;
  // PKCS#8 PBKDF2 and PBES1 iterations: OpenSSL's default is 2048, a million costs about a second.
  std::uint32_t pbkdf2_iterations = 10'000'000;
  // PKCS#8 scrypt: N * r * p, where OpenSSL's default is 16384 * 8. Memory, 128 octets times
  // r * (N + p), is bounded by libcrypto's 32 MiB besides.
  std::uint64_t scrypt_work = 1u << 20;
};

struct LoadOptions {
  // None given is not the same as an empty one: it makes an encrypted key `needs_passphrase`.
  std::optional<std::string_view> passphrase;
  // Only the public half is wanted: an encrypted OpenSSH key gives it without its passphrase. A
  // private half that can be had without one is verified all the same, and not kept.
  bool public_only = false;
  LoadLimits limits;
};

// `data` is the contents of a key file.
KeyResult load_identity(Bytes data, const LoadOptions& options = {});

// Errors name `path`. Only regular files are read (links to them are followed): a FIFO or a device
// could block or never end.
KeyResult load_identity_file(const std::string& path, const LoadOptions& options = {});

// A whole regular file of at most `most` octets, under the same rules.
KeyError read_file(const std::string& path, std::size_t most, SecretBytes& out);

}  // namespace sshauth
