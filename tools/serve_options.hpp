// The options of `sshauth serve`, and the server's configuration that they make.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "lib/client/auth_server.hpp"
#include "tools/commands.hpp"

namespace sshauth::tool {

struct ServeOptions {
  std::uint16_t port = 0;
  bool v6 = false;
  // Users, and what belongs to one of them ("USER=...") or to all ("...").
  std::vector<std::string> users;
  std::vector<std::string> password_env;
  std::vector<std::string> authorized_keys;
  std::vector<std::string> prompts, echo_prompts;  // "TEXT=VAR"
  std::vector<std::string> required;
  bool allow_none = false;
  bool must_change = false;
  std::vector<std::string> host_keys;       // files
  std::vector<std::string> host_key_types;  // made fresh
  std::string identification, kex_algorithms, ciphers, macs, compressions, banner;
  unsigned strict_kex = 1;
  unsigned max_attempts = 0;
  std::uint64_t rekey_octets = 0;
  std::size_t count = 0;
  bool once = false;
  bool json = false;
};

// Why there is no configuration.
struct ServeTrouble {
  Exit status;
  std::string text;
};

void declare_serve(CLI::App& command, ServeOptions& options);

// Reads the files and takes the environment variables that are named. Throws ServeTrouble.
AuthServerConfig serve_config(const ServeOptions& options);

}  // namespace sshauth::tool
