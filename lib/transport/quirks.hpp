// What is known to be wrong with which peer.
#pragma once

#include <cstdint>
#include <string_view>

namespace sshauth {

enum Quirk : std::uint8_t {
  no_quirk = 0,
  no_curve25519 = 1,
  rsa_sha2_unsaid = 2,
  rsa_certificate_sha1 = 4,
  small_groups = 8,
  old_group_request = 16
};

// The quirks of the peer with that identification string, or'ed together.
std::uint8_t quirks_of(std::string_view identification) noexcept;

}  // namespace sshauth
