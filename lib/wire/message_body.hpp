// How every decoder begins.
#pragma once

#include "lib/wire/messages.hpp"

namespace sshauth {

// A reader behind the message number, poisoned when the number is another.
inline Reader body(Bytes payload, Msg msg) noexcept {
  Reader r(payload);
  if (r.u8() != number(msg)) r.poison();
  return r;
}

}  // namespace sshauth
