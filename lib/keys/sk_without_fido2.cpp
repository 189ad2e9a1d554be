#include "lib/keys/sk_provider.hpp"

namespace sshauth {

std::shared_ptr<const SkProvider> open_fido2(KeyError& why) {
  why = {
      KeyErrc::unsupported_type,
      "this build has no libfido2; name a provider library in the setting SecurityKeyProvider or "
      "in SSH_SK_PROVIDER"};
  return nullptr;
}

}  // namespace sshauth
