// The steps of RFC 4419 §3 that settle on a group, which RFC 4462 §2.2 has too, under other
// numbers.
//
//   client   ask_for_group, take_group        server   give_group
//
// What was asked for and the group are kept for the exchange hash (min || n || max || p || g, of
// the old request n || p || g), and the run's agreement works in that group from then on.
#pragma once

#include "lib/kex/run.hpp"

namespace sshauth {

// Octets of `run.memory`: three numbers and two mpints.
inline constexpr std::size_t kGroupMemory = 3 * 4 + 2 * (4 + 1 + kMaxGroupBits / 8);

bool groups_served(const Provider& provider, const KexMethod& method) noexcept;

void ask_for_group(KexRun& run, Writer& w, Msg request) noexcept;
// Takes the server's group, if it is what was asked for and safe to work in.
Errc take_group(KexRun& run, Bytes payload, Msg group) noexcept;
// Takes the request, in the old form of one number or the new of three, and writes a group.
Errc give_group(KexRun& run, Bytes payload, Writer& w, Msg request, Msg group) noexcept;

}  // namespace sshauth
