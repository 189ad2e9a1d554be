// Private keys of other programs, told apart only to say what to do with them.
#pragma once

#include "lib/keys/load.hpp"

namespace sshauth {

bool is_foreign(Bytes data) noexcept;
KeyResult refuse_foreign(Bytes data, LoadOptions& options);

}  // namespace sshauth
