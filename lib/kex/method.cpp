#include "lib/kex/method.hpp"

#include "lib/kex/family.hpp"
#include "lib/wire/name_list.hpp"

namespace sshauth {

const KexMethod* find_method(const Provider& provider, std::string_view name) noexcept {
  for (const KexMethod& method : kex_methods())
    if (method.name == name && method.family->served(provider, method) &&
        find(hashes(provider), method.hash) != nullptr)
      return &method;
  return nullptr;
}

bool is_by_gss(const KexMethod& method) noexcept { return method.family->gss; }

bool any_by_gss(const Provider& provider, std::string_view names) noexcept {
  for (std::string_view name; next_name(names, name);)
    if (const KexMethod* method = find_method(provider, name);
        method != nullptr && is_by_gss(*method))
      return true;
  return false;
}

std::size_t kex_memory_len(const Provider& provider, bool gss) noexcept {
  std::size_t most = 0;
  for (const KexMethod& method : kex_methods())
    if (find_method(provider, method.name) != nullptr && (gss || !is_by_gss(method)) &&
        method.family->memory_len > most)
      most = method.family->memory_len;
  return most;
}

}  // namespace sshauth
