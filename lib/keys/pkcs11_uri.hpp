// PKCS#11 URIs, RFC 7512: which module, which token, which key.
//
// Read strictly: an attribute that is not known, stands twice or is damaged is an error, since
// passing it over would select other keys than were meant.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/keys/key_error.hpp"
#include "lib/keys/secret_bytes.hpp"
#include "lib/keys/signer.hpp"

namespace sshauth {

struct Pkcs11Uri {
  // Of the path (§2.3); none: whatever there is.
  std::optional<std::string> token, manufacturer, serial, model;
  std::optional<std::string> slot_manufacturer, slot_description;
  std::optional<std::string> library_manufacturer, library_description, library_version;
  std::optional<unsigned long> slot_id;
  std::optional<std::string> object, type;
  std::optional<Blob> id;
  // Of the query.
  std::string module_path, module_name, pin_source;
  std::optional<SecretBytes> pin_value;
};

bool is_pkcs11_uri(std::string_view text) noexcept;
// Errors never repeat the URI, which may hold a PIN.
KeyError parse_pkcs11_uri(std::string_view text, Pkcs11Uri& out);

// A token or key as an URI names it: every octet that is not unreserved as %XX.
std::string pkcs11_escape(std::string_view text);

}  // namespace sshauth
