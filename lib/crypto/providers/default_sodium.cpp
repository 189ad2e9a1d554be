#include "lib/crypto/providers.hpp"

namespace sshauth {

const Provider& default_provider() noexcept { return sodium_provider(); }

}  // namespace sshauth
