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

// A public value of a key exchange, in the form of its method.
inline Bytes read_value(Reader& r, ValueForm form) noexcept {
  return form == ValueForm::mpint ? r.mpint() : r.string();
}
inline void write_value(Writer& w, Bytes value, ValueForm form) noexcept {
  if (form == ValueForm::mpint)
    w.mpint(value);
  else
    w.string(value);
}

}  // namespace sshauth
