// Kerberos as the engine's GSSAPI mechanism: the initiator's half, over a library of the system.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ipworksauth/provider.h"
#include "lib/keys/secret_bytes.hpp"

namespace sshauth {

struct KerberosOptions {
  // "host/server.example[@REALM]"; "": host@HOST, which the library completes, maybe by what DNS
  // says. Keys are exchanged, and credentials delegated in doing so, only where that is HOST still:
  // there the name is all that proves the host.
  std::string spn;
  std::string realm;  // of the service, and of the user where there is a password; "": the default
  // With a password a ticket is got for the user ("name" or "name@REALM") and kept in memory alone;
  // without one the tickets are those of the credential cache (single sign-on).
  std::optional<SecretBytes> password;
  std::string library;  // its file; "": the first there is of MIT's and Heimdal's
};

// Null where there is no library, with a sentence in `why`. Nothing is asked of a KDC before the
// first step of a context. For one login at a time.
std::shared_ptr<const ipworksauth_gss> make_kerberos(const KerberosOptions& options,
                                                     const std::string& host,
                                                     const std::string& user, std::string& why);

}  // namespace sshauth
