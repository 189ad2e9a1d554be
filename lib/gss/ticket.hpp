// For whom a Kerberos ticket is, as the first token of a context says in clear.
#pragma once

#include <string>

#include "lib/base/bytes.hpp"

namespace sshauth {

// The ticket's service principal without its realm, "host/server.example"; "" where the octets are
// no such token (RFC 4121 §4.1; RFC 4120 §5.3, §5.5.1).
std::string service_of_token(Bytes token);

}  // namespace sshauth
