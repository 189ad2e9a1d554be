// HostTrust: everything the user said about which host keys are right, and one decision
// (RFC 4251 §4.1: a local database, or a certification authority).
//
// Pins are what the user named for this very connection, so where there are any they decide, and
// known_hosts can only revoke. Without pins known_hosts decides. Without either every key is
// unknown, which is a refusal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/trust/known_hosts.hpp"
#include "lib/trust/pinned.hpp"

namespace sshauth {

class HostTrust {
 public:
  PinnedKeys& pinned() noexcept { return pinned_; }
  KnownHosts& known_hosts() noexcept { return known_hosts_; }
  const PinnedKeys& pinned() const noexcept { return pinned_; }
  const KnownHosts& known_hosts() const noexcept { return known_hosts_; }

  HostKeyDecision check(std::string_view host, std::uint16_t port, Bytes blob,
                        const Provider& provider) const;
  // Key types to prefer in the negotiation, best first; empty: no preference.
  std::vector<std::string> preferred_key_types(std::string_view host, std::uint16_t port) const;

 private:
  PinnedKeys pinned_;
  KnownHosts known_hosts_;
};

}  // namespace sshauth
