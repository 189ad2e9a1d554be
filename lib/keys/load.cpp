#include "lib/keys/load.hpp"

#include "lib/keys/openssh_private.hpp"
#include "lib/keys/ossl.hpp"
#include "lib/keys/pem.hpp"
#include "lib/keys/ssh2_public.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kMaxPassphrase = 1024;

// Formats that are told apart only to say what to do with them.
struct Known {
  std::string_view begins, text;
};
constexpr Known kUnread[] = {
    {"PuTTY-User-Key-File-",
     "PuTTY key files are not supported; \"puttygen FILE -O private-openssh-new\" converts one"},
    {"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----",
     "ssh.com private keys are not supported; \"ssh-keygen -i -f FILE\" converts one"},
    {"SSH PRIVATE KEY FILE FORMAT 1.1\n", "keys of SSH protocol 1 are not supported"},
};

std::string_view without_leading_blanks(std::string_view text) noexcept {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // a UTF-8 byte order mark
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

// The one line of `text` that is neither empty nor a comment.
KeyError only_line(std::string_view text, std::string_view& out) {
  out = {};
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = without_leading_blanks(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.starts_with('#')) continue;
    if (!out.empty())
      return {KeyErrc::malformed, "the file has several lines; expected one public key"};
    out = line;
  }
  if (out.empty()) return {KeyErrc::unknown_format, "the file is empty; expected a key"};
  return {};
}

KeyResult load_public_line(std::string_view text) {
  std::string_view first;
  const KeyError several = only_line(text, first);
  if (first.empty()) return several;
  PublicKeyLine line;
  // What the first line is, comes before how many there are: many files have lines.
  if (KeyError bad = parse_public_line(first, line); !bad.ok()) {
    // Nothing of the file is shown: who names a wrong file may have named one with a password.
    if (bad.code == KeyErrc::unknown_format)
      bad.text =
          "there is no key of a known format in it; expected PEM (\"-----BEGIN ...-----\") or a "
          "public key line (\"type base64 comment\")";
    return bad;
  }
  if (!several.ok()) return several;
  return Identity(std::move(line.blob), std::move(line.comment), "OpenSSH public key line");
}

KeyResult load_by_content(Bytes data, const LoadOptions& options) {
  const std::string_view text = without_leading_blanks(as_text(data));
  if (as_text(data).starts_with(kOpensshMagic)) return load_openssh_private(data, options);
  for (const Known& known : kUnread)
    if (text.starts_with(known.begins))
      return KeyError(KeyErrc::unknown_format, std::string(known.text));
  if (text.starts_with(kSsh2Begin)) return load_ssh2_public(text);
  if (text.find("-----BEGIN ") != std::string_view::npos) return load_pem(as_bytes(text), options);
  return load_public_line(text);
}

}  // namespace

KeyResult load_identity(Bytes data, const LoadOptions& options) {
  if (data.size() > options.limits.file_octets || data.size() > INT32_MAX)
    return KeyError(KeyErrc::malformed,
                    "the key has " + std::to_string(data.size()) + " octets; at most " +
                        std::to_string(options.limits.file_octets) + " are read");
  if (options.passphrase.has_value() && options.passphrase->size() > kMaxPassphrase)
    return KeyError(KeyErrc::bad_argument,
                    "the passphrase is longer than " + std::to_string(kMaxPassphrase) + " octets");
  const ossl::ErrorMark mark;
  KeyResult result = load_by_content(data, options);
  if (result.ok() && options.public_only) result->drop_private();
  return result;
}

KeyResult load_identity_file(const std::string& path, const LoadOptions& options) {
  SecretBytes data;
  if (KeyError bad = read_file(path, options.limits.file_octets, data); !bad.ok()) return bad;
  KeyResult result = load_identity(data.reveal(), options);
  if (result.ok()) return result;
  KeyError bad = result.error();
  bad.text = printable(path, path.size()) + ": " + bad.text;
  return bad;
}

}  // namespace sshauth
