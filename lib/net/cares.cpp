#include "lib/net/cares.hpp"

#include <dlfcn.h>

#include <bit>

namespace sshauth {
namespace {

template <class F>
bool find(void* library, const char* name, F& out) noexcept {
  // POSIX dlsym: the address of a function comes as a pointer to void of the same size.
  out = std::bit_cast<F>(::dlsym(library, name));
  return out != nullptr;
}

struct Loaded {
  CaresLibrary table{};
  bool usable = false;
};

Loaded load() noexcept {
  Loaded out;
  void* at = ::dlopen("libcares.so.2", RTLD_NOW | RTLD_LOCAL);
  if (at == nullptr) return out;
  CaresLibrary& t = out.table;
  out.usable =
      find(at, "ares_library_init", t.library_init) &&
      find(at, "ares_init_options", t.init_options) && find(at, "ares_destroy", t.destroy) &&
      find(at, "ares_set_servers_ports_csv", t.set_servers_ports_csv) &&
      find(at, "ares_getaddrinfo", t.getaddrinfo) &&
      find(at, "ares_freeaddrinfo", t.freeaddrinfo) && find(at, "ares_process_fd", t.process_fd) &&
      find(at, "ares_timeout", t.timeout) && t.library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
  return out;
}

}  // namespace

const CaresLibrary* cares_library() noexcept {
  static const Loaded loaded = load();
  return loaded.usable ? &loaded.table : nullptr;
}

}  // namespace sshauth
