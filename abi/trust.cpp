#include "abi/trust.hpp"

#include "abi/key_store.hpp"

namespace sshauth::abi {

Refusal pin_key(PinnedKeys& pins, std::string_view text) {
  if (pins.add_key(text).ok()) return {};
  KeyPtr key;
  if (Refusal refusal = read_key(text, "", key); !refusal.ok())
    return {kBadArgument, "it is not a public key: " + refusal.text};
  const KeyError error = pins.add_key(as_text(key->public_blob()));
  return error.ok() ? Refusal() : Refusal(kBadArgument, error.text);
}

Refusal add_authorities(HostTrust& trust, std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end == lines.npos ? lines.size() : end + 1);
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    if (const KeyError error = trust.add_authority(line); !error.ok())
      return {kBadArgument, "it is not the public key of an authority: " + error.text};
  }
  return {};
}

Refusal add_known_hosts(KnownHosts& known, std::string_view paths) {
  while (!paths.empty()) {
    const std::size_t end = paths.find(':');
    const std::string path(paths.substr(0, end));
    paths.remove_prefix(end == paths.npos ? paths.size() : end + 1);
    if (path.empty()) continue;
    if (const KeyError error = known.add_file(path); !error.ok())
      return {kCannotOpenFile, "KnownHosts: " + error.text};
  }
  return {};
}

void remark_known_hosts(const KnownHosts& known, std::vector<std::string>& remarks) {
  const std::vector<KnownHostsProblem>& problems = known.problems();
  if (problems.empty()) return;
  const KnownHostsProblem& first = problems.front();
  std::string remark = "KnownHosts: " + printable(first.file, 300) + " line " +
                       std::to_string(first.number) + " is passed over: " + first.why;
  if (problems.size() > 1) remark += "; so are " + std::to_string(problems.size() - 1) + " more";
  remarks.push_back(std::move(remark));
}

}  // namespace sshauth::abi
