#include "lib/keys/secret_text.hpp"

#include <sodium.h>

namespace sshauth {
namespace {

// libsodium 1.0.18 reads octets from 0x80 on as digits.
bool is_ascii(std::string_view text) noexcept {
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}

bool decode(std::string_view text, int variant, const char* ignored, SecretBytes& out) {
  if (!is_ascii(text)) return false;
  out = SecretBytes(text.size() / 4 * 3 + 3);
  std::size_t len = 0;
  // Without an end pointer the whole text has to be base64.
  if (sodium_base642bin(out.write().data(), out.size(), text.data(), text.size(), ignored, &len,
                        nullptr, variant) != 0)
    return false;
  out.shrink(len);
  return true;
}

}  // namespace

bool decode_base64(std::string_view text, SecretBytes& out) {
  return decode(text, sodium_base64_VARIANT_ORIGINAL, " \t\r\n", out);
}

bool decode_base64url(std::string_view text, SecretBytes& out) {
  return decode(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING, nullptr, out);
}

bool decode_hex(std::string_view text, SecretBytes& out) {
  if (!is_ascii(text)) return false;
  out = SecretBytes(text.size() / 2);
  std::size_t len = 0;
  return sodium_hex2bin(out.write().data(), out.size(), text.data(), text.size(), nullptr, &len,
                        nullptr) == 0 &&
         len == out.size() && text.size() % 2 == 0;
}

}  // namespace sshauth
