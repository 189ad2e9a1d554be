#include "lib/trust/known_hosts.hpp"

#include "lib/keys/load.hpp"
#include "lib/trust/host_pattern.hpp"

namespace sshauth {
namespace {

using Marker = KnownHostsLine::Marker;

constexpr std::string_view kBlank = " \t";

std::string_view next_field(std::string_view& rest) noexcept {
  const std::size_t end = rest.find_first_of(kBlank);
  const std::string_view field = rest.substr(0, end);
  rest.remove_prefix(field.size());
  const std::size_t next = rest.find_first_not_of(kBlank);
  rest.remove_prefix(next == std::string_view::npos ? rest.size() : next);
  return field;
}

bool parse_marker(std::string_view field, Marker& out) noexcept {
  if (field == "@revoked") out = Marker::revoked;
  if (field == "@cert-authority") out = Marker::cert_authority;
  return out != Marker::none;
}

// Fields of one line into `out`; what is wrong with it, or nothing.
const char* parse_fields(std::string_view line, KnownHostsLine& out) {
  std::string_view hosts = next_field(line);
  if (hosts.starts_with('@')) {
    if (!parse_marker(hosts, out.marker)) return "a marker other than @revoked, @cert-authority";
    hosts = next_field(line);
  }
  if (!is_hosts_field(hosts)) return "no host names, or a damaged hashed one";
  out.hosts = hosts;
  out.type = next_field(line);
  const std::string_view text = next_field(line);
  out.comment = line;
  if (text.empty()) return "no key after the host names";
  std::optional<Blob> blob = base64_decode(text);
  if (!blob.has_value()) return "the key is not base64";
  if (public_blob_type(*blob) != out.type) return "the key is not of the type before it";
  out.blob = std::move(*blob);
  return nullptr;
}

HostKeyDecision changed(const KnownHostsLine& line, const std::string& name) {
  return {HostKeyVerdict::mismatch,
          "the host key of " + printable(name) + " is not the " + line.type + " key in " +
              line.place() +
              ": the key was changed, or this is another host. Remove that "
              "line only if you know that the change is right"};
}

// The verdict of the plain lines that match `name`.
HostKeyDecision judge(const std::vector<const KnownHostsLine*>& matching, const std::string& name,
                      Bytes blob) {
  const std::string_view type = public_blob_type(blob);
  const KnownHostsLine* same_type = nullptr;
  const KnownHostsLine* other = nullptr;
  for (const KnownHostsLine* line : matching) {
    if (line->marker != Marker::none) continue;
    if (same_bytes(line->blob, blob))
      return {HostKeyVerdict::accepted,
              "the host key of " + printable(name) + " is in " + line->place()};
    const KnownHostsLine*& kept = line->type == type ? same_type : other;
    if (kept == nullptr) kept = line;
  }
  if (same_type != nullptr) return changed(*same_type, name);
  if (other != nullptr)
    return {HostKeyVerdict::other_type, printable(name) + " is known by the " + other->type +
                                            " key in " + other->place() + ", but not by its " +
                                            printable(type) + " key"};
  return {HostKeyVerdict::unknown, "no key of " + printable(name) + " is on record"};
}

}  // namespace

std::string KnownHostsLine::place() const {
  return printable(file, file.size()) + " line " + std::to_string(number);
}

KeyError KnownHosts::add_file(const std::string& path) {
  SecretBytes contents;
  if (KeyError bad = read_file(path, kMaxKnownHostsFile, contents); !bad.ok()) return bad;
  return add_text(as_text(contents.reveal()), path);
}

KeyError KnownHosts::add_text(std::string_view text, const std::string& name) {
  if (text.size() > kMaxKnownHostsFile)
    return {KeyErrc::malformed,
            printable(name) + " is longer than " + std::to_string(kMaxKnownHostsFile) + " octets"};
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // a UTF-8 byte order mark
  unsigned number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    while (!line.empty() && std::string_view(" \t\r").find(line.back()) != std::string_view::npos)
      line.remove_suffix(1);
    const std::size_t first = line.find_first_not_of(kBlank);
    ++number;
    if (first == std::string_view::npos || line[first] == '#') continue;
    if (KeyError bad = add_line(line.substr(first), name, number); !bad.ok()) return bad;
  }
  return {};
}

