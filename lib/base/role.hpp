// Which halves of the protocol this build has.
#pragma once

namespace sshauth {

// Build option `role`: with `client` the server half is refused when an engine is created, and
// dropped by the linker.
inline constexpr bool kBothRoles = IPWORKSAUTH_BOTH_ROLES != 0;

}  // namespace sshauth
