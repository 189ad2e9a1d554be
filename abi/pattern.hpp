// Patterns of the settings PasswordPrompt and SSHVersionPattern:
//
//   ?            any one octet
//   *            any octets, none too
//   [a-z,0-9,_]  one octet of the ranges and single octets named, separated by commas
//   \x           the octet x
//   x            itself; case matters
//
// A ']' or '-' outside brackets is itself; inside, [?] [*] [[] [\] [,] and [-] name themselves.
// No recursion; time is at most the product of the two lengths, and both are bounded.
#pragma once

#include <string_view>

namespace sshauth::abi {

inline constexpr std::size_t kMaxPattern = 1024;
inline constexpr std::size_t kMaxMatched = 4096;  // a longer text matches nothing

// Empty, or what is wrong with the pattern, as the end of a sentence.
std::string_view pattern_problem(std::string_view pattern) noexcept;

bool pattern_match(std::string_view pattern, std::string_view text) noexcept;

// Takes the next pattern off a list of patterns separated by commas (not those inside brackets or
// after a backslash). False at the end; empty entries are passed over.
bool next_pattern(std::string_view& list, std::string_view& pattern) noexcept;

bool any_pattern_matches(std::string_view list, std::string_view text) noexcept;

}  // namespace sshauth::abi
