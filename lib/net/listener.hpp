// Listener: accepts TCP connections on a loopback address. It binds to nothing else: it exists for
// tests, demonstrations and the tool's `serve`.
#pragma once

#include "lib/net/socket.hpp"

namespace sshauth {

class Listener {
 public:
  // Port 0: a free one, which `port` tells.
  static NetError open(bool v6, std::uint16_t port, Listener& out);

  int fd() const noexcept { return socket_.fd(); }
  explicit operator bool() const noexcept { return static_cast<bool>(socket_); }
  std::uint16_t port() const noexcept { return address_.port(); }
  const Address& address() const noexcept { return address_; }

  // A connection that waits, or an empty socket when none does.
  Socket accept() noexcept;
  void close() noexcept { socket_.close(); }

 private:
  Socket socket_;
  Address address_;
};

}  // namespace sshauth
