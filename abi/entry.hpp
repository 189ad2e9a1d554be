// How every C function begins and ends: find the object, catch what is thrown, record the error.
#pragma once

#include <new>

#include "abi/object.hpp"

namespace sshauth::abi {

// Empty results of the `char*` getters; nobody writes there.
inline char* no_text() noexcept {
  static char empty[1] = {'\0'};
  return empty;
}

template <class Body>
int run_on(Object& object, Body& body) noexcept {
  try {
    const Refusal refusal = body(object);
    if (refusal.ok())
      object.last_error.clear();
    else
      object.last_error.set(refusal.code, refusal.text, object.charset());
    return refusal.code;
  } catch (const std::bad_alloc&) {
    object.last_error.set(kOutOfMemory, {}, object.charset());
    return kOutOfMemory;
  } catch (...) {
    object.last_error.set(kBadState, "an internal error was caught; the call had no effect",
                          object.charset());
    return kBadState;
  }
}

// Runs `body`, a Refusal(Object&), records its outcome as the last error and returns its code. Ends
// the object if a callback that ran meanwhile destroyed it.
template <class Body>
int run(void* handle, Body body) noexcept {
  Object* object = Object::from(handle);
  if (object == nullptr) return kBadArgument;
  const int code = run_on(*object, body);
  if (object->is_destroyed() && !object->in_callback()) delete object;
  return code;
}

int get_number(void* handle, Slot slot) noexcept;
int set_number(void* handle, Slot slot, int number) noexcept;
// `code`, if not null, becomes the error code.
char* get_text(void* handle, Slot slot, int* code = nullptr) noexcept;
// `len` 0: `text` ends at its NUL; else there as well, or after `len` octets.
int set_text(void* handle, Slot slot, const char* text, int len = 0) noexcept;
int get_binary(void* handle, Slot slot, char** data, int* len) noexcept;
int set_binary(void* handle, Slot slot, const char* data, int len) noexcept;

}  // namespace sshauth::abi
