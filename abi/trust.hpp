// From texts that the host set to lib/trust.
#pragma once

#include <string>
#include <vector>

#include "abi/refusal.hpp"
#include "lib/trust/host_trust.hpp"

namespace sshauth::abi {

// A host key as public key line, base64, blob or PEM.
Refusal pin_key(PinnedKeys& pins, std::string_view text);

// Public keys of authorities, one a line.
Refusal add_authorities(HostTrust& trust, std::string_view lines);

// known_hosts files, separated by ':'. One that is not there is refused: the host named it.
Refusal add_known_hosts(KnownHosts& known, std::string_view paths);

// What was passed over in them, told when the login begins.
void remark_known_hosts(const KnownHosts& known, std::vector<std::string>& remarks);

}  // namespace sshauth::abi
