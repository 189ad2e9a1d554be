#include "lib/net/wait_set.hpp"

#include <sys/epoll.h>

#include <cerrno>

namespace sshauth {

NetError WaitSet::open(WaitSet& out) {
  out.epoll_ = Descriptor(::epoll_create1(EPOLL_CLOEXEC));
  if (out.epoll_) return {};
  return net_error_of_errno(errno, "cannot wait for the network");
}

bool WaitSet::watch(int fd, bool read, bool write) noexcept {
  epoll_event event{};
  event.events = (read ? std::uint32_t{EPOLLIN} : 0U) | (write ? std::uint32_t{EPOLLOUT} : 0U);
  event.data.fd = fd;
  if (event.events == 0) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, &event);
    return true;
  }
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0) return true;
  return errno == ENOENT && ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

}  // namespace sshauth
