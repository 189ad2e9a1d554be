// Profile tiny: methods with one init and one reply, and no others.
#include "lib/kex/family.hpp"

namespace sshauth {

constinit const KexFamily* const group_exchange_family = nullptr;

}  // namespace sshauth
