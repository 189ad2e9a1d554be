// The handshakes by kind, for make_proxy_handshake alone; and what they share.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "lib/net/address.hpp"
#include "lib/net/proxy.hpp"
#include "lib/net/secret_message.hpp"

namespace sshauth {

// The server as a proxy is told it: an address in its octets, or a name.
struct ProxyTarget {
  std::string_view name;  // without brackets
  std::uint16_t port = 0;
  int family = AF_UNSPEC;  // of the address; AF_UNSPEC: it is a name
  std::array<std::uint8_t, 16> octets{};

  Bytes address() const noexcept {
    return Bytes(octets).first(family == AF_INET ? std::size_t{4} : octets.size());
  }
};

std::unique_ptr<ProxyHandshake> make_http_proxy(const ProxySettings&, const ProxyTarget&,
                                                const Provider&, NetError& why);
std::unique_ptr<ProxyHandshake> make_socks4_proxy(const ProxySettings&, const ProxyTarget&,
                                                  NetError& why);
std::unique_ptr<ProxyHandshake> make_socks5_proxy(const ProxySettings&, const ProxyTarget&,
                                                  NetError& why);

NetError proxy_error(std::string sentence);

// "72 ('H') came where 5 must stand", and what else may be listening there.
std::string wrong_octet(std::uint8_t came, std::uint8_t wanted);

}  // namespace sshauth
