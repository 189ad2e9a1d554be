// Profile tiny: methods with one init and one reply, and no others.
#include "lib/kex/family.hpp"

namespace sshauth {

constinit const KexFamily* const group_exchange_family = nullptr;
constinit const KexFamily* const gss_family = nullptr;
constinit const KexFamily* const gss_gex_family = nullptr;

}  // namespace sshauth
