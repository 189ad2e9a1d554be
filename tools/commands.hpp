// The subcommands of sshauth. Each `add_...` declares one with its options on `app`; when it was
// chosen, its callback does the work and leaves the exit status in `status`.
//
// stdout carries the result: lines for people, or with --json one JSON object and nothing else,
// also on failure. stderr carries progress, questions and errors. No option takes a password:
// the command line of a process is open to every user of the machine.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <string_view>

namespace sshauth::tool {

enum Exit : int {
  exit_authenticated = 0,
  exit_refused = 1,     // by the server
  exit_usage = 2,       // the command line
  exit_host_key = 3,    // not accepted, or its proof is wrong
  exit_connection = 4,  // address, connection, proxy, time
  exit_protocol = 5,    // negotiation, or the server broke the protocol
  exit_credential = 6,  // a key file, passphrase or other credential is missing or unusable
};

using Json = nlohmann::ordered_json;

// On stdout, indented; octets of a server that are no UTF-8 are replaced.
void print_json(const Json& value);

// "sshauth: " and `what` on stderr; with `json`, also {"result": "error", "exit", "message"}.
int fail(Exit status, std::string_view what, bool json);

void add_login(CLI::App& app, int& status);
void add_key(CLI::App& app, int& status);
void add_algorithms(CLI::App& app, int& status);
void add_serve(CLI::App& app, int& status);
void add_demo(CLI::App& app, int& status);

}  // namespace sshauth::tool
