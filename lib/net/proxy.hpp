// Proxies that lead to the server: HTTP CONNECT (RFC 9110 §9.3.6), SOCKS4, SOCKS4a, SOCKS5
// (RFC 1928, RFC 1929).
//
// ProxyHandshake does no I/O: octets of the proxy in, octets to the proxy out. It never takes an
// octet beyond the proxy's answer: what follows belongs to SSH. All of the proxy's answer is
// bounded, anything unexpected ends the handshake with error 118 and a sentence.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "lib/base/bytes.hpp"
#include "lib/keys/public_key.hpp"
#include "lib/keys/secret_bytes.hpp"
#include "lib/net/error.hpp"

namespace sshauth {

// The values are those of the FirewallType property.
enum class ProxyType : std::uint8_t { none = 0, http = 1, socks4 = 2, socks5 = 3, socks4a = 10 };

struct ProxySettings {
  ProxyType type = ProxyType::none;
  std::string host;
  std::uint16_t port = 0;  // 0: the type's own, 80 or 1080
  std::string user;
  SecretBytes password;
  // HTTP only: more header lines, "Name: value" separated by CR LF.
  std::string headers;
};

std::uint16_t default_proxy_port(ProxyType type) noexcept;

// One conversation with one proxy. The settings are not kept beyond the constructor.
//
// Invariants: at most one message of ours is pending; while it is, nothing is taken, so a proxy
// that answers before it was asked is not listened to. After done or failed nothing is taken
// either.
class ProxyHandshake {
 public:
  virtual ~ProxyHandshake() = default;
  ProxyHandshake(const ProxyHandshake&) = delete;
  ProxyHandshake& operator=(const ProxyHandshake&) = delete;

  // Takes octets from the front of `in` and says how many; the rest is not the proxy's.
  std::size_t receive(Bytes in);
  // The proxy sends no more.
  void closed();

  Bytes pending() const noexcept { return out_.reveal().subspan(sent_); }
  void sent(std::size_t len) noexcept;

  bool done() const noexcept { return done_ && !failed(); }
  bool failed() const noexcept { return !error_.ok(); }
  const NetError& error() const noexcept { return error_; }

 protected:
  ProxyHandshake() = default;

  // Takes one octet.
  virtual void take(std::uint8_t octet) = 0;

  void send(SecretBytes message) noexcept;
  void fail(std::string_view sentence);
  void finish() noexcept { done_ = true; }

 private:
  SecretBytes out_;  // it may hold the credentials: wiped as soon as it has left
  std::size_t sent_ = 0;
  bool done_ = false;
  NetError error_;
};

// Null, with the reason in `why`, when the settings or the host cannot be used with this proxy.
// SOCKS4 has no names: `host` must be an IPv4 address by then (proxy_needs_address tells).
std::unique_ptr<ProxyHandshake> make_proxy_handshake(const ProxySettings& settings,
                                                     std::string_view host, std::uint16_t port,
                                                     NetError& why);
bool proxy_needs_address(ProxyType type) noexcept;

// The proxy that the environment names (all_proxy, https_proxy, http_proxy, lower case first;
// "scheme://user:password@host:port"), unless no_proxy covers `host`. False when there is none.
bool proxy_from_environment(std::string_view host, ProxySettings& out);
// Whether `host` is on a list of names, addresses and ".suffix"es separated by ; , or blanks;
// "*" covers every host.
bool proxy_bypassed(std::string_view list, std::string_view host);

}  // namespace sshauth
