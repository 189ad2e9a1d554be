// Connections to a socket in the file system (unix(7)).
#pragma once

#include <string>

#include "lib/net/error.hpp"
#include "lib/net/socket.hpp"

namespace sshauth {

// Connects at once or not at all: such a socket has no way to be far. A listener whose queue is
// full is an error, too (EAGAIN).
NetError connect_local_socket(const std::string& path, Socket& out);

}  // namespace sshauth
