#include "tools/target.hpp"

#include <charconv>

namespace sshauth::tool {
namespace {

bool split_port(std::string_view rest, Target& out, std::string& why) {
  if (rest.empty()) return true;
  if (rest.front() == ':' && parse_port(rest.substr(1), out.port)) return true;
  why = "the port must be a number from 1 to 65535";
  return false;
}

// Nothing a resolver, a proxy's request line or a log could take for something else.
bool plain(std::string_view host) {
  for (const char c : host)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '/' || c == '@') return false;
  return !host.empty() && host.front() != '-';
}

bool split_host(std::string_view text, Target& out, std::string& why) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) {
      why = "the address in brackets does not end";
      return false;
    }
    out.host = text.substr(1, end - 1);
    return split_port(text.substr(end + 1), out, why);
  }
  const std::size_t colon = text.find(':');
  const bool address = colon != std::string_view::npos && text.rfind(':') != colon;
  out.host = text.substr(0, address ? std::string_view::npos : colon);  // a bare IPv6 address
  if (address || colon == std::string_view::npos) return true;
  return split_port(text.substr(colon), out, why);
}

}  // namespace

bool parse_port(std::string_view text, std::uint16_t& out) {
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, out);
  return error == std::errc{} && at == end && out != 0;
}

bool parse_target(std::string_view text, Target& out, std::string& why) {
  // User names may hold '@'; host names cannot.
  const std::size_t at = text.rfind('@');
  if (at != std::string_view::npos) {
    out.user = text.substr(0, at);
    if (out.user.empty()) {
      why = "there is no user name before the '@'";
      return false;
    }
    if (out.user.find(':') != std::string::npos) {
      why = "a ':' before the '@': a password has no place on the command line";
      return false;
    }
    text.remove_prefix(at + 1);
  }
  if (!split_host(text, out, why)) return false;
  if (plain(out.host)) return true;
  why = "the host name must be a name or an address";
  return false;
}

}  // namespace sshauth::tool
