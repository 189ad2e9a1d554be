// name-list, RFC 4251 §5: names separated by commas.
#pragma once

#include <string_view>

#include "lib/base/bytes.hpp"

namespace sshauth {

// Takes the next name off `rest`; false when none is left. Empty names, which a stray comma
// makes, are skipped: some servers end their lists with one.
bool next_name(std::string_view& rest, std::string_view& name) noexcept;

bool list_contains(std::string_view list, std::string_view name) noexcept;

// The first name of a list, empty when there is none.
std::string_view first_name(std::string_view list) noexcept;

std::size_t count_names(std::string_view list) noexcept;

// True when every octet may stand in a name-list: printable US-ASCII (RFC 4251 §5, §6).
bool is_name_list(std::string_view list) noexcept;

}  // namespace sshauth
