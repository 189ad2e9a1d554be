#include "lib/keys/argon2.hpp"

namespace sshauth {

KeyError argon2(const Argon2&, Bytes, MutBytes) {
  return {KeyErrc::unsupported_type,
          "the key is protected with Argon2, which this build of the library has no support for "
          "(meson option argon2)"};
}

}  // namespace sshauth
