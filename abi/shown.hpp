// A text of the server's as the host may show it: what is not UTF-8 becomes U+FFFD, control
// characters but line feed and tab become '?', so that it can neither drive a terminal nor end
// early at a NUL.
#pragma once

#include <string>
#include <string_view>

namespace sshauth::abi {

std::string shown_text(std::string_view from);

}  // namespace sshauth::abi
