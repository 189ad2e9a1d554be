#include "tools/json.hpp"

#include <cstdio>

#include "tools/terminal.hpp"

namespace sshauth::tool {

void print_json(const Json& value) {
  const std::string text = value.dump(2, ' ', true, Json::error_handler_t::replace);
  std::printf("%s\n", text.c_str());
}

int fail(Exit status, std::string_view what, bool json) {
  tell("sshauth: " + std::string(what));
  if (json) print_json({{"result", "error"}, {"exit", int{status}}, {"message", what}});
  return status;
}

}  // namespace sshauth::tool
