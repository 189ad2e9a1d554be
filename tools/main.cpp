// sshauth: authenticate to an SSH server, look at keys and algorithms, serve logins for a test.
#include <signal.h>

#include <cstdio>
#include <exception>

#include "tools/cli.hpp"
#include "tools/json.hpp"

int main(int argc, char** argv) {
  using namespace sshauth::tool;
  signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error of the write, not our end
  try {
    const int status = run_command_line(argc, argv);
    // A result that nobody received is not a result.
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
    return fail(exit_usage, "the result could not be written", false);
  } catch (const std::exception& e) {
    return fail(exit_credential, e.what(), false);
  }
}
