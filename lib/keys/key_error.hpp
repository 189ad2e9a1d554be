// Why a key could not be read, made or used: a code for programs and a sentence for people.
//
// The sentence says what was expected, what came and what to do. It never holds a secret, and text
// taken from a file has its control characters replaced.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace sshauth {

enum class KeyErrc : std::uint8_t {
  ok = 0,
  io,                // the file cannot be read or written: KeyError::os_error has errno
  unknown_format,    // nothing we know begins like this
  unsupported_type,  // a key type, curve, size or cipher that is not supported here
  malformed,         // the format is known, the contents are damaged or contradict themselves
  needs_passphrase,  // encrypted, and no passphrase was given
  wrong_passphrase,  // encrypted, and the passphrase does not open it
  too_expensive,     // the file asks for more key derivation work than we are ready to do
  not_found,         // the store or token has no key that fits
  cannot_sign,       // no private half, or the algorithm does not fit the key
  crypto_failed,     // the crypto library refused to work
  bad_argument,      // the caller asked for something that does not exist
};

// "wrong_passphrase", for logs and JSON.
std::string_view key_errc_name(KeyErrc code) noexcept;

struct [[nodiscard]] KeyError {
  KeyErrc code = KeyErrc::ok;
  int os_error = 0;  // errno for `io`, else 0
  std::string text;

  KeyError() = default;
  KeyError(KeyErrc why, std::string sentence, int os = 0)
      : code(why), os_error(os), text(std::move(sentence)) {}
  bool ok() const noexcept { return code == KeyErrc::ok; }
};

// `io` about `path`: "PATH: what", and what the system says of `error` where that tells more.
KeyError file_error(const std::string& path, std::string_view what, int error);
KeyError unfit_file(const std::string& path, std::string_view what, int error);

// `text` as it may be shown: control characters replaced, at most `most` octets.
std::string printable(std::string_view text, std::size_t most = 80);

}  // namespace sshauth
