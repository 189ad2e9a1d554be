// Proxies that lead to the server: HTTP CONNECT (RFC 9110 §9.3.6), SOCKS4, SOCKS4a, SOCKS5
// (RFC 1928, RFC 1929).
//
// ProxyHandshake does no I/O: octets of the proxy in, octets to the proxy out. It never takes an
// octet beyond the proxy's answer: what follows belongs to SSH. All of the proxy's answer is
// bounded, anything unexpected ends the handshake with error 118 and a sentence.
//
// Who looks up the server's name: with SOCKS4, which has no names, we do (IPv4 alone); with HTTP,
// SOCKS4a and SOCKS5 the proxy does, and the name is never looked up here.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "lib/base/bytes.hpp"
#include "lib/crypto/rows.hpp"
#include "lib/keys/secret_bytes.hpp"
#include "lib/net/error.hpp"

namespace sshauth {

// The values are those of the FirewallType property.
enum class ProxyType : std::uint8_t { none = 0, http = 1, socks4 = 2, socks5 = 3, socks4a = 10 };

struct ProxySettings {
  ProxyType type = ProxyType::none;
  std::string host;
  std::uint16_t port = 0;  // 0: the type's own, 80 or 1080
  std::string user;        // SOCKS4: the user id; it has no passwords
  SecretBytes password;
  // HTTP only: more header lines, "Name: value" separated by CR LF. With a Proxy-Authorization
  // among them, `user` and `password` are not used.
  SecretBytes headers;
};

std::uint16_t default_proxy_port(ProxyType type) noexcept;
// The settings' port, or their type's own.
std::uint16_t proxy_port(const ProxySettings& settings) noexcept;
// "the SOCKS5 proxy proxy.example port 1080": how sentences begin.
std::string proxy_name(const ProxySettings& settings);

// One conversation with one proxy. It has copies of what it needs of the settings.
//
// Invariants: at most one message of ours is pending; while it is, nothing is taken, so a proxy
// that answers before it was asked is not listened to. After done or failed, and while a new
// connection is wanted, nothing is taken either.
class ProxyHandshake {
 public:
  virtual ~ProxyHandshake() = default;
  ProxyHandshake(const ProxyHandshake&) = delete;
  ProxyHandshake& operator=(const ProxyHandshake&) = delete;

  // Takes octets from the front of `in` and says how many; the rest is not the proxy's.
  std::size_t receive(Bytes in);
  // The proxy sends no more, or cannot be sent to.
  void closed();

  Bytes pending() const noexcept {
    return wants_connection_ ? Bytes() : out_.reveal().subspan(sent_);
  }
  void sent(std::size_t len) noexcept;

  // The proxy has ended this connection, or is better left: close it, connect to the proxy again,
  // forget what was received, call reconnected. Happens a bounded number of times.
  bool wants_connection() const noexcept { return wants_connection_; }
  void reconnected() noexcept { wants_connection_ = false; }

  // What people should know about a handshake that is done: a sentence, or empty.
  std::string_view remark() const noexcept { return remark_; }

  bool done() const noexcept { return done_ && !failed(); }
  bool failed() const noexcept { return !error_.ok(); }
  const NetError& error() const noexcept { return error_; }

 protected:
  explicit ProxyHandshake(std::string name) : name_(std::move(name)) {}

  // Takes one octet.
  virtual void take(std::uint8_t octet) = 0;
  virtual void take_close() { fail("closed the connection before it had answered"); }

  void send(SecretBytes message) noexcept;
  // The same over a new connection.
  void send_anew(SecretBytes message) noexcept;
  // `sentence` goes on after the proxy's name.
  void fail(std::string_view sentence);
  void finish() noexcept { done_ = true; }
  void remark_password_in_clear();

 private:
  std::string name_, remark_;
  SecretBytes out_;  // it may hold the credentials: wiped as soon as it has left
  std::size_t sent_ = 0;
  bool wants_connection_ = false;
  bool done_ = false;
  NetError error_;
};

// Null, with the reason in `why`, when the settings or the host cannot be used with this proxy.
// SOCKS4 has no names: `host` must be an IPv4 address by then (proxy_needs_address tells). The
// provider hashes for Digest and outlives the handshake.
std::unique_ptr<ProxyHandshake> make_proxy_handshake(const ProxySettings& settings,
                                                     std::string_view host, std::uint16_t port,
                                                     const Provider& provider, NetError& why);
bool proxy_needs_address(ProxyType type) noexcept;

// Whether `headers` can be ProxySettings::headers: error 118 with the reason when not.
NetError check_proxy_headers(std::string_view headers);

}  // namespace sshauth
