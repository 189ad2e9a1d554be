// WaitSet: several descriptors behind one, which is readable while any of them is ready (epoll).
//
// It owns none of them. A descriptor that is closed leaves the set by itself.
#pragma once

#include "lib/net/descriptor.hpp"
#include "lib/net/error.hpp"

namespace sshauth {

class WaitSet {
 public:
  static NetError open(WaitSet& out);

  int fd() const noexcept { return epoll_.get(); }
  // Watched from now on for what is said; for nothing, it is forgotten. False when the system
  // cannot.
  bool watch(int fd, bool read, bool write) noexcept;

 private:
  Descriptor epoll_;
};

}  // namespace sshauth
