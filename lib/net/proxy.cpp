#include "lib/net/proxy.hpp"

#include <cstring>

#include "lib/net/http_text.hpp"
#include "lib/net/proxy_rows.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kMaxName = 255;  // RFC 1928 §5: its length has one octet

std::string_view type_name(ProxyType type) noexcept {
  switch (type) {
    case ProxyType::none: break;
    case ProxyType::http: return "HTTP ";
    case ProxyType::socks4: return "SOCKS4 ";
    case ProxyType::socks4a: return "SOCKS4a ";
    case ProxyType::socks5: return "SOCKS5 ";
  }
  return "";
}

// Nothing that a proxy's request, or what the proxy makes of it, could take for something else.
bool is_name(std::string_view name) noexcept {
  for (const char c : name)
    if (!is_alnum(c) && c != '-' && c != '.' && c != '_') return false;
  return !name.empty() && name.size() <= kMaxName;
}

// False with the reason in `why`.
bool read_target(std::string_view host, ProxyTarget& out, NetError& why) {
  const bool brackets = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  out.name = brackets ? host.substr(1, host.size() - 2) : host;
  if (out.name.find(':') != std::string_view::npos && out.name.find('%') != std::string_view::npos)
    why = proxy_error(
        "the host's address has a zone (behind the %), which means nothing to a proxy; leave it "
        "out or connect without the proxy");
  if (!why.ok()) return false;
  Address address;
  if (parse_address(out.name, address)) {
    out.family = address.family();
    if (out.family == AF_INET) {
      sockaddr_in v4{};
      std::memcpy(&v4, address.data(), sizeof v4);
      std::memcpy(out.octets.data(), &v4.sin_addr, sizeof v4.sin_addr);
    } else {
      sockaddr_in6 v6{};
      std::memcpy(&v6, address.data(), sizeof v6);
      std::memcpy(out.octets.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
    }
    return true;
  }
  if (is_name(out.name)) return true;
  why = proxy_error(
      "the host must be an address, or a name of 1 to 255 letters, digits, dots, hyphens and "
      "underscores, to be named to a proxy; other names need their ASCII form (xn--...)");
  return false;
}

}  // namespace

void ProxyHandshake::sent(std::size_t len) noexcept {
  sent_ += len;
  if (sent_ < out_.size()) return;
  out_ = SecretBytes();
  sent_ = 0;
}

std::size_t ProxyHandshake::receive(Bytes in) {
  std::size_t used = 0;
  while (used < in.size() && !done_ && !failed() && !wants_connection_ && pending().empty())
    take(in[used++]);
  return used;
}

void ProxyHandshake::closed() {
  if (!done_ && !failed() && !wants_connection_) take_close();
}

void ProxyHandshake::send(SecretBytes message) noexcept {
  out_ = std::move(message);
  sent_ = 0;
}

void ProxyHandshake::send_anew(SecretBytes message) noexcept {
  send(std::move(message));
  wants_connection_ = true;
}

void ProxyHandshake::fail(std::string_view sentence) {
  if (failed()) return;
  error_ = proxy_error(name_ + " " + std::string(sentence));
  out_ = SecretBytes();
  sent_ = 0;
}

void ProxyHandshake::remark_password_in_clear() {
  remark_ = "The password for " + name_ + " went to it in the clear";
}

NetError proxy_error(std::string sentence) { return {kNetProxy, 0, std::move(sentence)}; }

std::string wrong_octet(std::uint8_t came, std::uint8_t wanted) {
  std::string out = std::to_string(came);
  if (came > 0x20 && came < 0x7f) out += std::string(" ('") + static_cast<char>(came) + "')";
  out += " came where " + std::to_string(wanted) + " must stand";
  if (came == 'H') out += "; it may be an HTTP proxy";
  if (came == 'S') out += "; it may be an SSH server";
  return out;
}

std::uint16_t default_proxy_port(ProxyType type) noexcept {
  switch (type) {
    case ProxyType::none: return 0;
    case ProxyType::http: return 80;
    default: return 1080;
  }
}

std::uint16_t proxy_port(const ProxySettings& settings) noexcept {
  return settings.port != 0 ? settings.port : default_proxy_port(settings.type);
}

std::string proxy_name(const ProxySettings& settings) {
  return "the " + std::string(type_name(settings.type)) + "proxy " +
         shown_peer(settings.host, kMaxName) + " port " + std::to_string(proxy_port(settings));
}

bool proxy_needs_address(ProxyType type) noexcept { return type == ProxyType::socks4; }

std::unique_ptr<ProxyHandshake> make_proxy_handshake(const ProxySettings& settings,
                                                     std::string_view host, std::uint16_t port,
                                                     const Provider& provider, NetError& why) {
  why = NetError();
  ProxyTarget target;
  target.port = port;
  if (!read_target(host, target, why)) return nullptr;
  switch (settings.type) {
    case ProxyType::none: break;
    case ProxyType::http: return make_http_proxy(settings, target, provider, why);
    case ProxyType::socks4:
    case ProxyType::socks4a: return make_socks4_proxy(settings, target, why);
    case ProxyType::socks5: return make_socks5_proxy(settings, target, why);
  }
  why = proxy_error("this type of proxy does not exist");
  return nullptr;
}

}  // namespace sshauth
