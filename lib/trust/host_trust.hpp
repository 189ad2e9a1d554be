// HostTrust: everything the user said about which host keys are right, and one decision
// (RFC 4251 §4.1: a local database, or a certification authority).
//
// A key that is revoked is refused, whatever else speaks for it: the host's own, that of its
// authority, those of every X.509 certificate in the chain; and whatever certificate either is
// wrapped in, for a certificate can be made, or written, anew: one that is revoked revokes its key.
//
// Then pins: what the user named for this very connection. Beside them only the authorities count
// that were named for it, too (add_authority); what is on file, known_hosts with its
// @cert-authority lines and the X.509 authorities, puts no other key in a pinned one's place.
//
// A certificate is judged by its authority, where that is trusted for the host; where it is not,
// the key in it is judged like any other. Without pins known_hosts decides. Without either every
// key is unknown, which is a refusal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/trust/known_hosts.hpp"
#include "lib/trust/pinned.hpp"
#include "lib/trust/x509_trust.hpp"

namespace sshauth {

class HostTrust {
 public:
  PinnedKeys& pinned() noexcept { return pinned_; }
  KnownHosts& known_hosts() noexcept { return known_hosts_; }
  X509Trust& x509() noexcept { return x509_; }
  const PinnedKeys& pinned() const noexcept { return pinned_; }
  const KnownHosts& known_hosts() const noexcept { return known_hosts_; }

  // The public key of an authority whose certificates are accepted of every host, as a line or as
  // base64, @cert-authority lines of known_hosts aside.
  KeyError add_authority(std::string_view text);

  // `blob` is a plain key or a certificate of any form.
  HostKeyDecision check(std::string_view host, std::uint16_t port, Bytes blob,
                        const Provider& provider, const TrustRules& rules = {}) const;
  // Key types to prefer in the negotiation, best first; empty: no preference.
  std::vector<std::string> preferred_key_types(std::string_view host, std::uint16_t port) const;
  // Whether certificates of this host might be accepted: then they are worth asking for.
  bool has_authority(std::string_view host, std::uint16_t port) const;
  bool has_x509_authority() const noexcept { return pinned_.empty() && !x509_.empty(); }

 private:
  // `keys`, in plain form: the host's own, then those of whoever vouches for it.
  bool is_revoked(std::string_view host, std::uint16_t port, const std::vector<Blob>& keys,
                  const Provider& provider, HostKeyDecision& out) const;
  bool trusts_authority(std::string_view host, std::uint16_t port, Bytes ca_key) const;
  HostKeyDecision check_plain(std::string_view host, std::uint16_t port, Bytes blob,
                              const Provider& provider) const;
  HostKeyDecision check_certificate(std::string_view host, std::uint16_t port, Bytes blob,
                                    const Provider& provider, const TrustRules& rules) const;
  HostKeyDecision check_x509(std::string_view host, std::uint16_t port, Bytes blob,
                             const X509Chain& chain, const Provider& provider,
                             const TrustRules& rules) const;

  PinnedKeys pinned_;
  KnownHosts known_hosts_;
  PinnedKeys authorities_;
  X509Trust x509_;
};

// The key that a host key blob of any form is about, as a plain blob; empty where it cannot be
// read.
Blob plain_key_of(Bytes blob, const Provider& provider);
// Opens an X.509 host key blob of either form. False: it is none.
bool open_x509_key(Bytes blob, X509Chain& chain);

}  // namespace sshauth
