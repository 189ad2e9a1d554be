// Build option `gssapi` disabled.
#include "lib/gss/kerberos.hpp"

namespace sshauth {

std::shared_ptr<const ipworksauth_gss> make_kerberos(const KerberosOptions&, const std::string&,
                                                     const std::string&, std::string& why) {
  why = "this version was built without GSSAPI (Meson option gssapi)";
  return nullptr;
}

}  // namespace sshauth
