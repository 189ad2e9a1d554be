// Writes docs/reference.md from the rows of abi/*.def and lib/crypto/names.def: one entry for each
// property, method, event, setting, algorithm and error code.
//
//   reference             to standard output
//   reference FILE        says whether FILE is that page; exit code 1 when it is stale
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>

#include "abi/slots.hpp"
#include "lib/crypto/names.hpp"

namespace {

using sshauth::abi::kNext;
using sshauth::abi::kNow;

// As the rows have it, words for words.
struct Member {
  std::string_view kind, initial;
  long long least, most;
  int busy;
  std::string_view needs, values, what;
};

std::string code_words(int code) { return "`" + std::to_string(code) + "`"; }

std::string initial_words(const Member& m) {
  if (m.kind == "fact") return "none, read-only";
  if (m.kind == "boolean") return m.initial == "1" ? "`True`" : "`False`";
  return m.initial.empty() ? "`\"\"`" : "`" + std::string(m.initial) + "`";
}

std::string kind_words(std::string_view kind) {
  if (kind == "indexed") return "text for each channel number, `Name[0]`";
  if (kind == "fact") return "text";
  return std::string(kind);
}

std::string value_words(const Member& m) {
  if (!m.values.empty()) return std::string(m.values);
  if (m.kind == "boolean") return "True, False, Yes, No, 1, 0 in any case";
  if (m.kind == "integer") return std::to_string(m.least) + " to " + std::to_string(m.most);
  return m.kind == "fact" ? "read-only" : "any text of at most 1,048,576 octets";
}

// Rows whose values are refused with other codes say so themselves.
std::string refusal_words(const Member& m) {
  const bool told =
      m.values.find("1005") != m.values.npos || m.values.find("10022") != m.values.npos;
  return told ? "" : "; anything else is refused with `10022`";
}

std::string busy_words(const Member& m) {
  if (m.busy > 0) return "refused with " + code_words(m.busy);
  if (m.kind == "fact") return "can be read";
  return m.busy == kNow ? "counts at once" : "counts from the next login on";
}

void write_member(std::ostream& out, const Member& m) {
  out << "- type: " << kind_words(m.kind) << "\n- default: " << initial_words(m)
      << "\n- values: " << value_words(m) << refusal_words(m)
      << "\n- set while a connection is in progress: " << busy_words(m) << "\n";
  if (!m.needs.empty())
    out << "- any value but the default is refused with `1005`: " << m.needs << "\n";
  out << "\n" << m.what << "\n\n";
}

void write_properties(std::ostream& out) {
  out << "## Properties\n\n";
#define X(id, Name, name, kind, initial, least, most, busy, on_set, on_get, values, what) \
  out << "### " #Name "\n\nProperty " << id                                               \
      << ", `ipworksauth_sshauth_get" #name "`, `ipworksauth_sshauth_set" #name "`.\n\n"; \
  write_member(out, {#kind, initial, least, most, busy, "", values, what});
#include "abi/properties.def"
#undef X
}

void write_methods(std::ostream& out) {
  out << "## Methods\n\n";
#define X(id, Name, name, num_params, result, what)                     \
  out << "### " #Name "\n\nMethod " << id                               \
      << ", `ipworksauth_sshauth_" #name "`; arguments: " << num_params \
      << "; result: " #result ".\n\n"                                   \
      << what << "\n\n";
#include "abi/methods.def"
#undef X
}

void write_events(std::ostream& out) {
  out << "## Events\n\n";
#define X(id, name, num_params, params, what) \
  out << "### " name "\n\nEvent " << id << ": " params ".\n\n" what "\n\n";
#include "abi/events.def"
#undef X
}

void write_settings(std::ostream& out) {
  constexpr const char* reference = "Of the reference.";
  constexpr const char* ours = "An addition to the reference.";
  out << "## Settings\n\n";
#define GROUP(heading) out << "### " heading "\n\n";
#define SAME(Name) out << "#### " #Name "\n\nThe property of that name, above.\n\n";
#define X(Name, kind, initial, least, most, busy, on_set, on_get, needs, origin, values, what) \
  out << "#### " #Name "\n\n" << origin << "\n\n";                                             \
  write_member(out, {#kind, initial, least, most, busy, needs, values, what});
#include "abi/settings.def"
#undef X
#undef SAME
#undef GROUP
}

void write_code_pages(std::ostream& out) {
  constexpr const char* wide = "refused: octets of zero inside characters";
  constexpr const char* no_table = "refused: iconv has no such encoding";
  constexpr const char* mac_only = "refused: of Mac OS alone";
  out << "## Code pages\n\nIdentifiers that CodePage takes, with the name that iconv has for the "
         "encoding.\n\n| identifier | encoding |\n|---|---|\n";
#define X(id, name) out << "| " << id << " | " name " |\n";
#define LACKS(id, reason) out << "| " << id << " | " << reason << " |\n";
#include "abi/code_pages.def"
#undef X
#undef LACKS
}

void write_errors(std::ostream& out) {
  out << "## Error codes\n\n| code | meaning |\n|---|---|\n| 0 | success |\n";
#define X(code, text) out << "| " << code << " | " text " |\n";
#include "abi/errors.def"
#undef X
}

std::string marks_of(const sshauth::NameRow& row) {
  using sshauth::NameMarks;
  constexpr std::pair<std::uint8_t, const char*> kMarks[] = {{NameMarks::modern, "modern"},
                                                             {NameMarks::fips, "fips"},
                                                             {NameMarks::weak, "weak"},
                                                             {NameMarks::broken, "broken"}};
  std::string out;
  for (const auto& [mark, word] : kMarks)
    if (row.is(mark)) out += (out.empty() ? "" : " ") + std::string(word);
  return out;
}

// A column for each kind, as names.hpp counts them.
void write_algorithms(std::ostream& out) {
  constexpr const char* kKinds[] = {"key exchange method",
                                    "host key or user key signature",
                                    "user key signature",
                                    "cipher",
                                    "MAC",
                                    "compression method"};
  out << "## Algorithms\n\nThe names that lists of algorithms may hold. What this version lacks on "
         "a "
         "machine is left\nout of a list, and a list of nothing else is refused with `1005`; "
         "`sshauth algorithms` says what is there.\nOf the marks `modern` and `fips` the policies "
         "of "
         "SecurityPolicy are made, FIPS without what is\n`weak`; `weak` and `broken` ones are "
         "reported "
         "when they are negotiated.\n\n| name | kind | marks |\n|---|---|---|\n";
  for (const sshauth::NameRow& row : sshauth::known_names())
    out << "| `" << row.name << "` | " << kKinds[static_cast<std::size_t>(row.kind)] << " | "
        << marks_of(row) << " |\n";
  out << "\n";
}

std::string page() {
  std::ostringstream out;
  out << "# Reference of the SSHAuth object\n\n"
         "Made from the rows of `abi/*.def` and `lib/crypto/names.def` by `tools/reference.cpp`; "
         "do not "
         "edit. How values travel,\n"
         "who owns them and how long they hold is said in `include/ipworksauth/sshauth.h`.\n\n";
  write_properties(out);
  write_methods(out);
  write_events(out);
  write_settings(out);
  write_algorithms(out);
  write_code_pages(out);
  write_errors(out);
  return out.str();
}

// The first line where they differ, for people; 0: they are the same.
int first_difference(const std::string& a, const std::string& b) {
  std::istringstream left(a), right(b);
  std::string x, y;
  for (int line = 1;; ++line) {
    const bool more_left = static_cast<bool>(std::getline(left, x));
    const bool more_right = static_cast<bool>(std::getline(right, y));
    if (!more_left && !more_right) return 0;
    if (more_left != more_right || x != y) return line;
  }
}

}  // namespace

int main(int argc, char* argv[]) {
  const std::string made = page();
  if (argc < 2) {
    std::cout << made;
    return 0;
  }
  std::ifstream file(argv[1], std::ios::binary);
  const std::string found{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (found == made) return 0;
  std::cerr << argv[1] << " is stale from line " << first_difference(made, found)
            << " on; make it anew: tools/reference > docs/reference.md, from the build folder's "
               "program\n";
  return 1;
}
