// JSON on stdout.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "tools/commands.hpp"

namespace sshauth::tool {

using Json = nlohmann::ordered_json;

// On stdout, indented, in US-ASCII: whatever a server sent cannot drive a terminal. What is no
// UTF-8 is replaced.
void print_json(const Json& value);

// "sshauth: " and `what` on stderr; with `json`, also {"result": "error", "exit", "message"}.
int fail(Exit status, std::string_view what, bool json);

}  // namespace sshauth::tool
