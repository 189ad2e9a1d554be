// What a fuzz target says must hold; a crash that names the line where it does not, in every build.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace sshauth {

// clang 14 has no std::source_location.
inline void require(bool holds, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  if (holds) return;
  std::fprintf(stderr, "%s:%d: does not hold\n", file, line);
  std::abort();
}

}  // namespace sshauth
