#include "lib/net/socket.hpp"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace sshauth {
namespace {

NetError set(int fd, int level, int option, int value, std::string_view doing) {
  if (::setsockopt(fd, level, option, &value, sizeof value) == 0) return {};
  return net_error_of_errno(errno, doing);
}

int to_int(unsigned value) noexcept {
  return static_cast<int>(std::min(value, static_cast<unsigned>(INT_MAX)));
}

// The system counts in whole seconds, at least one.
int to_seconds(unsigned milliseconds) noexcept {
  return std::max(1, to_int(milliseconds / 1000 + (milliseconds % 1000 != 0 ? 1 : 0)));
}

IoResult failed_io() noexcept {
  const int why = errno;
  if (why == EAGAIN || why == EWOULDBLOCK || why == EINTR) return {IoKind::would_block, 0, 0};
  return {IoKind::failed, 0, why};
}

NetError apply_keep_alive(int fd, const SocketOptions& o) {
  if (NetError e = set(fd, SOL_SOCKET, SO_KEEPALIVE, 1, "cannot turn TCP keep-alive on"); !e.ok())
    return e;
  if (o.keep_alive_time != 0)
    if (NetError e = set(fd, IPPROTO_TCP, TCP_KEEPIDLE, to_seconds(o.keep_alive_time),
                         "cannot set KeepAliveTime");
        !e.ok())
      return e;
  if (o.keep_alive_interval != 0)
    if (NetError e = set(fd, IPPROTO_TCP, TCP_KEEPINTVL, to_seconds(o.keep_alive_interval),
                         "cannot set KeepAliveInterval");
        !e.ok())
      return e;
  if (o.keep_alive_count == 0) return {};
  return set(fd, IPPROTO_TCP, TCP_KEEPCNT, to_int(o.keep_alive_count),
             "cannot set KeepAliveRetryCount");
}

}  // namespace

IoResult Socket::send(Bytes octets) noexcept {
  if (octets.empty()) return {IoKind::some, 0, 0};
  const ssize_t n = ::send(fd_.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
  return n >= 0 ? IoResult{IoKind::some, static_cast<std::size_t>(n), 0} : failed_io();
}

IoResult Socket::receive(MutBytes into) noexcept {
  if (into.empty()) return {IoKind::some, 0, 0};
  const ssize_t n = ::recv(fd_.get(), into.data(), into.size(), 0);
  if (n == 0) return {IoKind::closed, 0, 0};
  return n > 0 ? IoResult{IoKind::some, static_cast<std::size_t>(n), 0} : failed_io();
}

void Socket::quick_ack() noexcept {
  const int on = 1;
  ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

void Socket::finish_sending() noexcept { ::shutdown(fd_.get(), SHUT_WR); }

Address Socket::local() const noexcept {
  sockaddr_storage at{};
  socklen_t len = sizeof at;
  auto* name = static_cast<sockaddr*>(static_cast<void*>(&at));
  if (!fd_ || ::getsockname(fd_.get(), name, &len) != 0) return {};
  return {name, len};
}

Address Socket::remote() const noexcept {
  sockaddr_storage at{};
  socklen_t len = sizeof at;
  auto* name = static_cast<sockaddr*>(static_cast<void*>(&at));
  if (!fd_ || ::getpeername(fd_.get(), name, &len) != 0) return {};
  return {name, len};
}

int Socket::connect_error() const noexcept {
  int why = 0;
  socklen_t len = sizeof why;
  if (::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &why, &len) != 0) return errno;
  return why;
}

NetError Socket::apply(const SocketOptions& o) {
  const int fd = fd_.get();
  if (o.no_delay)
    if (NetError e = set(fd, IPPROTO_TCP, TCP_NODELAY, 1, "cannot set TcpNoDelay"); !e.ok())
      return e;
  if (o.receive_buffer != 0)
    if (NetError e =
            set(fd, SOL_SOCKET, SO_RCVBUF, to_int(o.receive_buffer), "cannot set InBufferSize");
        !e.ok())
      return e;
  if (o.send_buffer != 0)
    if (NetError e =
            set(fd, SOL_SOCKET, SO_SNDBUF, to_int(o.send_buffer), "cannot set OutBufferSize");
        !e.ok())
      return e;
  if (o.keep_alive)
    if (NetError e = apply_keep_alive(fd, o); !e.ok()) return e;
  if (!o.linger) reset_on_close();
  return {};
}

std::size_t Socket::unacknowledged() const noexcept {
  int octets = 0;
  return ::ioctl(fd_.get(), SIOCOUTQ, &octets) == 0 && octets > 0 ? static_cast<std::size_t>(octets)
                                                                  : 0;
}

void Socket::reset_on_close() noexcept {
  linger value{};
  value.l_onoff = 1;
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &value, sizeof value);
}

NetError Socket::bind(const Address& local) {
  const int on = 1;
  // A port that was just used is in TIME_WAIT for minutes and could not be bound again.
  if (local.port() != 0) ::setsockopt(fd_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd_.get(), local.data(), local.len()) == 0) return {};
  return net_error_of_errno(errno, "cannot use the local address " + local.text_with_port());
}

NetError Socket::open(int family, Socket& out) {
  Descriptor fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!fd) return net_error_of_errno(errno, "cannot open a socket");
  out = Socket(std::move(fd));
  return {};
}

}  // namespace sshauth
