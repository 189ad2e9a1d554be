// Fuzz target: a known_hosts file. The input is a host name, a line feed, and the file.
#include "fuzz/require.hpp"
#include "lib/trust/known_hosts.hpp"

using namespace sshauth;

namespace {

// A key that no file can have by chance.
Blob stranger() {
  const Blob point(32, 0x5a);
  ipworksauth_public_key key{};
  key.first = point.data(), key.first_len = point.size();
  return encode_public_blob("ssh-ed25519", key);
}

void look_up(const KnownHosts& hosts, std::string_view host, std::uint16_t port) {
  const Blob unknown = stranger();
  bool on_record = false;
  for (const KnownHostsLine* line : hosts.find(host, port)) {
    on_record = on_record || line->blob == unknown;
    const HostKeyDecision decision = hosts.check(host, port, line->blob);
    if (line->marker == KnownHostsLine::Marker::revoked)
      require(decision.verdict == HostKeyVerdict::revoked);
    if (line->marker == KnownHostsLine::Marker::none)
      require(decision.accepted() || decision.verdict == HostKeyVerdict::revoked);
  }
  const HostKeyDecision decision = hosts.check(host, port, unknown);
  require(!decision.reason.empty());
  if (!on_record && port == kSshPort) require(!decision.accepted());
  (void)hosts.key_types(host, port);
  (void)hosts.authorities(host, port);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in = as_text({data, size});
  // Lines times lines is this target's work, not the library's.
  if (size > 8192) return 0;
  const std::size_t cut = in.find('\n');
  if (cut == std::string_view::npos) return 0;
  KnownHosts hosts;
  const KeyError bad = hosts.add_text(in.substr(cut + 1), "fuzz");
  require(bad.ok() || bad.code == KeyErrc::malformed);
  if (!bad.ok()) return 0;
  look_up(hosts, in.substr(0, cut), 22);
  look_up(hosts, in.substr(0, cut), 2222);
  look_up(hosts, "example.org", 22);
  return 0;
}
