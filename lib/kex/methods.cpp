#include "lib/kex/method_row.hpp"

namespace sshauth {
namespace {

constexpr KexMethod kMethods[] = {
#define X(name, family, agreement, hash, value_form, secret_form, bad_value, mark, rfc) \
  SSHAUTH_KEX_METHOD(name, family, agreement, hash, value_form, secret_form, bad_value, mark)
#include "lib/kex/methods.def"
#undef X
};

}  // namespace

std::span<const KexMethod> kex_methods() noexcept { return kMethods; }

}  // namespace sshauth
