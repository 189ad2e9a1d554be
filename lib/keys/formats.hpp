// The formats that keys come in, as rows.
#pragma once

#include <span>

#include "lib/keys/key_list.hpp"

namespace sshauth {

struct KeyFormat {
  KeyFamily family;
  const char* name;  // for people: "an OpenSSH private key"
  bool (*looks_like)(Bytes data);
  KeyError (*read)(Bytes data, LoadOptions& options, KeyList& keys);
};

std::span<const KeyFormat> key_formats() noexcept;

}  // namespace sshauth
