// The members of the objects in a JSON text, as far as key formats ask for them: those of the
// object that the text is, and of each object in its array "keys".
//
// Read by RapidJSON in place: what a string says is where it stood, so that no copy of a secret is
// made that somebody would have to wipe. Depth, objects and members are bounded, and a name may
// stand only once in an object (RFC 8259 §4, RFC 7517 §4).
#pragma once

#include <string_view>
#include <vector>

#include "lib/keys/key_error.hpp"
#include "lib/keys/secret_bytes.hpp"

namespace sshauth {

struct JsonMember {
  std::string_view name, text;
  bool is_text;  // else something that is not a string, and not looked into
};

struct JsonObject {
  std::vector<JsonMember> members;

  const JsonMember* find(std::string_view name) const noexcept;
  bool has(std::string_view name) const noexcept { return find(name) != nullptr; }
};

struct JsonDocument {
  SecretBytes text;  // which all views point into
  JsonObject top;
  bool has_keys = false;  // an array "keys" is there; its objects follow
  std::vector<JsonObject> keys;
};

// `malformed` says where.
KeyError read_json(std::string_view text, JsonDocument& out);

}  // namespace sshauth
