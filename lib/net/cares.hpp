// CaresLibrary: c-ares, loaded when a name is first looked up, so that this library starts where
// c-ares is not installed.
//
// It is loaded once and never unloaded; the table is constant from then on, so threads and children
// of fork share it freely. A channel of c-ares belongs to one look-up.
#pragma once

#include <ares.h>

namespace sshauth {

struct CaresLibrary {
  decltype(&::ares_library_init) library_init;
  decltype(&::ares_init_options) init_options;
  decltype(&::ares_destroy) destroy;
  decltype(&::ares_set_servers_ports_csv) set_servers_ports_csv;
  decltype(&::ares_getaddrinfo) getaddrinfo;
  decltype(&::ares_freeaddrinfo) freeaddrinfo;
  decltype(&::ares_process_fd) process_fd;
  decltype(&::ares_timeout) timeout;
};

// Null when it is not installed, or too old.
const CaresLibrary* cares_library() noexcept;

}  // namespace sshauth
