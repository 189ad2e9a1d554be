// Interrupter: stops a wait from another thread or from a signal handler.
//
// Raising is sticky: a wait that begins later returns at once, until somebody consumes it. Waking
// only ends the wait that is running, or the next one.
#pragma once

#include <atomic>

#include "lib/net/descriptor.hpp"

namespace sshauth {

class Interrupter {
 public:
  Interrupter();  // throws std::system_error when the system has no descriptor left
  Interrupter(const Interrupter&) = delete;
  Interrupter& operator=(const Interrupter&) = delete;

  // Any thread, any signal handler; keeps errno.
  void raise() noexcept;
  void wake() noexcept;

  bool raised() const noexcept { return raised_.load(std::memory_order_acquire); }
  // Whether it was raised; it no longer is.
  bool consume() noexcept;

  // In a child of fork: a descriptor of its own under the same number, so that the two processes do
  // not wake each other. False, with errno, when the system has none left.
  [[nodiscard]] bool unshare() noexcept;

  // Readable when there was a raise or a wake.
  int fd() const noexcept { return event_.get(); }
  void drain() noexcept;

 private:
  Descriptor event_;
  std::atomic<bool> raised_{false};
  static_assert(std::atomic<bool>::is_always_lock_free, "raise is called from signal handlers");
};

struct WaitFor {
  int fd = -1;
  bool read = false;
  bool write = false;
  int timeout_ms = -1;  // -1: no limit
};

// Waits until the descriptor is ready (or broken), the interrupter is used, or the time is over. It
// may return early; it never returns late. `interrupter` may be null.
void wait_for(const WaitFor& what, Interrupter* interrupter) noexcept;

}  // namespace sshauth
