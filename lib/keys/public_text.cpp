#include "lib/keys/public_text.hpp"

#include "lib/keys/pem_block.hpp"

namespace sshauth {
namespace {

// Takes the next line that is neither empty nor a comment off `text`; empty: there is none.
std::string_view next_key_line(std::string_view& text) {
  while (!text.empty()) {
    std::string_view line = next_line(text);
    const std::size_t first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos || line[first] == '#') continue;
    return line.substr(first);
  }
  return {};
}

}  // namespace

// What the first line is, comes before how many there are: many files have lines.
bool is_public_line(Bytes data) {
  std::string_view text = as_text(data);
  PublicKeyLine line;
  return parse_public_line(next_key_line(text), line).code != KeyErrc::unknown_format;
}

KeyResult load_public_line(Bytes data, LoadOptions&) {
  std::string_view text = as_text(data);
  PublicKeyLine line;
  if (KeyError bad = parse_public_line(next_key_line(text), line); !bad.ok()) return bad;
  if (!next_key_line(text).empty())
    return KeyError(KeyErrc::malformed, "the file has several lines; expected one public key");
  return Identity(std::move(line.blob), std::move(line.comment), "OpenSSH public key line");
}

bool is_public_blob(Bytes data) {
  PublicKeyView view;
  return decode_public_blob(data, view).code != KeyErrc::malformed &&
         is_supported_key_type(view.type);
}

KeyResult load_public_blob(Bytes data, LoadOptions&) {
  PublicKeyView view;
  if (KeyError bad = decode_public_blob(data, view); !bad.ok()) return bad;
  return Identity(Blob(data.begin(), data.end()), {}, "SSH public key blob");
}

}  // namespace sshauth
