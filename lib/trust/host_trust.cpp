#include "lib/trust/host_trust.hpp"

#include "lib/trust/host_certificate.hpp"

namespace sshauth {
namespace {

bool is_revoked(const KnownHosts& known, std::string_view host, std::uint16_t port, Bytes blob,
                HostKeyDecision& out) {
  out = known.check(host, port, blob);
  return out.verdict == HostKeyVerdict::revoked;
}

HostKeyDecision without_authority(HostKeyDecision decision) {
  decision.reason = "no authority that is trusted signed the host certificate; of the key in it: " +
                    decision.reason;
  return decision;
}

}  // namespace

bool open_x509_key(Bytes blob, X509Chain& chain) {
  const std::string_view type = public_blob_type(blob);
  for (const KeyFormRow& row : key_forms())
    if (row.form != KeyForm::certificate && (type.empty() || row.blob_type == type) &&
        chain.open(row.form, row.blob_type, blob) == Errc::ok)
      return true;
  return false;
}

Blob plain_key_of(Bytes blob, const Provider& provider) {
  Blob out(kMaxPlainKey);
  Certificate certificate;
  X509Chain chain;
  std::size_t len = out.size();
  if (decode_certificate(blob, certificate) == Errc::ok) {
    Writer w(out);
    write_certified_key(w, certificate);
    out.resize(w.ok() ? w.len() : 0);
  } else if (!open_x509_key(blob, chain)) {
    out.assign(blob.begin(), blob.end());
  } else {
    const bool read =
        provider.x509_public_key != nullptr &&
        provider.x509_public_key(chain[0].data(), chain[0].size(), out.data(), &len) == 1;
    out.resize(read && len <= out.size() ? len : 0);
  }
  return out;
}

KeyError HostTrust::add_authority(std::string_view text) { return authorities_.add_key(text); }

bool HostTrust::has_authority(std::string_view host, std::uint16_t port) const {
  return !authorities_.empty() || !known_hosts_.authorities(host, port).empty() ||
         !known_hosts_.authorities(host, kSshPort).empty();
}

bool HostTrust::trusts_authority(std::string_view host, std::uint16_t port, Bytes ca_key) const {
  if (authorities_.has_key(ca_key)) return true;
  for (const std::uint16_t at : {port, kSshPort})
    for (const KnownHostsLine* line : known_hosts_.authorities(host, at))
      if (same_bytes(line->blob, ca_key)) return true;
  return false;
}

HostKeyDecision HostTrust::check(std::string_view host, std::uint16_t port, Bytes blob,
                                 const Provider& provider, const TrustRules& rules) const {
  X509Chain chain;
  if (is_certificate_type(public_blob_type(blob)))
    return check_certificate(host, port, blob, provider, rules);
  if (open_x509_key(blob, chain)) return check_x509(host, port, blob, chain, provider, rules);
  return check_plain(host, port, blob, provider);
}

HostKeyDecision HostTrust::check_plain(std::string_view host, std::uint16_t port, Bytes blob,
                                       const Provider& provider) const {
  HostKeyDecision recorded = known_hosts_.check(host, port, blob);
  if (recorded.verdict == HostKeyVerdict::revoked || pinned_.empty()) return recorded;
  return pinned_.check(blob, provider);
}

HostKeyDecision HostTrust::check_certificate(std::string_view host, std::uint16_t port, Bytes blob,
                                             const Provider& provider,
                                             const TrustRules& rules) const {
  Certificate certificate;
  if (decode_certificate(blob, certificate) != Errc::ok)
    return {HostKeyVerdict::bad_certificate, "the host certificate is malformed"};
  const Blob plain = plain_key_of(blob, provider);
  HostKeyDecision decision;
  for (const Bytes each : {blob, Bytes(plain), certificate.ca_key})
    if (is_revoked(known_hosts_, host, port, each, decision)) return decision;
  for (const Bytes each : {blob, Bytes(plain)})
    if (decision = pinned_.check(each, provider); decision.accepted()) return decision;
  if (trusts_authority(host, port, certificate.ca_key))
    return check_host_certificate(certificate, host, rules, provider);
  return without_authority(check_plain(host, port, plain, provider));
}

HostKeyDecision HostTrust::check_x509(std::string_view host, std::uint16_t port, Bytes blob,
                                      const X509Chain& chain, const Provider& provider,
                                      const TrustRules& rules) const {
  const Blob plain = plain_key_of(blob, provider);
  if (plain.empty())
    return {HostKeyVerdict::bad_certificate, "the host's X.509 certificate cannot be read"};
  HostKeyDecision decision;
  for (const Bytes each : {blob, Bytes(plain)})
    if (is_revoked(known_hosts_, host, port, each, decision)) return decision;
  for (const Bytes each : {blob, Bytes(plain)})
    if (decision = pinned_.check(each, provider); decision.accepted()) return decision;
  if (!x509_.empty()) return x509_.check(chain, host, rules);
  return without_authority(check_plain(host, port, plain, provider));
}

std::vector<std::string> HostTrust::preferred_key_types(std::string_view host,
                                                        std::uint16_t port) const {
  return pinned_.empty() ? known_hosts_.key_types(host, port) : pinned_.key_types();
}

}  // namespace sshauth
