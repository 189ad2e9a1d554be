// PEM blocks in a text: RFC 7468, and the headers that RFC 1421 §4.6 had before the contents.
//
// Not libcrypto's reader, which gives the end of the base64, of a short key all of it, back to the
// heap as it is.
#pragma once

#include <string>
#include <string_view>

#include "lib/keys/secret_bytes.hpp"

namespace sshauth {

struct PemBlock {
  std::string_view label;  // "RSA PRIVATE KEY"; in the text
  std::string headers;     // lines, empty when there are none
  SecretBytes contents;
};

enum class PemFound : std::uint8_t { none, damaged, block };

// Takes the next block off `rest`; text before it is passed over. `damaged`: it does not end, or
// what is in it is not base64; the blocks behind it are left in `rest`.
PemFound next_pem_block(std::string_view& rest, PemBlock& out);

// Takes a line off `rest`, without its end and the blanks before it.
std::string_view next_line(std::string_view& rest) noexcept;

}  // namespace sshauth
