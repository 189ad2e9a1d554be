// Reads keys in whatever format they are in, told apart by content and not by name. The formats are
// the rows of key_formats.def; what is base64 of one of them is read as that.
//
// A file may hold several keys: a key store does, and PEM can. Each is an Identity, with its
// private half or without, with the name it has there as its comment, and with the certificates
// that belong to it.
//
// The file is taken to be hostile: its size is bounded, every length is checked, private and
// public half are verified to belong together, and the work a key derivation may ask for is
// bounded (LoadLimits). Whatever secret is copied on the way is wiped.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/keys/identity.hpp"

namespace sshauth {

// Formats that are asked for together.
enum class KeyFamily : std::uint16_t {
  key_file = 1 << 0,  // PEM, OpenSSH, DER: keys and certificates, private and public
  pkcs12 = 1 << 1,
  java = 1 << 2,  // JKS and JCEKS
  pkcs7 = 1 << 3,
  ppk = 1 << 4,
  xml = 1 << 5,
  jwk = 1 << 6,
  bcfks = 1 << 7,
};
using KeyFamilies = std::uint16_t;
constexpr KeyFamilies kAnyFamily = 0xffff;
constexpr KeyFamilies operator|(KeyFamily a, KeyFamily b) noexcept {
  return static_cast<KeyFamilies>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr bool includes(KeyFamilies families, KeyFamily one) noexcept {
  return (families & static_cast<unsigned>(one)) != 0;
}

// What reading may cost at most, all keys of a file together: with these defaults about ten seconds
// of one core, so that a hostile file cannot keep a program busy for minutes.
struct LoadLimits {
  std::size_t file_octets = std::size_t{1024} * 1024;
  std::size_t keys = 256;
  // OpenSSH bcrypt: ssh-keygen's default is 16 (24 since 9.4); a round costs about 10 ms.
  std::uint32_t bcrypt_rounds = 1024;
  // PBKDF2, PBES1 and PKCS#12 iterations: OpenSSL's default is 2048, a million costs about a
  // second.
  std::uint32_t pbkdf2_iterations = 10'000'000;
  // scrypt: N * r * p, where OpenSSL's default is 16384 * 8. Memory, 128 octets times r * (N + p),
  // is bounded by libcrypto's 32 MiB besides.
  std::uint64_t scrypt_work = 1u << 23;
  // PPK Argon2: KiB, KiB times passes, and parallelism. puttygen's defaults are 8192 KiB, about 13
  // passes and 1; a million KiB times passes costs about a second.
  std::uint32_t argon2_memory_kib = 256 * 1024;
  std::uint64_t argon2_work = 8u << 20;
  std::uint32_t argon2_lanes = 64;
};

struct LoadOptions {
  // None given is not the same as an empty one: it makes an encrypted key `needs_passphrase`.
  std::optional<std::string_view> passphrase;
  // Only the public half is wanted: an encrypted OpenSSH key gives it without its passphrase. A
  // private half that can be had without one is verified all the same, and not kept.
  bool public_only = false;
  KeyFamilies families = kAnyFamily;
  // Of security keys: the library they are asked through (sk_provider.hpp), and their PIN; where
  // that is empty the passphrase is tried, which a file that is not encrypted has no other use for.
  std::string_view sk_provider, sk_pin;
  LoadLimits limits;
};

// Keys and certificates that were found and cannot be used: damaged, of a type that is not
// supported, under a password of their own. They are no reason not to use the others.
struct PassedOver {
  std::size_t num = 0;
  KeyError first;  // why, of the first

  void add(KeyError why) {
    if (num++ == 0) first = std::move(why);
  }
};
// "2 keys or certificates were passed over; the first: ..."; empty where there were none.
std::string passed_over_sentence(const PassedOver& passed_over);

// All keys in `data`, the contents of a key file, in its order. `out` holds at least one when it is
// ok. What was passed over beside them is counted in `passed_over`, which may be null; where there
// is nothing else its first is the error.
KeyError load_keys(Bytes data, const LoadOptions& options, std::vector<Identity>& out,
                   PassedOver* passed_over = nullptr);

// Errors name `path`. Only regular files are read (links to them are followed): a FIFO or a device
// could block or never end.
KeyError load_keys_file(const std::string& path, const LoadOptions& options,
                        std::vector<Identity>& out, PassedOver* passed_over = nullptr);

// The first key that has a private half, else the first.
KeyResult load_identity(Bytes data, const LoadOptions& options = {});
KeyResult load_identity_file(const std::string& path, const LoadOptions& options = {});

// Whether any format of these families can be read.
bool can_load(KeyFamilies families) noexcept;

// A whole regular file of at most `most` octets, under the same rules.
KeyError read_file(const std::string& path, std::size_t most, SecretBytes& out);

}  // namespace sshauth
