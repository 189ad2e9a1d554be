// The `hosts` field of a known_hosts line, and the names it is compared with.
#pragma once

#include <string>
#include <string_view>

#include "lib/base/bytes.hpp"
#include "lib/keys/public_key.hpp"

namespace sshauth {

// Whether the field is well formed: some pattern, and |1|salt|hash where it is hashed.
bool is_hosts_field(std::string_view hosts);

// |1|base64 of `salt`|base64 of HMAC-SHA1(salt, name). Empty when libcrypto failed.
std::string hash_host_name(std::string_view name, Bytes salt);

constexpr std::size_t kHostSaltLen = 20;

// `host` without the brackets that may stand around an address.
std::string_view without_brackets(std::string_view host) noexcept;

// Lower case in US-ASCII; other octets stay as they are.
std::string lower_case(std::string_view text);

}  // namespace sshauth
