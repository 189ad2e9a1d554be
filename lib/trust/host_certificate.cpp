#include "lib/trust/host_certificate.hpp"

#include "lib/crypto/names.hpp"
#include "lib/keys/public_key.hpp"
#include "lib/trust/certificate_time.hpp"
#include "lib/trust/host_pattern.hpp"

namespace sshauth {
namespace {

HostKeyDecision refused(const Certificate& certificate, const std::string& why) {
  return {HostKeyVerdict::bad_certificate,
          "the host certificate \"" + printable(certificate.key_id) + "\" " + why};
}

bool names_host(const Certificate& certificate, std::string_view host) {
  const std::string wanted = lower_case(without_brackets(host));
  bool found = false;
  each_principal(certificate.principals, [&](std::string_view name) {
    found = found || (!name.empty() && lower_case(name) == wanted);
  });
  return found;
}

std::string first_critical_option(const Certificate& certificate) {
  std::string first;
  each_option(certificate.critical_options, [&](std::string_view name, Bytes) {
    if (first.empty()) first = "\"" + printable(name) + "\"";
  });
  return first;
}

// The weak mark of ssh-rsa and ssh-dss is for SHA-1.
bool signed_with_sha1(const Certificate& certificate) {
  const NameRow* row = find_name(NameKind::signature, signature_algorithm(certificate.signature));
  return row == nullptr || row->is(NameMarks::weak) || row->is(NameMarks::broken);
}

}  // namespace

HostKeyDecision check_host_certificate(const Certificate& certificate, std::string_view host,
                                       const TrustRules& rules, const Provider& provider) {
  if (certificate.kind != Certificate::host)
    return refused(certificate, "is a user's: it proves nothing about a host");
  if (certificate.principals.empty())
    return refused(certificate, "names no host at all: sign it with the names it is for");
  if (!names_host(certificate, host))
    return refused(certificate, "is not for " + printable(host) + ": sign it with that name");
  if (const std::string why = invalid_at(certificate, rules.now); !why.empty())
    return refused(certificate, why);
  if (const std::string option = first_critical_option(certificate); !option.empty())
    return refused(certificate, "has the critical option " + option + ", which is not known here");
  if (!rules.sha1_authorities && signed_with_sha1(certificate))
    return refused(certificate, "is signed by " +
                                    printable(signature_algorithm(certificate.signature)) +
                                    ", which the policy does not allow of authorities");
  if (verify_certificate(provider, certificate) != Errc::ok)
    return refused(certificate, "is not signed by the authority that it names");
  return {HostKeyVerdict::accepted, "the host certificate \"" + printable(certificate.key_id) +
                                        "\" is by an authority that is trusted for " +
                                        printable(host)};
}

}  // namespace sshauth
