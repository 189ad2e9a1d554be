#include "lib/net/descriptor.hpp"

#include <unistd.h>

namespace sshauth {

// Not repeated on EINTR: on Linux the descriptor is gone by then, and may be another's already.
Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace sshauth
