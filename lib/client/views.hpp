// Small conversions between the engine's C values and ours, for this room alone.
#pragma once

#include <string>
#include <string_view>

#include "ipworksauth/engine.h"
#include "lib/base/bytes.hpp"
#include "lib/client/result.hpp"

namespace sshauth {

inline Bytes bytes_of(const ipworksauth_octets& view) noexcept { return {view.data, view.len}; }
inline std::string_view text_of(const ipworksauth_octets& view) noexcept {
  return as_text(bytes_of(view));
}

// Of IPWORKSAUTH_STAGE_...
ClientStage client_stage(std::uint32_t engine_stage) noexcept;

// "sent SSH_MSG_KEXINIT (20), packet 0, 1234 octets"
std::string describe_packet(const ipworksauth_trace_record& record);

// Lines of "0000  14 9a ...  ..": offset, octets, the printable ones as they are. Of more than 4096
// octets the first, and how many follow.
std::string hex_dump(Bytes octets);

}  // namespace sshauth
