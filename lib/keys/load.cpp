#include "lib/keys/load.hpp"

#include <algorithm>

#include "lib/keys/formats.hpp"
#include "lib/keys/ossl.hpp"
#include "lib/keys/secret_text.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kMaxPassphrase = 1024;

Bytes without_leading_blanks(Bytes data) noexcept {
  std::string_view text = as_text(data);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // a UTF-8 byte order mark
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? Bytes{} : as_bytes(text.substr(first));
}

const KeyFormat* find_format(Bytes data) {
  for (const KeyFormat& format : key_formats())
    if (format.looks_like(data)) return &format;
  return nullptr;
}

KeyError read_as(const KeyFormat& format, Bytes data, LoadOptions& options, KeyList& keys) {
  if (!includes(options.families, format.family))
    return {KeyErrc::unknown_format,
            std::string("it is ") + format.name + ", which is not what was asked for"};
  if (KeyError bad = format.read(data, options, keys); !bad.ok()) return bad;
  if (!keys.keys().empty()) return {};
  if (keys.passed_over().num != 0) return keys.passed_over().first;
  return {KeyErrc::malformed, std::string("it is ") + format.name + " with no key in it"};
}

KeyError read_by_content(Bytes data, LoadOptions& options, KeyList& keys) {
  data = without_leading_blanks(data);
  if (data.empty()) return {KeyErrc::unknown_format, "the file is empty; expected a key"};
  if (const KeyFormat* format = find_format(data)) return read_as(*format, data, options, keys);
  SecretBytes decoded;
  if (decode_base64(as_text(data), decoded)) {
    const Bytes inner = without_leading_blanks(decoded.reveal());
    if (const KeyFormat* format = find_format(inner)) return read_as(*format, inner, options, keys);
  }
  // Nothing of the file is shown: who names a wrong file may have named one with a password.
  return {KeyErrc::unknown_format,
          "there is no key of a known format in it; expected PEM (\"-----BEGIN ...-----\"), a "
          "public key line (\"type base64 comment\") or a key store"};
}

KeyError check_sizes(Bytes data, const LoadOptions& options) {
  if (data.size() > options.limits.file_octets || data.size() > INT32_MAX)
    return {KeyErrc::malformed, "the key has " + std::to_string(data.size()) + " octets; at most " +
                                    std::to_string(options.limits.file_octets) + " are read"};
  if (options.passphrase.has_value() && options.passphrase->size() > kMaxPassphrase)
    return {KeyErrc::bad_argument,
            "the passphrase is longer than " + std::to_string(kMaxPassphrase) + " octets"};
  return {};
}

KeyError about_file(const std::string& path, KeyError bad) {
  bad.text = printable(path, path.size()) + ": " + bad.text;
  return bad;
}

KeyResult best_of(std::vector<Identity>& keys) {
  const auto best =
      std::find_if(keys.begin(), keys.end(), [](const Identity& key) { return key.has_private(); });
  return std::move(best != keys.end() ? *best : keys.front());
}

}  // namespace

std::string passed_over_sentence(const PassedOver& passed_over) {
  if (passed_over.num == 0) return {};
  if (passed_over.num == 1)
    return "one key or certificate was passed over: " + passed_over.first.text;
  return std::to_string(passed_over.num) +
         " keys or certificates were passed over; the first: " + passed_over.first.text;
}

KeyError load_keys(Bytes data, const LoadOptions& options, std::vector<Identity>& out,
                   PassedOver* passed_over) {
  if (KeyError bad = check_sizes(data, options); !bad.ok()) return bad;
  const ossl::ErrorMark mark;
  LoadOptions left = options;
  KeyList keys(options.limits.keys);
  if (KeyError bad = read_by_content(data, left, keys); !bad.ok()) return bad;
  out = std::move(keys.keys());
  if (passed_over != nullptr) *passed_over = keys.passed_over();
  if (options.public_only)
    for (Identity& key : out) key.drop_private();
  return {};
}

KeyError load_keys_file(const std::string& path, const LoadOptions& options,
                        std::vector<Identity>& out, PassedOver* passed_over) {
  SecretBytes data;
  if (KeyError bad = read_file(path, options.limits.file_octets, data); !bad.ok()) return bad;
  KeyError bad = load_keys(data.reveal(), options, out, passed_over);
  return bad.ok() ? bad : about_file(path, std::move(bad));
}

KeyResult load_identity(Bytes data, const LoadOptions& options) {
  std::vector<Identity> keys;
  if (KeyError bad = load_keys(data, options, keys); !bad.ok()) return bad;
  return best_of(keys);
}

KeyResult load_identity_file(const std::string& path, const LoadOptions& options) {
  std::vector<Identity> keys;
  if (KeyError bad = load_keys_file(path, options, keys); !bad.ok()) return bad;
  return best_of(keys);
}

bool can_load(KeyFamilies families) noexcept {
  const std::span<const KeyFormat> formats = key_formats();
  return std::any_of(formats.begin(), formats.end(),
                     [&](const KeyFormat& format) { return includes(families, format.family); });
}

}  // namespace sshauth
