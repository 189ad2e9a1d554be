#include "lib/trust/pinned.hpp"

#include "lib/keys/fingerprint.hpp"

namespace sshauth {
namespace {

constexpr std::string_view kBlank = " \t\r\n";
constexpr std::size_t kMaxPins = 256;

struct HashName {
  std::string_view prefix;
  const char* row;
  std::size_t len;
};
constexpr HashName kHashes[] = {
    {"SHA256:", "sha256", 32}, {"SHA1:", "sha1", 20}, {"MD5:", "md5", 16}};

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool starts_with_any_case(std::string_view text, std::string_view prefix) noexcept {
  if (text.size() < prefix.size()) return false;
  for (std::size_t i = 0; i < prefix.size(); ++i)
    if (lower(text[i]) != lower(prefix[i])) return false;
  return true;
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Two digits an octet, with a colon between all octets or between none.
std::optional<Blob> hex_decode(std::string_view text) {
  const bool colons = text.size() > 2 && text[2] == ':';
  const std::size_t step = colons ? 3 : 2;
  if (text.empty() || (text.size() + (colons ? 1 : 0)) % step != 0) return std::nullopt;
  Blob out;
  for (std::size_t i = 0; i < text.size(); i += step) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0 || (colons && i + 2 < text.size() && text[i + 2] != ':'))
      return std::nullopt;
    out.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return out;
}

// OpenSSH leaves the padding of its fingerprints away.
std::optional<Blob> base64_any_padding(std::string_view text) {
  std::string padded(text);
  while (padded.size() % 4 != 0 && padded.size() < text.size() + 2) padded += '=';
  return base64_decode(padded);
}

KeyError bad_fingerprint(std::string_view text) {
  return {KeyErrc::malformed,
          "\"" + printable(text) +
              "\" is no fingerprint: expected SHA256:base64, or 32 (MD5), 40 (SHA-1) or 64 "
              "(SHA-256) hex digits, with or without colons"};
}

std::string_view next_word(std::string_view& rest, std::string_view separators) noexcept {
  const std::size_t first = rest.find_first_not_of(separators);
  if (first == std::string_view::npos) return rest = {};
  rest.remove_prefix(first);
  const std::size_t end = rest.find_first_of(separators);
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(word.size());
  return word;
}

KeyError too_many() {
  return {KeyErrc::bad_argument, "more than " + std::to_string(kMaxPins) + " keys are pinned"};
}

HostKeyDecision accepted(std::string reason) {
  return {HostKeyVerdict::accepted, std::move(reason)};
}

}  // namespace

KeyError PinnedKeys::add_key(std::string_view text) {
  PublicKeyLine line;
  KeyError error;
  std::string_view rest = text;
  const std::string_view word = next_word(rest, kBlank);
  PublicKeyView view;
  std::optional<Blob> bare;
  if (decode_public_blob(as_bytes(text), view).ok()) {
    line.blob.assign(text.begin(), text.end());
  } else if (rest.find_first_not_of(kBlank) == std::string_view::npos &&
             (bare = base64_decode(word)).has_value() && !public_blob_type(*bare).empty()) {
    error = decode_public_blob(*bare, view);
    line.blob = std::move(*bare);
  } else {
    error = parse_public_line(text, line);
  }
  if (!error.ok()) return error;
  if (keys_.size() == kMaxPins) return too_many();
  keys_.push_back(std::move(line.blob));
  return {};
}

KeyError PinnedKeys::parse_fingerprint(std::string_view text, Fingerprint& out) {
  out.text = text;
  for (const HashName& hash : kHashes) {
    if (!starts_with_any_case(text, hash.prefix)) continue;
    const std::string_view rest = text.substr(hash.prefix.size());
    std::optional<Blob> octets = hex_decode(rest);
    if (!octets.has_value() || octets->size() != hash.len) octets = base64_any_padding(rest);
    if (!octets.has_value() || octets->size() != hash.len) return bad_fingerprint(text);
    out.hash = hash.row;
    out.octets = std::move(*octets);
    return {};
  }
  std::optional<Blob> octets = hex_decode(text);
  for (const HashName& hash : kHashes)
    if (octets.has_value() && octets->size() == hash.len) {
      out.hash = hash.row;
      out.octets = std::move(*octets);
      return {};
    }
  return bad_fingerprint(text);
}

KeyError PinnedKeys::add_fingerprints(std::string_view list) {
  std::vector<Fingerprint> parsed;
  for (std::string_view word = next_word(list, ", \t\r\n;"); !word.empty();
       word = next_word(list, ", \t\r\n;")) {
    if (fingerprints_.size() + parsed.size() == kMaxPins) return too_many();
    Fingerprint one;
    if (KeyError bad = parse_fingerprint(word, one); !bad.ok()) return bad;
    parsed.push_back(std::move(one));
  }
  if (parsed.empty()) return {KeyErrc::malformed, "the list of fingerprints is empty"};
  for (Fingerprint& one : parsed) fingerprints_.push_back(std::move(one));
  return {};
}

KeyError PinnedKeys::add(std::string_view text) {
  std::string_view rest = text;
  const std::string_view word = next_word(rest, kBlank);
  // Every blob begins with the length of a name, so the base64 of one with AAAA.
  if (is_supported_key_type(word) || word.starts_with("AAAA") || text.starts_with('\0') ||
      next_word(rest, kBlank).starts_with("AAAA"))
    return add_key(text);
  return add_fingerprints(text);
}

bool PinnedKeys::has_key(Bytes blob) const noexcept {
  for (const Blob& key : keys_)
    if (same_bytes(key, blob)) return true;
  return false;
}

HostKeyDecision PinnedKeys::check(Bytes blob, const Provider& provider) const {
  if (empty()) return {};
  if (has_key(blob)) return accepted("the host key is the pinned one");
  for (const Fingerprint& one : fingerprints_)
    if (const std::string octets = fingerprint_octets(blob, one.hash, provider);
        !octets.empty() && same_bytes(as_bytes(octets), one.octets))
      return accepted("the host key has the pinned fingerprint " + printable(one.text));
  return {HostKeyVerdict::mismatch,
          "the host key (" + printable(public_blob_type(blob)) + ", " +
              fingerprint(blob, FingerprintKind::sha256_base64, provider) +
              ") is none of those that were pinned"};
}

std::vector<std::string> PinnedKeys::key_types() const {
  std::vector<std::string> types;
  for (const Blob& key : keys_) {
    const std::string type(public_blob_type(key));
    bool known = false;
    for (const std::string& each : types) known = known || each == type;
    if (!known) types.push_back(type);
  }
  return types;
}

}  // namespace sshauth
