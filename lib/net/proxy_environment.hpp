// The proxy that the environment names, for FirewallAutoDetect.
//
// The first of these that is set and not empty decides, lower case before upper:
//
//   all_proxy, ALL_PROXY        meant for every protocol, so for SSH too
//   https_proxy, HTTPS_PROXY    meant for tunnels through CONNECT, which is what SSH needs
//   http_proxy, HTTP_PROXY      the last resort: many set no other. In a CGI program (where
//                               REQUEST_METHOD is set) HTTP_PROXY may be a request's header
//                               "Proxy:" and is not looked at
//
// The value reads [scheme://][user[:password]@]host[:port][/]: scheme http (also without one),
// socks4, socks4a, socks5, socks5h or socks (both socks5: the proxy looks names up); user and
// password with %XX; IPv6 in brackets; without a port 80 for http and 1080 for the others. Anything
// else is error 118, and never passed over: the connection would go where it was not meant to.
//
// no_proxy, or NO_PROXY, lists hosts that go without (lib/net/proxy_bypass.hpp).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "lib/net/proxy.hpp"

namespace sshauth {

// The value of a variable; null when there is none.
using Environment = std::function<const char*(const char* name)>;
const char* system_environment(const char* name) noexcept;

// Sets `out` but for its headers; out.type is none when the host goes without a proxy. An error
// names the variable, never its value, which may hold a password.
NetError proxy_from_environment(const Environment& environment, std::string_view host,
                                std::uint16_t port, ProxySettings& out);

// One value; the sentence of an error goes on after the name of its variable.
NetError parse_proxy_url(std::string_view url, ProxySettings& out);

}  // namespace sshauth
