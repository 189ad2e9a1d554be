// sshauth algorithms: every row of every provider, with what the policy thinks of it, and the rows
// that this machine lacks.
#include <algorithm>
#include <array>
#include <cstdio>
#include <span>

#include "lib/crypto/key_algorithm.hpp"
#include "lib/crypto/names.hpp"
#include "lib/crypto/openssl/legacy.hpp"
#include "lib/crypto/providers.hpp"
#include "lib/kex/method.hpp"
#include "tools/json.hpp"

namespace sshauth::tool {
namespace {

struct Line {
  const char* kind;
  std::string name;
  std::vector<std::string> providers;
  std::string preferred;  // the provider whose row the default one takes; its own where it has one
  const NameRow* policy;  // null for what has no wire name of its own
  std::string absent;     // why no provider has it
};

std::array<const Provider*, 2> libraries() { return {&openssl_provider(), &sodium_provider()}; }

template <class Alg>
void add_rows(const char* kind, const NameKind* names,
              Rows<Alg> (*rows_of)(const Provider&) noexcept, std::vector<Line>& out) {
  for (const Provider* provider : libraries())
    for (const Alg* row : rows_of(*provider)) {
      const std::string name = row->name;
      const auto same = [&](const Line& line) { return line.kind == kind && line.name == name; };
      auto line = std::find_if(out.begin(), out.end(), same);
      if (line == out.end()) {
        const NameRow* policy = names != nullptr ? find_name(*names, name) : nullptr;
        line = out.insert(out.end(), {kind, name, {}, "", policy, ""});
      }
      line->providers.emplace_back(provider->name);
      if (line->preferred.empty() && find(rows_of(default_provider()), name) == row)
        line->preferred = provider->name;
    }
  for (Line& line : out)
    if (line.kind == kind) prefer_own(line, find(rows_of(default_provider()), line.name));
}

// A row of the default provider's own, made of both libraries' code.
void prefer_own(Line& line, const void* own) {
  if (line.preferred.empty() && own != nullptr) line.preferred = default_provider().name;
}

// Those whose library is not there.
template <class Alg>
void add_absent(const char* kind, NameKind names, Rows<Alg> rows, std::vector<Line>& out) {
  for (const Alg* row : rows)
    if (const char* why = openssl::absent_because(row->name); *why != '\0')
      out.push_back({kind, row->name, {}, "", find_name(names, row->name), why});
}

// A method is not a row itself: a provider has it when it has the agreement, or the agreement in a
// group that is given, and the hash.
void add_methods(std::vector<Line>& out) {
  for (const KexMethod& method : kex_methods()) {
    Line line{"kex", std::string(method.name), {}, "", find_name(NameKind::kex, method.name), ""};
    for (const Provider* provider : libraries()) {
      if (find_method(*provider, method.name) == nullptr) continue;
      line.providers.emplace_back(provider->name);
      const auto* row = find(agreements(*provider), method.agreement);
      const auto* group = find(groups(*provider), method.agreement);
      if (find(agreements(default_provider()), method.agreement) == row &&
          find(groups(default_provider()), method.agreement) == group)
        line.preferred = provider->name;
    }
    prefer_own(line, find(agreements(default_provider()), method.agreement));
    out.push_back(std::move(line));
  }
}

// The same of certificates: what their signature row needs, and X.509 where they are X.509's.
void add_forms(std::vector<Line>& out) {
  for (const KeyFormRow& row : key_forms()) {
    Line line{"signature", std::string(row.name), {}, "", find_name(NameKind::signature, row.name),
              ""};
    for (const Provider* provider : libraries())
      if (key_algorithm(*provider, row)) line.providers.emplace_back(provider->name);
    const KeyAlgorithm used = key_algorithm(default_provider(), row);
    for (const Provider* provider : libraries())
      if (used && find(sigs(*provider), row.signature) == used.sig)
        line.preferred = key_algorithm(*provider, row) ? provider->name : "";
    out.push_back(std::move(line));
  }
}

std::vector<Line> every_line() {
  constexpr NameKind kSignature = NameKind::signature, kCipher = NameKind::cipher,
                     kMac = NameKind::mac, kCompression = NameKind::compression;
  std::vector<Line> out;
  add_methods(out);
  add_rows<SigAlg>("signature", &kSignature, sigs, out);
  add_forms(out);
  add_rows<CipherAlg>("cipher", &kCipher, ciphers, out);
  add_rows<MacAlg>("mac", &kMac, macs, out);
  add_absent<CipherAlg>("cipher", kCipher, openssl::kLegacyCiphers, out);
  add_absent<MacAlg>("mac", kMac, openssl::kLegacyMacs, out);
  add_rows<CompressionAlg>("compression", &kCompression, compressions, out);
  add_rows<AgreementAlg>("agreement", nullptr, agreements, out);
  add_rows<HashAlg>("hash", nullptr, hashes, out);
  return out;
}

std::vector<std::string> marks_of(const NameRow* policy) {
  constexpr std::pair<std::uint8_t, const char*> kMarks[] = {{NameMarks::modern, "modern"},
                                                             {NameMarks::fips, "fips"},
                                                             {NameMarks::weak, "weak"},
                                                             {NameMarks::broken, "broken"}};
  std::vector<std::string> out;
  for (const auto& [mark, word] : kMarks)
    if (policy != nullptr && policy->is(mark)) out.emplace_back(word);
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

constexpr struct {
  const char *kind, *title;
} kTitles[] = {{"kex", "Key exchange"},
               {"signature", "Host keys and user keys"},
               {"cipher", "Ciphers"},
               {"mac", "MACs, for ciphers that have none of their own"},
               {"compression", "Compression"},
               {"agreement", "What key exchange computes with"},
               {"hash", "Hashes"}};

// The library whose code runs stands first and has a star.
std::string libraries_of(const Line& line) {
  std::string out = line.preferred.empty() ? "" : line.preferred + "*";
  if (!line.absent.empty()) out = "absent";
  for (const std::string& name : line.providers)
    if (name != line.preferred) out += (out.empty() ? "" : " ") + name;
  return out;
}

// One algorithm a line, in columns.
void show(std::span<const Line* const> lines) {
  std::size_t name_width = 0, libraries_width = 0;
  for (const Line* line : lines) {
    name_width = std::max(name_width, line->name.size());
    libraries_width = std::max(libraries_width, libraries_of(*line).size());
  }
  for (const Line* line : lines) {
    const std::string marks = joined(marks_of(line->policy));
    std::printf("  %-*s  %-*s%s\n", static_cast<int>(name_width), line->name.c_str(),
                marks.empty() ? 0 : static_cast<int>(libraries_width) + 2,
                libraries_of(*line).c_str(), marks.c_str());
  }
}

void show(const std::vector<Line>& lines) {
  for (const auto& [kind, title] : kTitles) {
    std::vector<const Line*> those;
    for (const Line& line : lines)
      if (std::string_view(line.kind) == kind) those.push_back(&line);
    std::printf("%s\n", title);
    show(those);
    std::printf("\n");
  }
  std::printf(
      "Columns: name on the wire, libraries (* the one whose code runs unless told otherwise),\n"
      "marks: modern (the policy Modern offers it), fips (approved by NIST), weak, broken.\n");
  const auto absent = std::find_if(lines.begin(), lines.end(),
                                   [](const Line& line) { return !line.absent.empty(); });
  if (absent != lines.end())
    std::printf("What is absent needs OpenSSL's provider \"legacy\", which cannot be used:\n%s\n",
                absent->absent.c_str());
}

}  // namespace

int run_algorithms(bool json) {
  const std::vector<Line> lines = every_line();
  Json rows = Json::array();
  for (const Line& line : lines)
    rows.push_back({{"kind", line.kind},
                    {"name", line.name},
                    {"providers", line.providers},
                    {"default", line.preferred},
                    {"policy", marks_of(line.policy)},
                    {"absent", line.absent}});
  if (json) {
    print_json(
        {{"result", "ok"}, {"default_provider", default_provider().name}, {"algorithms", rows}});
    return exit_authenticated;
  }
  show(lines);
  return exit_authenticated;
}

}  // namespace sshauth::tool
