// The challenges of a Proxy-Authenticate field (RFC 9110 §11.3, §11.7.1): several may share a
// field, separated by the same commas as their parameters, and a head may have several fields.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sshauth {

struct HttpChallenge {
  struct Parameter {
    std::string name;   // in lower case
    std::string value;  // without the quotes and their escapes
  };

  std::string scheme;  // as it was written: "Basic"
  std::string token;   // of schemes with one opaque value instead of parameters
  std::vector<Parameter> parameters;

  // Null when the parameter is not there. A name occurs once: parse_challenges sees to it.
  const std::string* find(std::string_view name) const noexcept;
};

constexpr std::size_t kMaxChallenges = 16;
constexpr std::size_t kMaxChallengeParameters = 32;

// Appends the challenges of one field's value to `out`. False when it follows no grammar, repeats a
// parameter, or has more of anything than the limits above; `out` is of no use then.
[[nodiscard]] bool parse_challenges(std::string_view field, std::vector<HttpChallenge>& out);

}  // namespace sshauth
