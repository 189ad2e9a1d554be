// Key exchange methods: the rows of methods.def, and which of them a provider can serve.
#pragma once

#include "lib/crypto/rows.hpp"
#include "lib/wire/messages.hpp"

namespace sshauth {

struct KexFamily;

enum class Mark : std::uint8_t { sound, weak };

struct KexMethod {
  std::string_view name;
  const KexFamily* family;
  const char* agreement;  // the provider's rows it needs
  const char* hash;
  ValueForm value_form;   // of the public values
  ValueForm secret_form;  // of K in the exchange hash and the key derivation
  Errc bad_value;         // the error for a value that is refused
  Mark mark;              // weak: taken only where a configuration names it
};

// Those of this build: methods.cpp, methods_tiny.cpp.
std::span<const KexMethod> kex_methods() noexcept;

// The method of that name, if the provider has what it needs; else null.
const KexMethod* find_method(const Provider& provider, std::string_view name) noexcept;

// Whether that method is by GSSAPI.
bool is_by_gss(const KexMethod& method) noexcept;

bool any_by_gss(const Provider& provider, std::string_view names) noexcept;

// What the families need of memory for a run of any method that the provider can serve; `gss`: with
// those by GSSAPI.
std::size_t kex_memory_len(const Provider& provider, bool gss) noexcept;

}  // namespace sshauth
