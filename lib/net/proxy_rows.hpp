// The handshakes by kind, for make_proxy_handshake alone; and what they share.
#pragma once

#include <memory>
#include <string_view>

#include "lib/net/proxy.hpp"

namespace sshauth {

// Builds a message that may hold secrets, in one block that is wiped.
class SecretMessage {
 public:
  explicit SecretMessage(std::size_t room) : block_(room) {}

  SecretMessage& octet(unsigned value) noexcept;
  SecretMessage& u16(std::uint16_t value) noexcept {
    return octet(value >> 8).octet(value & 0xffU);
  }
  SecretMessage& add(Bytes octets) noexcept;
  SecretMessage& add(std::string_view text) noexcept { return add(as_bytes(text)); }
  // What did not fit was left out: callers count their room first.
  SecretBytes take() noexcept {
    block_.shrink(len_);
    return std::move(block_);
  }

 private:
  SecretBytes block_;
  std::size_t len_ = 0;
};

std::unique_ptr<ProxyHandshake> make_http_proxy(const ProxySettings&, std::string_view host,
                                                std::uint16_t port, NetError& why);
std::unique_ptr<ProxyHandshake> make_socks4_proxy(const ProxySettings&, std::string_view host,
                                                  std::uint16_t port, NetError& why);
std::unique_ptr<ProxyHandshake> make_socks5_proxy(const ProxySettings&, std::string_view host,
                                                  std::uint16_t port, NetError& why);

// A host as it may stand in a proxy's request: 1 to 255 octets, no blanks, no control characters.
bool is_proxy_host(std::string_view host) noexcept;
NetError proxy_error(std::string sentence);

}  // namespace sshauth
