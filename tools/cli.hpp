// The command line: options and their help, by CLI11, which only cli.cpp knows.
#pragma once

namespace sshauth::tool {

// Parses, runs the subcommand, gives its exit status; 0 for --help, 2 for what cannot be parsed.
int run_command_line(int argc, char** argv);

}  // namespace sshauth::tool
