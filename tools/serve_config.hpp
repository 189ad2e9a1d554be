// From the options of `sshauth serve` to the server's configuration.
#pragma once

#include <string>

#include "lib/client/auth_server.hpp"
#include "tools/commands.hpp"

namespace sshauth::tool {

// Why there is no configuration.
struct ServeTrouble {
  Exit status;
  std::string text;
};

// Reads the files and takes the environment variables that are named. Throws ServeTrouble.
AuthServerConfig serve_config(const ServeOptions& options);

}  // namespace sshauth::tool
