#include "lib/net/own_process.hpp"

#include <unistd.h>

namespace sshauth {

OwnProcess::OwnProcess() noexcept : id_(::getpid()) {}
bool OwnProcess::here() const noexcept { return id_ == ::getpid(); }

}  // namespace sshauth
