// Algorithm lists as the host sets them, and as they are offered.
//
// A name is available (a row of the provider serves it), known (somebody's SSH has it, this build
// has no row) or unknown. Known names are skipped where a list is offered, so that the reference's
// defaults can stand to the letter; an unknown one is refused, being most likely misspelt.
#pragma once

#include <string>
#include <string_view>

#include "abi/refusal.hpp"
#include "lib/crypto/rows.hpp"

namespace sshauth::abi {

enum class ListKind : std::uint8_t { kex, host_key, cipher, mac, compression, signature };

// A list that the host sets: every name known, at least one available.
Refusal check_list(ListKind kind, std::string_view list, const Provider& provider);

// The available names of the list, in its order, each once.
std::string offered_list(ListKind kind, std::string_view list, const Provider& provider);

// The value of SecurityPolicy in any case of letters, as it is shown; empty: there is no such
// policy.
std::string_view policy_name(std::string_view name) noexcept;
// The fewest bits of an RSA key, and whether certificates may be signed with SHA-1.
unsigned policy_min_rsa_bits(std::string_view policy) noexcept;
bool policy_sha1_authorities(std::string_view policy) noexcept;
// A policy's list, preferred names first; empty for Reference, whose lists are the defaults.
std::string policy_list(std::string_view policy, ListKind kind);

}  // namespace sshauth::abi
