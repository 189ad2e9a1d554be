#include "lib/net/proxy.hpp"

#include "lib/net/proxy_rows.hpp"

namespace sshauth {

void ProxyHandshake::sent(std::size_t len) noexcept {
  sent_ += len;
  if (sent_ < out_.size()) return;
  out_ = SecretBytes();
  sent_ = 0;
}

std::size_t ProxyHandshake::receive(Bytes in) {
  std::size_t used = 0;
  while (used < in.size() && !done_ && !failed() && pending().empty()) take(in[used++]);
  return used;
}

void ProxyHandshake::closed() {
  if (!done_) fail("closed the connection before it had answered");
}

void ProxyHandshake::send(SecretBytes message) noexcept {
  out_ = std::move(message);
  sent_ = 0;
}

void ProxyHandshake::fail(std::string_view sentence) {
  if (failed()) return;
  error_ = proxy_error("the proxy " + std::string(sentence));
  out_ = SecretBytes();
  sent_ = 0;
}

SecretMessage& SecretMessage::octet(unsigned value) noexcept {
  const auto one = static_cast<std::uint8_t>(value);
  return add(Bytes(&one, 1));
}

SecretMessage& SecretMessage::add(Bytes octets) noexcept {
  const MutBytes room = block_.write().subspan(len_);
  if (octets.size() > room.size()) return *this;
  copy_bytes(room.data(), octets);
  len_ += octets.size();
  return *this;
}

bool is_proxy_host(std::string_view host) noexcept {
  if (host.empty() || host.size() > 255) return false;
  for (const char c : host)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) return false;
  return true;
}

NetError proxy_error(std::string sentence) { return {kNetProxy, 0, std::move(sentence)}; }

std::uint16_t default_proxy_port(ProxyType type) noexcept {
  switch (type) {
    case ProxyType::none: return 0;
    case ProxyType::http: return 80;
    default: return 1080;
  }
}

bool proxy_needs_address(ProxyType type) noexcept { return type == ProxyType::socks4; }

std::unique_ptr<ProxyHandshake> make_proxy_handshake(const ProxySettings& settings,
                                                     std::string_view host, std::uint16_t port,
                                                     NetError& why) {
  if (!is_proxy_host(host)) {
    why = proxy_error(
        "the host must have 1 to 255 octets without blanks or control characters to be named to a "
        "proxy");
    return nullptr;
  }
  switch (settings.type) {
    case ProxyType::none: break;
    case ProxyType::http: return make_http_proxy(settings, host, port, why);
    case ProxyType::socks4:
    case ProxyType::socks4a: return make_socks4_proxy(settings, host, port, why);
    case ProxyType::socks5: return make_socks5_proxy(settings, host, port, why);
  }
  why = proxy_error("this type of proxy does not exist");
  return nullptr;
}

}  // namespace sshauth
