#include "lib/net/interrupt.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace sshauth {

Interrupter::Interrupter() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void Interrupter::raise() noexcept {
  raised_.store(true, std::memory_order_release);
  wake();
}

// write(2) is async-signal-safe. It can only fail when the counter is full: readable then anyway.
void Interrupter::wake() noexcept {
  const int saved = errno;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = ::write(event_.get(), &one, sizeof one);
  errno = saved;
}

// In place, because another thread may be about to wake us.
bool Interrupter::unshare() noexcept {
  const Descriptor fresh(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  return fresh && ::dup3(fresh.get(), event_.get(), O_CLOEXEC) >= 0;
}

bool Interrupter::consume() noexcept { return raised_.exchange(false, std::memory_order_acq_rel); }

void Interrupter::drain() noexcept {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t n = ::read(event_.get(), &count, sizeof count);
}

void wait_for(const WaitFor& what, Interrupter* interrupter) noexcept {
  // An earlier wait may have drained the descriptor; what was raised stays raised.
  if (interrupter != nullptr && interrupter->raised()) return;
  std::array<pollfd, 2> set{};
  const int events = (what.read ? POLLIN : 0) | (what.write ? POLLOUT : 0);
  // A descriptor that nothing is wanted of is left out: POLLHUP would make the wait spin.
  set[0] = {events != 0 ? what.fd : -1, static_cast<short>(events), 0};
  set[1] = {interrupter != nullptr ? interrupter->fd() : -1, POLLIN, 0};
  // EINTR ends the wait as well: the handler may have done something the caller looks at.
  const bool any = ::poll(set.data(), set.size(), what.timeout_ms) > 0;
  if (any && interrupter != nullptr && set[1].revents != 0) interrupter->drain();
}

}  // namespace sshauth
