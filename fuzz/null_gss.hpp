// A GSSAPI mechanism without security, for fuzzing: the first octet of a token says what comes of
// it ('d' done, 'c' continue, 'e' failure with an error token, any other failure), and a MIC is
// whatever begins with "mic".
#pragma once

#include "ipworksauth/provider.h"

namespace sshauth {

extern const ipworksauth_gss kNullGss;

}  // namespace sshauth
