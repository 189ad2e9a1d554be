#include "lib/crypto/providers.hpp"

namespace sshauth {

const Provider& default_provider() noexcept { return fastest_provider(); }

}  // namespace sshauth
