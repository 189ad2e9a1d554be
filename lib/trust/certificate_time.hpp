// When an OpenSSH certificate is valid (PROTOCOL.certkeys: from valid_after on, and before
// valid_before).
#pragma once

#include <cstdint>
#include <string>

#include "lib/crypto/certificate.hpp"

namespace sshauth {

// "expired at 2020-01-02 00:00:00 UTC", or "is not valid before ..."; "": valid at `now`, in
// seconds since 1970.
std::string invalid_at(const Certificate& certificate, std::int64_t now);

}  // namespace sshauth
