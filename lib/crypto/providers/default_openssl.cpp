#include "lib/crypto/providers.hpp"

namespace sshauth {

const Provider& default_provider() noexcept { return openssl_provider(); }

}  // namespace sshauth
