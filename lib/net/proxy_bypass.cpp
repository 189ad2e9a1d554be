#include "lib/net/proxy_bypass.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>

#include "lib/base/bytes.hpp"
#include "lib/net/http_text.hpp"
#include "lib/net/port.hpp"
#include "lib/trust/wildcard.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kMaxName = 255;

// Octets of an address, 4 or 16 of them.
struct Octets {
  std::array<std::uint8_t, 16> octets{};
  std::size_t len = 0;

  bool operator==(const Octets& other) const noexcept {
    return len == other.len && octets == other.octets;
  }
};

std::string_view without_brackets(std::string_view text) noexcept {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']')
    return text.substr(1, text.size() - 2);
  return text;
}

std::optional<Octets> read_address(std::string_view text) {
  const std::string host(text.substr(0, text.find('%')));  // a zone is this machine's alone
  Octets out;
  if (::inet_pton(AF_INET, host.c_str(), out.octets.data()) == 1) {
    out.len = 4;
    return out;
  }
  if (::inet_pton(AF_INET6, host.c_str(), out.octets.data()) != 1) return std::nullopt;
  out.len = 16;
  // RFC 4291 §2.5.5.2
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (!std::equal(kMapped.begin(), kMapped.end(), out.octets.begin())) return out;
  Octets v4;
  v4.len = 4;
  std::copy_n(out.octets.begin() + 12, 4, v4.octets.begin());
  return v4;
}

bool in_network(const Octets& address, const Octets& network, unsigned bits) noexcept {
  if (address.len != network.len) return false;
  for (std::size_t i = 0; i < network.len && bits != 0; ++i) {
    const unsigned here = std::min(bits, 8U);
    const auto mask = static_cast<std::uint8_t>(0xffU << (8 - here));
    if (((address.octets[i] ^ network.octets[i]) & mask) != 0) return false;
    bits -= here;
  }
  return true;
}

// One entry, taken apart.
struct Entry {
  std::string_view text;   // without its port and brackets
  std::uint16_t port = 0;  // 0: every port
  std::optional<Octets> address;
  unsigned bits = 0;
  bool network = false;
};

// ":port" behind a name, an IPv4 address or brackets; false when it is no port.
bool split_port(std::string_view& text, std::uint16_t& port) noexcept {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return true;
  const bool one = text.find(':') == colon;
  const bool bracket = text.starts_with('[') && text.find(']') < colon;
  if (!one && !bracket) return true;
  if (!parse_port(text.substr(colon + 1), port)) return false;
  text = text.substr(0, colon);
  return true;
}

bool parse_bits(std::string_view text, unsigned most, unsigned& out) noexcept {
  if (text.empty() || text.size() > 3 || !std::all_of(text.begin(), text.end(), is_digit))
    return false;
  out = 0;
  for (const char c : text) out = out * 10 + static_cast<unsigned>(c - '0');
  return out <= most;
}

// False for an entry that could never match.
bool read_entry(std::string_view text, Entry& out) {
  if (!split_port(text, out.port)) return false;
  const std::size_t slash = text.find('/');
  out.text = without_brackets(text.substr(0, slash));
  out.address = read_address(out.text);
  if (slash == std::string_view::npos)
    return out.address.has_value() ||
           (!out.text.empty() && out.text.find(':') == std::string_view::npos);
  out.network = true;
  return out.address &&
         parse_bits(text.substr(slash + 1), static_cast<unsigned>(out.address->len * 8), out.bits);
}

// The host that is asked about.
struct Host {
  std::string name;  // in lower case
  std::optional<Octets> address;
  std::uint16_t port = 0;
};

bool is_below(std::string_view name, std::string_view domain) noexcept {
  return name.size() > domain.size() + 1 && name.ends_with(domain) &&
         name[name.size() - domain.size() - 1] == '.';
}

bool covers_name(std::string_view entry, std::string_view name, BypassList kind) noexcept {
  if (entry == "<local>") return name.find('.') == std::string_view::npos;
  if (entry.size() > 1 && entry.back() == '.') entry.remove_suffix(1);
  if (entry.starts_with('.')) return entry.size() > 1 && is_below(name, entry.substr(1));
  if (entry.find_first_of("*?") != std::string_view::npos) return wildcard_match(entry, name);
  return entry == name || (kind == BypassList::no_proxy && is_below(name, entry));
}

bool covers(const Entry& entry, const Host& host, BypassList kind) {
  if (entry.port != 0 && entry.port != host.port) return false;
  if (entry.text == "*") return true;
  if (!host.address) return !entry.address && covers_name(entry.text, host.name, kind);
  if (entry.network) return in_network(*host.address, *entry.address, entry.bits);
  if (entry.address) return *entry.address == *host.address;
  // "10.0.*": lists of other systems write networks so.
  return entry.text.find_first_of("*?") != std::string_view::npos &&
         wildcard_match(entry.text, host.name);
}

// Takes the next entry off the front; false when there is none.
bool next_entry(std::string_view& rest, std::string_view& entry) noexcept {
  constexpr std::string_view kSeparators = ";, \t\r\n";
  const std::size_t begin = rest.find_first_not_of(kSeparators);
  if (begin == std::string_view::npos) return false;
  rest.remove_prefix(begin);
  entry = rest.substr(0, rest.find_first_of(kSeparators));
  rest.remove_prefix(entry.size());
  return true;
}

}  // namespace

bool proxy_bypassed(std::string_view list, BypassList kind, std::string_view host,
                    std::uint16_t port) {
  Host asked;
  asked.name = lowered_ascii(without_brackets(host));
  asked.address = read_address(asked.name);
  asked.port = port;
  if (asked.name.size() > 1 && asked.name.back() == '.') asked.name.pop_back();
  if (asked.name.empty() || asked.name.size() > kMaxName) return false;
  const std::string entries = lowered_ascii(list);
  std::string_view rest = entries, text;
  while (next_entry(rest, text)) {
    Entry entry;
    if (read_entry(text, entry) && covers(entry, asked, kind)) return true;
  }
  return false;
}

std::string bad_bypass_entry(std::string_view list) {
  std::string_view text;
  while (next_entry(list, text)) {
    Entry entry;
    if (!read_entry(text, entry)) return shown_peer(text, 60);
  }
  return {};
}

}  // namespace sshauth
