// sshauth: authenticate to an SSH server, look at keys and algorithms, serve logins for a test.
#include <signal.h>

#include <cstdio>
#include <exception>

#include "tools/commands.hpp"
#include "tools/terminal.hpp"

namespace sshauth::tool {

void print_json(const Json& value) {
  const std::string text = value.dump(2, ' ', false, Json::error_handler_t::replace);
  std::printf("%s\n", text.c_str());
}

int fail(Exit status, std::string_view what, bool json) {
  tell("sshauth: " + std::string(what));
  if (json) print_json({{"result", "error"}, {"exit", int{status}}, {"message", what}});
  return status;
}

namespace {

int run(int argc, char** argv) {
  int status = exit_authenticated;
  CLI::App app("Authenticates to SSH servers and looks at what that takes.", "sshauth");
  app.require_subcommand(1);
  app.set_version_flag("--version", SSHAUTH_VERSION);
  app.footer(
      "Exit status: 0 authenticated (or done), 1 refused by the server, 2 usage, 3 host key not\n"
      "accepted, 4 connection or proxy, 5 protocol or negotiation, 6 key or credential.");
  add_login(app, status);
  add_key(app, status);
  add_algorithms(app, status);
  add_serve(app, status);
  add_demo(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? exit_authenticated : exit_usage;  // --help is no error
  }
  // A result that nobody received is not a result.
  if (std::fflush(stdout) != 0) return fail(exit_usage, "the result could not be written", false);
  return status;
}

}  // namespace
}  // namespace sshauth::tool

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error of the write, not our end
  try {
    return sshauth::tool::run(argc, argv);
  } catch (const std::exception& e) {
    return sshauth::tool::fail(sshauth::tool::exit_credential, e.what(), false);
  }
}
