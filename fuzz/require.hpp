// What a fuzz target says must hold; a crash where it does not, in every build.
#pragma once

#include <cstdlib>

namespace sshauth {

inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace sshauth
