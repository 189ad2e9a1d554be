// Patterns with * (any octets, none too) and ? (one octet), as in known_hosts and ssh_config.
//
// No recursion and no exponential case: time is at most the product of the two lengths, and linear
// for every pattern of one star.
#pragma once

#include <string_view>

namespace sshauth {

// Case matters; callers that want none lower both.
bool wildcard_match(std::string_view pattern, std::string_view text) noexcept;

}  // namespace sshauth
