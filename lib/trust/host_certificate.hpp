// OpenSSH host certificates (PROTOCOL.certkeys) by an authority that is trusted for the host.
#pragma once

#include "lib/crypto/certificate.hpp"
#include "lib/trust/trust_rules.hpp"
#include "lib/trust/verdict.hpp"

namespace sshauth {

// Whether the certificate is one for `host` now: accepted, or bad_certificate with the first reason
// why not. It must be a host's; name this host among its principals, where an empty list names
// nobody (CVE-2024-7594 was a list that named everybody); be valid now; have no critical option, as
// none is defined for hosts and each says that who does not know it must refuse; and carry its
// authority's signature, by an algorithm that the rules allow.
HostKeyDecision check_host_certificate(const Certificate& certificate, std::string_view host,
                                       const TrustRules& rules, const Provider& provider);

}  // namespace sshauth
