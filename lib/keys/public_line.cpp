// The text forms of a public key: OpenSSH's line and base64 around the blob.
#include <sodium.h>

#include "lib/keys/public_key.hpp"

namespace sshauth {
namespace {

constexpr std::string_view kBlank = " \t";

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// Takes the next word off `rest`; blanks inside double quotes belong to it (sshd(8),
// AUTHORIZED_KEYS FILE FORMAT: options may be quoted, with \" for a quote).
std::string_view next_word(std::string_view& rest) noexcept {
  std::size_t end = 0;
  bool quoted = false;
  for (; end < rest.size(); ++end) {
    const char c = rest[end];
    if (quoted && c == '\\' && end + 1 < rest.size() && rest[end + 1] == '"')
      ++end;
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted && kBlank.find(c) != std::string_view::npos)
      break;
  }
  const std::string_view word = rest.substr(0, end);
  rest = trimmed(rest.substr(end));
  return word;
}

// "type base64 [comment]". False when it does not even look like that.
bool split_line(std::string_view line, PublicKeyLine& out) {
  const std::string_view type = next_word(line);
  const std::string_view text = next_word(line);
  if (type.empty() || text.empty() || text.size() > kMaxPublicBlob * 2) return false;
  std::optional<Blob> blob = base64_decode(text);
  if (!blob.has_value() || public_blob_type(*blob) != type) return false;
  out.type = type;
  out.blob = std::move(*blob);
  out.comment = line;
  return true;
}

KeyError no_line(std::string_view line) {
  const std::string_view type = next_word(line);
  if (!is_supported_key_type(type))
    return {KeyErrc::unknown_format,
            "expected a public key line, \"type base64 comment\"; it begins with \"" +
                printable(type, 40) + "\""};
  return {KeyErrc::malformed, "the " + std::string(type) +
                                  " line does not go on with the base64 of a key of that type; it "
                                  "may have been cut or wrapped"};
}

}  // namespace

KeyError parse_public_line(std::string_view line, PublicKeyLine& out) {
  out = {};
  line = trimmed(line);
  if (!split_line(line, out)) {
    std::string_view rest = line;
    const std::string_view options = next_word(rest);
    if (!split_line(rest, out)) return no_line(line);
    out.options = options;
  }
  PublicKeyView view;
  return decode_public_blob(out.blob, view);
}

std::string format_public_line(Bytes blob, std::string_view comment) {
  std::string line = std::string(public_blob_type(blob)) + " " + base64_encode(blob);
  if (!comment.empty()) line += " " + printable(comment, comment.size());
  return line;
}

std::optional<Blob> base64_decode(std::string_view text) {
  // libsodium 1.0.18 reads octets from 0x80 on as digits.
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x80) return std::nullopt;
  Blob out(text.size() / 4 * 3 + 3);
  std::size_t len = 0;
  // Without an end pointer the whole text has to be base64; nothing is ignored.
  if (sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &len, nullptr,
                        sodium_base64_VARIANT_ORIGINAL) != 0)
    return std::nullopt;
  out.resize(len);
  return out;
}

std::string base64_encode(Bytes octets) {
  std::string out(sodium_base64_ENCODED_LEN(octets.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), octets.data(), octets.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();  // the NUL
  return out;
}

}  // namespace sshauth
