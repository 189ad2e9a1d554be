// Octets out of the texts that key formats put them in, straight into wiped storage. What is read
// is refused as a whole where a character of it does not belong.
#pragma once

#include <string_view>

#include "lib/keys/secret_bytes.hpp"

namespace sshauth {

// RFC 4648 §4, with padding; white space anywhere.
[[nodiscard]] bool decode_base64(std::string_view text, SecretBytes& out);
// RFC 4648 §5 as RFC 7515 §2 has it: without padding, white space or stray bits.
[[nodiscard]] bool decode_base64url(std::string_view text, SecretBytes& out);
// Pairs of digits of either case.
[[nodiscard]] bool decode_hex(std::string_view text, SecretBytes& out);

}  // namespace sshauth
