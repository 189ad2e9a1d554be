// Functions of a library that is loaded when it is first needed. It is loaded once and never
// unloaded, so a table of them is constant from then on, and threads share it freely.
#pragma once

#include <dlfcn.h>

#include <bit>

namespace sshauth {

template <class F>
[[nodiscard]] bool find_function(void* library, const char* name, F& out) noexcept {
  // POSIX dlsym: the address of a function comes as a pointer to void of the same size.
  out = std::bit_cast<F>(::dlsym(library, name));
  return out != nullptr;
}

}  // namespace sshauth
