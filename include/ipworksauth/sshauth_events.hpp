// sshauth_events.hpp: what sshauth.hpp and sshauth_qt.hpp share: reading the slots of an event, and
// taking exceptions around the C library. Include one of those two, not this.
#ifndef IPWORKSAUTH_SSHAUTH_EVENTS_HPP
#define IPWORKSAUTH_SSHAUTH_EVENTS_HPP

#include <cstdint>
#include <cstdio>
#include <exception>

#include "ipworksauth/sshauth.h"

namespace ipworksauth_events {

inline int number(const void* slot) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(slot));
}
inline void* in_pointer(int value) {
  return reinterpret_cast<void*>(static_cast<std::intptr_t>(value));
}
inline const char* text(const void* slot) { return static_cast<const char*>(slot); }

// Answers an event with a text; `result` is what its function returned, and so is ours unless the
// text cannot be sent.
inline int put_text(void* obj, void* slot, const char* value, int result) {
  void* const text = const_cast<char*>(value);  // the C function's type; it only reads
  if (result != 0 || ipworksauth_evtstr(slot, 2, text, 1) != nullptr) return result;
  ipworksauth_sshauth_seteventerrorandcode(
      obj, 10022, "the answer to an event is longer than a packet can carry (70,000 octets)");
  return 10022;
}

inline const char* name_of(int event_id) {
  static const char* const names[] = {"an event",
                                      "Connected",
                                      "ConnectionStatus",
                                      "Disconnected",
                                      "Error",
                                      "Log",
                                      "SSHCustomAuth",
                                      "SSHKeyboardInteractive",
                                      "SSHServerAuthentication",
                                      "SSHStatus"};
  return names[event_id >= 1 && event_id <= 9 ? event_id : 0];
}

class Call;

// The calls an object is inside of, the innermost first. None of it is touched once the object is
// gone, which may happen inside one of its own events.
class Calls {
 public:
  Calls() : innermost_(nullptr) {}
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;
  inline ~Calls();

  // Runs `handler` for an event of `obj` and returns its result. An exception ends the operation:
  // it becomes -1 and a sentence for the library, and waits in the innermost call.
  template <class Handler>
  int guard(void* obj, int event_id, Handler handler);

 private:
  friend class Call;
  friend class Watch;
  Call* innermost_;
};

// One call of a C function that fires events:
//
//   Call call(calls_);
//   return call.done(ipworksauth_sshauth_authenticate(obj));
class Call {
 public:
  explicit Call(Calls& calls) : calls_(&calls), outer_(calls.innermost_) {
    calls.innermost_ = this;
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() {
    if (calls_ != nullptr) calls_->innermost_ = outer_;
  }

  // What the C function returned; or on with the first that an event function threw.
  int done(int code) {
    if (thrown_) std::rethrow_exception(thrown_);
    return code;
  }

 private:
  friend class Calls;
  friend class Watch;
  void keep(const std::exception_ptr& thrown) {
    if (!thrown_) thrown_ = thrown;
  }

  Calls* calls_;  // null: the object is gone
  Call* outer_;
  std::exception_ptr thrown_;
};

// Tells after a handler has run whether the object is still there.
class Watch {
 public:
  explicit Watch(const Calls& calls) : call_(calls.innermost_) {}
  bool gone() const { return call_ != nullptr && call_->calls_ == nullptr; }

 private:
  const Call* call_;
};

inline Calls::~Calls() {
  for (Call* call = innermost_; call != nullptr; call = call->outer_) call->calls_ = nullptr;
}

// In memory of its own: what was thrown may be std::bad_alloc.
inline int report(void* obj, int event_id, const char* what) {
  char sentence[1024];
  std::snprintf(sentence, sizeof sentence, "the handler of %s threw an exception: %s",
                name_of(event_id), what);
  ipworksauth_sshauth_seteventerrorandcode(obj, -1, sentence);
  return -1;
}

template <class Handler>
int Calls::guard(void* obj, int event_id, Handler handler) {
#if defined(__cpp_exceptions) || defined(__EXCEPTIONS) || defined(_CPPUNWIND)
  Call* const call = innermost_;  // the handler may delete the object, and us with it
  try {
    return handler();
  } catch (const std::exception& e) {
    if (call != nullptr) call->keep(std::current_exception());
    return report(obj, event_id, e.what());
  } catch (...) {
    if (call != nullptr) call->keep(std::current_exception());
    return report(obj, event_id, "of a type that says nothing about itself");
  }
#else
  static_cast<void>(obj);
  static_cast<void>(event_id);
  return handler();
#endif
}

}  // namespace ipworksauth_events

#endif  // IPWORKSAUTH_SSHAUTH_EVENTS_HPP
