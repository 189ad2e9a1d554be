#include "abi/pattern.hpp"

namespace sshauth::abi {

namespace {

// Octets of the token at the head of `pattern`; 0: it is not complete.
std::size_t token_len(std::string_view pattern) noexcept {
  if (pattern.front() == '\\') return pattern.size() >= 2 ? 2 : 0;
  if (pattern.front() != '[') return 1;
  // The first octet inside is never the end, so that []] and [[] name a bracket.
  const std::size_t end = pattern.size() > 2 ? pattern.find(']', 2) : pattern.npos;
  return end == pattern.npos ? 0 : end + 1;
}

// Whether `c` is one of "a-z,0-9,_".
bool in_class(std::string_view names, char c) noexcept {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(names[i]); };
  const auto octet = static_cast<unsigned char>(c);
  for (std::size_t i = 0; i < names.size();) {
    const bool range = i + 2 < names.size() && names[i + 1] == '-';
    if (octet >= at(i) && octet <= at(range ? i + 2 : i)) return true;
    i += range ? 3 : 1;
    if (i < names.size() && names[i] == ',') ++i;
  }
  return false;
}

bool token_matches(std::string_view token, char c) noexcept {
  if (token.size() == 1) return token[0] == '?' || token[0] == c;
  if (token[0] == '\\') return token[1] == c;
  return in_class(token.substr(1, token.size() - 2), c);
}

}  // namespace

std::string_view pattern_problem(std::string_view pattern) noexcept {
  if (pattern.size() > kMaxPattern) return "is longer than 1024 octets";
  while (!pattern.empty()) {
    const std::size_t len = token_len(pattern);
    if (len == 0) return pattern.front() == '[' ? "has a '[' without a ']'" : "ends in a backslash";
    pattern.remove_prefix(len);
  }
  return {};
}

bool pattern_match(std::string_view pattern, std::string_view text) noexcept {
  if (text.size() > kMaxMatched || !pattern_problem(pattern).empty()) return false;
  std::size_t p = 0, t = 0;
  std::size_t star = pattern.npos, resume = 0;  // after the last *, and where its match may end
  while (t < text.size()) {
    const std::string_view rest = pattern.substr(p);
    if (!rest.empty() && rest[0] == '*') {
      star = ++p;
      resume = t;
    } else if (!rest.empty() && token_matches(rest.substr(0, token_len(rest)), text[t])) {
      p += token_len(rest);
      ++t;
    } else if (star != pattern.npos) {
      p = star;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool next_pattern(std::string_view& list, std::string_view& pattern) noexcept {
  while (!list.empty() && list.front() == ',') list.remove_prefix(1);
  if (list.empty()) return false;
  std::size_t len = 0;
  while (len < list.size() && list[len] != ',') {
    const std::size_t token = token_len(list.substr(len));
    len += token == 0 ? list.size() - len : token;  // an incomplete token takes the rest
  }
  pattern = list.substr(0, len);
  list.remove_prefix(len);
  return true;
}

bool any_pattern_matches(std::string_view list, std::string_view text) noexcept {
  for (std::string_view pattern; next_pattern(list, pattern);)
    if (pattern_match(pattern, text)) return true;
  return false;
}

}  // namespace sshauth::abi
