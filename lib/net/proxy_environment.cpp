// Which proxy the environment names, and which hosts go without one.
#include <array>
#include <cstdlib>

#include "lib/net/proxy.hpp"

namespace sshauth {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

// RFC 3986 §2.1; false when a % is followed by no two digits.
bool percent_decode(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size()) return false;
    const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return false;
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return true;
}

bool type_of_scheme(std::string_view scheme, ProxyType& out) {
  struct Row {
    std::string_view scheme;
    ProxyType type;
  };
  static constexpr std::array<Row, 6> kRows{
      Row{"http", ProxyType::http},       Row{"socks4", ProxyType::socks4},
      Row{"socks4a", ProxyType::socks4a}, Row{"socks5", ProxyType::socks5},
      Row{"socks5h", ProxyType::socks5},  Row{"socks", ProxyType::socks5}};
  for (const Row& row : kRows)
    if (row.scheme == scheme) {
      out = row.type;
      return true;
    }
  return false;
}

bool parse_port(std::string_view text, std::uint16_t& out) {
  unsigned value = 0;
  if (text.empty() || text.size() > 5) return false;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  out = static_cast<std::uint16_t>(value);
  return value >= 1 && value <= 65535;
}

bool parse_host_port(std::string_view text, ProxySettings& out) {
  std::size_t colon = std::string_view::npos;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    out.host = text.substr(1, end - 1);
    if (end + 1 < text.size()) {
      if (text[end + 1] != ':') return false;
      colon = end + 1;
    }
  } else {
    colon = text.find(':');
    out.host = text.substr(0, colon);
  }
  out.port = default_proxy_port(out.type);
  if (colon != std::string_view::npos && !parse_port(text.substr(colon + 1), out.port))
    return false;
  return !out.host.empty();
}

// "scheme://user:password@host:port/"; without a scheme it is http, as others read it.
bool parse_proxy(std::string_view text, ProxySettings& out) {
  std::string scheme = "http";
  if (const std::size_t mark = text.find("://"); mark != std::string_view::npos) {
    scheme = lowered(text.substr(0, mark));
    text.remove_prefix(mark + 3);
  }
  ProxySettings parsed;
  if (!type_of_scheme(scheme, parsed.type)) return false;
  text = text.substr(0, text.find('/'));
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    const std::string_view login = text.substr(0, at);
    text.remove_prefix(at + 1);
    const std::size_t colon = login.find(':');
    std::string password;
    if (!percent_decode(login.substr(0, colon), parsed.user)) return false;
    if (colon != std::string_view::npos && !percent_decode(login.substr(colon + 1), password))
      return false;
    parsed.password = SecretBytes(as_bytes(password));
    secure_wipe(password.data(), password.size());
  }
  if (!parse_host_port(text, parsed)) return false;
  parsed.headers = std::move(out.headers);
  out = std::move(parsed);
  return true;
}

const char* environment(const char* a, const char* b) noexcept {
  const char* value = std::getenv(a);
  return value != nullptr && *value != '\0' ? value : std::getenv(b);
}

std::string_view strip(std::string_view text) noexcept {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']')
    return text.substr(1, text.size() - 2);
  return text;
}

// Equal, or `host` is a subdomain of `entry` (".example.org" and "*.example.org" mean that too).
bool covers(std::string_view entry, std::string_view host) noexcept {
  if (entry == "*" || strip(entry) == host) return true;
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  if (entry.starts_with('.')) entry.remove_prefix(1);
  return !entry.empty() && host.size() > entry.size() && host.ends_with(entry) &&
         host[host.size() - entry.size() - 1] == '.';
}

}  // namespace

bool proxy_bypassed(std::string_view list, std::string_view host) {
  const std::string name = lowered(strip(host));
  const std::string entries = lowered(list);
  constexpr std::string_view kSeparators = ";, \t\r\n";
  std::string_view rest = entries;
  while (!rest.empty()) {
    const std::size_t end = rest.find_first_of(kSeparators);
    const std::string_view entry = rest.substr(0, end);
    if (!entry.empty() && covers(entry, name)) return true;
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return false;
}

bool proxy_from_environment(std::string_view host, ProxySettings& out) {
  if (const char* none = environment("no_proxy", "NO_PROXY");
      none != nullptr && proxy_bypassed(none, host))
    return false;
  constexpr std::array<std::array<const char*, 2>, 3> kNames{{
      {"all_proxy", "ALL_PROXY"},
      {"https_proxy", "HTTPS_PROXY"},
      // Not HTTP_PROXY: a web server sets it from a request's header.
      {"http_proxy", "http_proxy"},
  }};
  for (const auto& [low, high] : kNames)
    if (const char* value = environment(low, high); value != nullptr && *value != '\0')
      return parse_proxy(value, out);
  return false;
}

}  // namespace sshauth
