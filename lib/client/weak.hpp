// Which algorithm names are still allowed and should no longer be used, and why.
#pragma once

#include <string_view>

namespace sshauth {

// A reason to show ("SHA-1 is broken"), or empty for a name with nothing against it.
std::string_view weakness_of(std::string_view algorithm) noexcept;

}  // namespace sshauth
