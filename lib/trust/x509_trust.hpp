// X.509 host certificates (RFC 6187) against certification authorities that the user named: the
// chain (RFC 5280 §6), the host's name (RFC 6125), and what RFC 6187 §2.2 asks of the extensions.
//
// Revocation lists and OCSP responses are not looked at: what is revoked goes into known_hosts.
#pragma once

#include <string>
#include <vector>

#include "lib/crypto/key_algorithm.hpp"
#include "lib/keys/key_error.hpp"
#include "lib/keys/public_key.hpp"
#include "lib/trust/trust_rules.hpp"
#include "lib/trust/verdict.hpp"

namespace sshauth {

class X509Trust {
 public:
  // Adds the certificates of a PEM file, at least one.
  KeyError add_file(const std::string& path);
  KeyError add_pem(std::string_view text, const std::string& name);
  bool empty() const noexcept { return authorities_.empty(); }

  // Accepted: `verified` is the chain that was built, in DER, from the host's certificate to the
  // authority's.
  HostKeyDecision check(const X509Chain& chain, std::string_view host, const TrustRules& rules,
                        std::vector<Blob>& verified) const;

 private:
  std::vector<Blob> authorities_;  // DER
};

}  // namespace sshauth
