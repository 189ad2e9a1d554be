#include "lib/crypto/providers.hpp"

namespace sshauth {

const Provider& default_provider() noexcept { return small_provider(); }

}  // namespace sshauth
