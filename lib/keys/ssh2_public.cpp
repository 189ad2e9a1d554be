#include "lib/keys/ssh2_public.hpp"

#include "lib/keys/pem_block.hpp"

namespace sshauth {
namespace {

constexpr std::string_view kSsh2Begin = "---- BEGIN SSH2 PUBLIC KEY ----";
constexpr std::string_view kSsh2End = "---- END SSH2 PUBLIC KEY ----";

KeyError malformed(std::string_view why) {
  return {KeyErrc::malformed, "the SSH2 public key is malformed: " + std::string(why)};
}

// RFC 4716 §3.3: "tag: value", continued on the next line where one ends with a backslash. Only
// the comment interests us; it may be quoted (§3.3.2).
std::string_view header_value(std::string_view line) noexcept {
  line.remove_prefix(line.find(':') + 1);
  while (line.starts_with(' ')) line.remove_prefix(1);
  if (line.size() >= 2 && line.starts_with('"') && line.ends_with('"'))
    line = line.substr(1, line.size() - 2);
  return line;
}

}  // namespace

bool is_ssh2_public(Bytes data) noexcept { return as_text(data).starts_with(kSsh2Begin); }

KeyResult load_ssh2_public(Bytes data, LoadOptions&) {
  std::string_view text = as_text(data);
  next_line(text);
  std::string base64, comment;
  std::string_view line = next_line(text);
  for (bool continued = false; line != kSsh2End; line = next_line(text)) {
    if (text.empty()) return malformed("it does not end with \"" + std::string(kSsh2End) + "\"");
    const bool header = continued || (base64.empty() && line.find(':') != std::string_view::npos);
    if (!header)
      base64 += line;
    else if (!continued && (line.starts_with("Comment:") || line.starts_with("comment:")))
      comment = header_value(line);
    continued = header && line.ends_with('\\');
  }
  if (base64.size() > kMaxPublicBlob * 2) return malformed("it is too long");
  std::optional<Blob> blob = base64_decode(base64);
  if (!blob.has_value()) return malformed("its body is not base64");
  PublicKeyView view;
  if (KeyError bad = decode_public_blob(*blob, view); !bad.ok()) return bad;
  return Identity(std::move(*blob), std::move(comment), "SSH2 public key");
}

}  // namespace sshauth
