#include "lib/kex/method.hpp"

#include "lib/kex/family.hpp"

namespace sshauth {
namespace {

constexpr KexMethod kMethods[] = {
#define X(name, family, agreement, hash, value_form, secret_form, bad_value, mark, rfc) \
  {name,                                                                                \
   &family##_family,                                                                    \
   agreement,                                                                           \
   hash,                                                                                \
   ValueForm::value_form,                                                               \
   ValueForm::secret_form,                                                              \
   Errc::bad_value,                                                                     \
   Mark::mark},
#include "lib/kex/methods.def"
#undef X
};

}  // namespace

std::span<const KexMethod> kex_methods() noexcept { return kMethods; }

const KexMethod* find_method(const Provider& provider, std::string_view name) noexcept {
  for (const KexMethod& method : kMethods)
    if (method.name == name && *method.family != nullptr &&
        (*method.family)->served(provider, method) &&
        find(hashes(provider), method.hash) != nullptr)
      return &method;
  return nullptr;
}

std::size_t kex_memory_len(const Provider& provider) noexcept {
  std::size_t most = 0;
  for (const KexMethod& method : kMethods)
    if (find_method(provider, method.name) != nullptr && (*method.family)->memory_len > most)
      most = (*method.family)->memory_len;
  return most;
}

}  // namespace sshauth
