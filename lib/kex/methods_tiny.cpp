// Profile tiny: methods with one init and one reply, and no others.
#include "lib/kex/method_row.hpp"

namespace sshauth {
namespace {

#define SSHAUTH_KEEP_one_round(...) __VA_ARGS__
#define SSHAUTH_KEEP_group_exchange(...)
#define SSHAUTH_KEEP_gss(...)
#define SSHAUTH_KEEP_gss_gex(...)

constexpr KexMethod kMethods[] = {
#define X(name, family, agreement, hash, value_form, secret_form, bad_value, mark, rfc) \
  SSHAUTH_KEEP_##family(                                                                \
      SSHAUTH_KEX_METHOD(name, family, agreement, hash, value_form, secret_form, bad_value, mark))
#include "lib/kex/methods.def"
#undef X
};

}  // namespace

std::span<const KexMethod> kex_methods() noexcept { return kMethods; }

}  // namespace sshauth
