#include "lib/net/local_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>

namespace sshauth {

NetError connect_local_socket(const std::string& path, Socket& out) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof at.sun_path || path.find('\0') != path.npos)
    return net_error_of_errno(ENAMETOOLONG, "the socket's path has 1 to " +
                                                std::to_string(sizeof at.sun_path - 1) + " octets");
  path.copy(at.sun_path, path.size());
  Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return net_error_of_errno(errno, "cannot open a socket");
  const auto* name = static_cast<const sockaddr*>(static_cast<const void*>(&at));
  while (::connect(fd.get(), name, sizeof at) != 0) {
    const int why = errno;
    if (why == EINTR) continue;
    if (why == ENOENT) return {10022, why, "there is no such socket"};
    if (why == ENOTDIR || why == EISDIR) return {10022, why, "the path names no socket"};
    if (why == EAGAIN) return {10035, why, "it is too busy to be connected to; try again"};
    return net_error_of_errno(why, "");
  }
  out = Socket(std::move(fd));
  return {};
}

}  // namespace sshauth
