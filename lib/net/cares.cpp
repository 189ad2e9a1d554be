#include "lib/net/cares.hpp"

#include "lib/keys/dynamic.hpp"

namespace sshauth {
namespace {

struct Loaded {
  CaresLibrary table{};
  bool usable = false;
};

Loaded load() noexcept {
  Loaded out;
  void* at = ::dlopen("libcares.so.2", RTLD_NOW | RTLD_LOCAL);
  if (at == nullptr) return out;
  CaresLibrary& t = out.table;
  out.usable = find_function(at, "ares_library_init", t.library_init) &&
               find_function(at, "ares_init_options", t.init_options) &&
               find_function(at, "ares_destroy", t.destroy) &&
               find_function(at, "ares_set_servers_ports_csv", t.set_servers_ports_csv) &&
               find_function(at, "ares_getaddrinfo", t.getaddrinfo) &&
               find_function(at, "ares_freeaddrinfo", t.freeaddrinfo) &&
               find_function(at, "ares_process_fd", t.process_fd) &&
               find_function(at, "ares_timeout", t.timeout) &&
               t.library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
  return out;
}

}  // namespace

const CaresLibrary* cares_library() noexcept {
  static const Loaded loaded = load();
  return loaded.usable ? &loaded.table : nullptr;
}

}  // namespace sshauth
