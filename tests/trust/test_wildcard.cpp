#include "lib/trust/wildcard.hpp"

#include <catch2/catch.hpp>
#include <string>

using sshauth::wildcard_match;

namespace {

// The definition, with all the recursion it asks for.
bool by_definition(std::string_view p, std::string_view t) {
  if (p.empty()) return t.empty();
  if (p[0] == '*')
    return by_definition(p.substr(1), t) || (!t.empty() && by_definition(p, t.substr(1)));
  return !t.empty() && (p[0] == '?' || p[0] == t[0]) && by_definition(p.substr(1), t.substr(1));
}

// The n-th word over the letters.
std::string word(std::size_t n, std::string_view letters) {
  std::string out;
  for (; n != 0; n /= letters.size()) out += letters[--n % letters.size()];
  return out;
}

}  // namespace

TEST_CASE("wildcards match as defined, for every short pattern and text") {
  for (std::size_t p = 0; p < 1365; ++p)    // words of up to five letters
    for (std::size_t t = 0; t < 63; ++t) {  // and of up to five
      const std::string pattern = word(p, "ab?*");
      const std::string text = word(t, "ab");
      INFO(pattern << " on " << text);
      REQUIRE(wildcard_match(pattern, text) == by_definition(pattern, text));
    }
}

TEST_CASE("a hostile pattern is no work") {
  std::string pattern;
  for (int i = 0; i < 5000; ++i) pattern += "*a";
  const std::string text(1024, 'a');
  CHECK_FALSE(wildcard_match(pattern + "b", text));
  CHECK(wildcard_match(std::string(32000, '*'), text));
}
