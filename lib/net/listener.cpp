#include "lib/net/listener.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace sshauth {

NetError Listener::open(bool v6, std::uint16_t port, Listener& out) {
  Address at;
  if (!parse_address(v6 ? "::1" : "127.0.0.1", at))
    return net_error_of_errno(EAFNOSUPPORT, "cannot listen on loopback");
  at.set_port(port);
  Socket socket;
  if (NetError error = Socket::open(at.family(), socket); !error.ok()) return error;
  if (NetError error = socket.bind(at); !error.ok()) return error;
  if (::listen(socket.fd(), SOMAXCONN) != 0)
    return net_error_of_errno(errno, "cannot listen on " + at.text_with_port());
  out.address_ = socket.local();
  out.socket_ = std::move(socket);
  return {};
}

Socket Listener::accept() noexcept {
  return Socket(
      Descriptor(::accept4(socket_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)));
}

}  // namespace sshauth
