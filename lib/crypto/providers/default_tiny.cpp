#include "lib/crypto/providers.hpp"

namespace sshauth {

const Provider& default_provider() noexcept { return tiny_provider(); }

}  // namespace sshauth
