#include "lib/net/proxy_environment.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "lib/net/address.hpp"
#include "lib/net/http_text.hpp"
#include "lib/net/port.hpp"
#include "lib/net/proxy_bypass.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kMaxUrl = 4'096;

NetError refused(std::string sentence) { return {kNetProxy, 0, std::move(sentence)}; }

int hex_digit(char c) noexcept {
  if (is_digit(c)) return c - '0';
  const char l = lower_ascii(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

// RFC 3986 §2.1; false when a % is followed by no two digits.
bool percent_decode(std::string_view text, SecretBytes& out) {
  SecretBytes octets(text.size());
  std::size_t len = 0;
  for (std::size_t i = 0; i < text.size(); ++i, ++len) {
    octets.write()[len] = static_cast<std::uint8_t>(text[i]);
    if (text[i] != '%') continue;
    if (text.size() - i < 3) return false;
    const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return false;
    octets.write()[len] = static_cast<std::uint8_t>(high * 16 + low);
    i += 2;
  }
  octets.shrink(len);
  out = std::move(octets);
  return true;
}

// RFC 3986 §3.1. What is no scheme may be part of a password, and is not shown.
bool is_scheme(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 16 && !is_digit(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alnum(c) || c == '+' || c == '-' || c == '.'; });
}

// Takes the scheme off the front.
NetError read_scheme(std::string_view& url, ProxyType& out) {
  struct Row {
    std::string_view scheme;
    ProxyType type;
  };
  static constexpr std::array<Row, 6> kRows{
      Row{"http", ProxyType::http},       Row{"socks4", ProxyType::socks4},
      Row{"socks4a", ProxyType::socks4a}, Row{"socks5", ProxyType::socks5},
      Row{"socks5h", ProxyType::socks5},  Row{"socks", ProxyType::socks5}};
  out = ProxyType::http;
  const std::size_t mark = url.find("://");
  if (mark == std::string_view::npos) return {};
  const std::string scheme = lowered_ascii(url.substr(0, mark));
  url.remove_prefix(mark + 3);
  for (const Row& row : kRows)
    if (row.scheme == scheme) {
      out = row.type;
      return {};
    }
  const std::string shown = is_scheme(scheme) ? "the scheme " + scheme : "an unknown scheme";
  return refused("names a proxy with " + shown +
                 ", which is not supported; http, socks4, socks4a, socks5 and socks5h are");
}

NetError read_login(std::string_view login, ProxySettings& out) {
  const std::size_t colon = login.find(':');
  SecretBytes user;
  bool ok = percent_decode(login.substr(0, colon), user);
  if (ok && colon != std::string_view::npos)
    ok = percent_decode(login.substr(colon + 1), out.password);
  if (!ok) return refused("has a % in its user name or password without two digits behind it");
  out.user = as_text(user.reveal());
  return {};
}

NetError read_host(std::string_view text, ProxySettings& out) {
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    Address address;
    if (end == std::string_view::npos || !parse_address(text.substr(1, end - 1), address) ||
        address.family() != AF_INET6)
      return refused("has brackets without an IPv6 address in them");
    out.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    out.host = text.substr(0, colon);
    port = text.substr(colon);
    if (port.find(':', 1) != std::string_view::npos)
      return refused("has an IPv6 address without brackets, or a second port");
  }
  if (out.host.empty()) return refused("names no host");
  for (const char c : out.host)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f)
      return refused("names a host with blanks or control characters");
  out.port = default_proxy_port(out.type);
  if (!port.empty() && (port.front() != ':' || !parse_port(port.substr(1), out.port)))
    return refused("has a port that is none of 1 to 65535");
  return {};
}

struct Variable {
  const char* lower;
  const char* upper;
};

// Its value and its name; an empty value counts as none.
const char* look_up(const Environment& environment, const Variable& variable, const char*& name) {
  for (const char* each : {variable.lower, variable.upper}) {
    const std::string_view asked = each;
    if (asked == "HTTP_PROXY" && environment("REQUEST_METHOD") != nullptr) continue;
    const char* value = environment(each);
    if (value == nullptr || *value == '\0') continue;
    name = each;
    return value;
  }
  return nullptr;
}

}  // namespace

const char* system_environment(const char* name) noexcept { return std::getenv(name); }

NetError parse_proxy_url(std::string_view url, ProxySettings& out) {
  ProxySettings read;
  if (url.size() > kMaxUrl) return refused("is longer than 4,096 octets");
  if (NetError error = read_scheme(url, read.type); !error.ok()) return error;
  const std::size_t end = url.find_first_of("/?#");
  if (end != std::string_view::npos && url.substr(end) != "/")
    return refused("has something behind the port; / ? # in a password need %2F %3F %23");
  url = url.substr(0, end);
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) {
    if (NetError error = read_login(url.substr(0, at), read); !error.ok()) return error;
    url.remove_prefix(at + 1);
  }
  if (NetError error = read_host(url, read); !error.ok()) return error;
  read.headers = std::move(out.headers);
  out = std::move(read);
  return {};
}

NetError proxy_from_environment(const Environment& environment, std::string_view host,
                                std::uint16_t port, ProxySettings& out) {
  constexpr std::array<Variable, 3> kNames{
      {{"all_proxy", "ALL_PROXY"}, {"https_proxy", "HTTPS_PROXY"}, {"http_proxy", "HTTP_PROXY"}}};
  out.type = ProxyType::none;
  const char* name = nullptr;
  const char* none = look_up(environment, {"no_proxy", "NO_PROXY"}, name);
  if (none != nullptr && proxy_bypassed(none, BypassList::no_proxy, host, port)) return {};
  for (const Variable& variable : kNames) {
    const char* value = look_up(environment, variable, name);
    if (value == nullptr) continue;
    NetError error = parse_proxy_url(value, out);
    if (!error.ok()) {
      out.type = ProxyType::none;
      error.text = "the environment variable " + std::string(name) + " " + error.text;
    }
    return error;
  }
  return {};
}

}  // namespace sshauth