KeyError KnownHosts::add_line(std::string_view text, const std::string& file, unsigned number) {
  const auto wrong = [&](std::string why) { problems_.push_back({file, number, std::move(why)}); };
  KnownHostsLine line;
  line.file = file;
  line.number = number;
  if (const char* why = parse_fields(text, line)) {
    if (text.starts_with('@') && line.marker != Marker::cert_authority)
      return {KeyErrc::malformed, line.place() + " may revoke a key, but cannot be read (" + why +
                                      "): mend that line or take it out"};
    wrong(why);
    return {};
  }
  // A revoked key of any type stays revoked; of the others only those we can verify are of use.
  if (!is_supported_key_type(line.type) && line.marker != Marker::revoked) {
    ++unknown_types_;
    return {};
  }
  PublicKeyView view;
  KeyError bad;
  if (line.marker != Marker::revoked) bad = decode_public_blob(line.blob, view);
  if (bad.ok())
    lines_.push_back(std::move(line));
  else
    wrong(std::move(bad.text));
  return {};
}

std::vector<const KnownHostsLine*> KnownHosts::find(std::string_view host,
                                                    std::uint16_t port) const {
  std::vector<const KnownHostsLine*> found;
  const std::string name = known_hosts_name(host, port);
  for (const KnownHostsLine& line : lines_)
    if (known_hosts_match(line.hosts, name)) found.push_back(&line);
  return found;
}

HostKeyDecision KnownHosts::check(std::string_view host, std::uint16_t port, Bytes blob) const {
  for (const KnownHostsLine* line : revoked(host, port))
    if (same_bytes(line->blob, blob))
      return {HostKeyVerdict::revoked, "the host key is marked as revoked in " + line->place()};
  const std::string name = known_hosts_name(host, port);
  HostKeyDecision decision = judge(find(host, port), name, blob);
  // Where a key of that type is on record for the port, the one without port does not count.
  if (decision.accepted() || decision.verdict == HostKeyVerdict::mismatch || port == kSshPort)
    return decision;
  HostKeyDecision without_port =
      judge(find(host, kSshPort), known_hosts_name(host, kSshPort), blob);
  return without_port.accepted() ? without_port : decision;
}

std::vector<std::string> KnownHosts::key_types(std::string_view host, std::uint16_t port) const {
  std::vector<const KnownHostsLine*> matching = find(host, port);
  if (port != kSshPort)
    for (const KnownHostsLine* line : find(host, kSshPort)) matching.push_back(line);
  std::vector<std::string> types;
  for (const KnownHostsLine* line : matching) {
    bool known = line->marker != Marker::none;
    for (const std::string& each : types) known = known || each == line->type;
    if (!known) types.push_back(line->type);
  }
  return types;
}

bool KnownHosts::hides_names(std::string_view file) const noexcept {
  for (const KnownHostsLine& line : lines_)
    if (line.file == file && line.hosts.starts_with('|')) return true;
  return false;
}

namespace {

std::vector<const KnownHostsLine*> marked(const std::vector<const KnownHostsLine*>& lines,
                                          Marker marker) {
  std::vector<const KnownHostsLine*> found;
  for (const KnownHostsLine* line : lines)
    if (line->marker == marker) found.push_back(line);
  return found;
}

}  // namespace

std::vector<const KnownHostsLine*> KnownHosts::authorities(std::string_view host,
                                                           std::uint16_t port) const {
  return marked(find(host, port), Marker::cert_authority);
}

std::vector<const KnownHostsLine*> KnownHosts::revoked(std::string_view host,
                                                       std::uint16_t port) const {
  std::vector<const KnownHostsLine*> found = marked(find(host, port), Marker::revoked);
  if (port != kSshPort)
    for (const KnownHostsLine* line : marked(find(host, kSshPort), Marker::revoked))
      found.push_back(line);
  return found;
}

}  // namespace sshauth
