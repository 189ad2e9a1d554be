#include "lib/keys/pkcs11.hpp"

namespace sshauth {

KeyError load_pkcs11(const Pkcs11Spec&, std::vector<Pkcs11Key>& out) {
  out.clear();
  return {KeyErrc::unsupported_type,
          "this build has no PKCS#11; build with -Dpkcs11=enabled to use tokens"};
}

}  // namespace sshauth
