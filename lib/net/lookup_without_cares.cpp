// Builds without c-ares: every name is looked up by the C library.
#include "lib/net/lookup_rows.hpp"

namespace sshauth {

bool lookup_is_asynchronous() noexcept { return false; }

std::unique_ptr<Question> ask_dns(WaitSet&, const std::string&, int, const LookupOptions&) {
  return nullptr;
}

}  // namespace sshauth
