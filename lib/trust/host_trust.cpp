#include "lib/trust/host_trust.hpp"

namespace sshauth {

HostKeyDecision HostTrust::check(std::string_view host, std::uint16_t port, Bytes blob,
                                 const Provider& provider) const {
  HostKeyDecision recorded = known_hosts_.check(host, port, blob);
  if (recorded.verdict == HostKeyVerdict::revoked || pinned_.empty()) return recorded;
  return pinned_.check(blob, provider);
}

std::vector<std::string> HostTrust::preferred_key_types(std::string_view host,
                                                        std::uint16_t port) const {
  return pinned_.empty() ? known_hosts_.key_types(host, port) : pinned_.key_types();
}

}  // namespace sshauth
