// OpenSSH user certificates (PROTOCOL.certkeys) that a server refused: it does not say why, but the
// certificate may.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/bytes.hpp"

namespace sshauth {

// Why a server may not take it of `user`, as a sentence: expired, not valid yet, for other users.
// "": nothing that shows, or no certificate.
std::string fault_of_user_certificate(Bytes blob, std::string_view user, std::int64_t now);

}  // namespace sshauth
