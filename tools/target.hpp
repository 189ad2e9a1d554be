// "[user@]host[:port]" taken apart. IPv6 addresses with a port stand in brackets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sshauth::tool {

struct Target {
  std::string user;  // empty when none was named
  std::string host;
  std::uint16_t port = 0;  // 0 when none was named
};

// False with a sentence in `why` when `text` is no such thing.
[[nodiscard]] bool parse_target(std::string_view text, Target& out, std::string& why);

// A whole decimal number in 1..65535.
[[nodiscard]] bool parse_port(std::string_view text, std::uint16_t& out);

}  // namespace sshauth::tool
