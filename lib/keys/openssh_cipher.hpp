// The ciphers of OpenSSH private key files (OpenSSH PROTOCOL.key), one row each.
#pragma once

#include <string_view>

#include "lib/base/bytes.hpp"
#include "lib/keys/key_error.hpp"
#include "lib/keys/secret_bytes.hpp"

namespace sshauth {

struct KeyFileCipher {
  enum class Kind : std::uint8_t { none, plain, gcm, chachapoly };

  std::string_view name;  // as in the file
  Kind kind;
  const char* evp;  // libcrypto's name; null for none
  std::size_t key_len, iv_len, block_len, tag_len;
};

// Null when there is no such cipher.
const KeyFileCipher* find_key_file_cipher(std::string_view name) noexcept;

// `key` is the key followed by the initialisation vector, as the key derivation gave them. `data`
// is a multiple of block_len. False: the tag is wrong, or libcrypto failed; `data` is useless then.
[[nodiscard]] bool decrypt_key_file(const KeyFileCipher& cipher, Bytes key, MutBytes data,
                                    Bytes tag);
// For the ciphers without a tag.
[[nodiscard]] bool encrypt_key_file(const KeyFileCipher& cipher, Bytes key, MutBytes data);

}  // namespace sshauth
