// The asynchronous half of Lookup: one file with c-ares, one for builds without.
#pragma once

#include <memory>

#include "lib/net/lookup.hpp"

namespace sshauth {

// Asks the hosts file and DNS for the addresses of one family. It may be over at once. Only where
// lookup_is_asynchronous.
std::unique_ptr<Question> ask_dns(WaitSet& set, const std::string& name, int family,
                                  const LookupOptions& options);

}  // namespace sshauth
