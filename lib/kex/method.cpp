#include "lib/kex/method.hpp"

namespace sshauth {
namespace {

constexpr KexMethod kMethods[] = {
#define X(name, agreement, hash, value_form, secret_form, bad_value, mark, rfc)                \
  {name,      agreement, hash, ValueForm::value_form, ValueForm::secret_form, Errc::bad_value, \
   Mark::mark},
#include "lib/kex/methods.def"
#undef X
};

}  // namespace

std::span<const KexMethod> kex_methods() noexcept { return kMethods; }

const KexMethod* find_method(const Provider& provider, std::string_view name) noexcept {
  for (const KexMethod& method : kMethods)
    if (method.name == name && find(agreements(provider), method.agreement) != nullptr &&
        find(hashes(provider), method.hash) != nullptr)
      return &method;
  return nullptr;
}

}  // namespace sshauth
