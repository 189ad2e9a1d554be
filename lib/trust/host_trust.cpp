#include "lib/trust/host_trust.hpp"

#include "lib/trust/host_certificate.hpp"

namespace sshauth {
namespace {

// The key that an X.509 certificate is about, as a plain blob; empty where SSH has no form of it.
Blob key_of_x509(Bytes der, const Provider& provider) {
  Blob out(kMaxPlainKey);
  std::size_t len = out.size();
  const bool read = provider.x509_public_key != nullptr &&
                    provider.x509_public_key(der.data(), der.size(), out.data(), &len) == 1;
  out.resize(read && len <= out.size() ? len : 0);
  return out;
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
  Certificate certificate;
  X509Chain chain;
  if (decode_certificate(blob, certificate) == Errc::ok) {
    Blob out(kMaxPlainKey);
    Writer w(out);
    write_certified_key(w, certificate);
    out.resize(w.ok() ? w.len() : 0);
    return out;
  }
  return open_x509_key(blob, chain) ? key_of_x509(chain[0], provider)
                                    : Blob(blob.begin(), blob.end());
}

KeyError HostTrust::add_authority(std::string_view text) { return authorities_.add_key(text); }

bool HostTrust::has_authority(std::string_view host, std::uint16_t port) const {
  return !authorities_.empty() ||
         (pinned_.empty() && (!known_hosts_.authorities(host, port).empty() ||
                              !known_hosts_.authorities(host, kSshPort).empty()));
}

bool HostTrust::is_revoked(std::string_view host, std::uint16_t port, const std::vector<Blob>& keys,
                           const Provider& provider, HostKeyDecision& out) const {
  for (const KnownHostsLine* line : known_hosts_.revoked(host, port)) {
    const Blob revoked = plain_key_of(line->blob, provider);
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (!revoked.empty() && same_bytes(revoked, keys[i])) {
        out = {HostKeyVerdict::revoked,
               (i == 0 ? "the host key is marked as revoked in "
                       : "the key of an authority behind the host key is marked as revoked in ") +
                   line->place()};
        return true;
      }
  }
  return false;
}

bool HostTrust::trusts_authority(std::string_view host, std::uint16_t port, Bytes ca_key) const {
  if (authorities_.has_key(ca_key)) return true;
  if (!pinned_.empty()) return false;
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
  HostKeyDecision decision;
  if (is_revoked(host, port, {Blob(blob.begin(), blob.end())}, provider, decision)) return decision;
  return pinned_.empty() ? known_hosts_.check(host, port, blob) : pinned_.check(blob, provider);
}

HostKeyDecision HostTrust::check_certificate(std::string_view host, std::uint16_t port, Bytes blob,
                                             const Provider& provider,
                                             const TrustRules& rules) const {
  Certificate certificate;
  if (decode_certificate(blob, certificate) != Errc::ok)
    return {HostKeyVerdict::bad_certificate, "the host certificate is malformed"};
  const Blob plain = plain_key_of(blob, provider);
  const Blob authority(certificate.ca_key.begin(), certificate.ca_key.end());
  HostKeyDecision decision;
  if (is_revoked(host, port, {plain, authority}, provider, decision)) return decision;
  for (const Bytes each : {blob, Bytes(plain)})
    if (decision = pinned_.check(each, provider); decision.accepted()) return decision;
  if (trusts_authority(host, port, certificate.ca_key))
    return check_host_certificate(certificate, host, rules, provider);
  return without_authority(check_plain(host, port, plain, provider));
}

HostKeyDecision HostTrust::check_x509(std::string_view host, std::uint16_t port, Bytes blob,
                                      const X509Chain& chain, const Provider& provider,
                                      const TrustRules& rules) const {
  std::vector<Blob> keys, verified;
  for (std::uint32_t i = 0; i < chain.size(); ++i) keys.push_back(key_of_x509(chain[i], provider));
  const Blob plain = keys[0];
  if (plain.empty())
    return {HostKeyVerdict::bad_certificate, "the host's X.509 certificate cannot be read"};
  HostKeyDecision decision;
  if (is_revoked(host, port, keys, provider, decision)) return decision;
  for (const Bytes each : {blob, Bytes(plain)})
    if (decision = pinned_.check(each, provider); decision.accepted()) return decision;
  if (!has_x509_authority()) return without_authority(check_plain(host, port, plain, provider));
  decision = x509_.check(chain, host, rules, verified);
  // Those that the file of authorities added: the host need not have sent them.
  for (const Blob& each : verified) keys.push_back(key_of_x509(each, provider));
  if (HostKeyDecision revoked; is_revoked(host, port, keys, provider, revoked)) return revoked;
  return decision;
}

std::vector<std::string> HostTrust::preferred_key_types(std::string_view host,
                                                        std::uint16_t port) const {
  return pinned_.empty() ? known_hosts_.key_types(host, port) : pinned_.key_types();
}

}  // namespace sshauth
