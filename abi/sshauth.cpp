// Life, errors, methods and event-loop functions of the SSHAuth object.
#include "ipworksauth/sshauth.h"

#include "abi/entry.hpp"

using sshauth::ClientWants;
using sshauth::abi::Object;
using sshauth::abi::Refusal;

namespace {

constexpr char kNoObject[] = "the handle is NULL or not one that create made";

// The reference's type; nobody writes there.
char* as_char(const char* text) noexcept { return const_cast<char*>(text); }

std::string_view or_empty(const char* text) noexcept {
  return text != nullptr ? std::string_view(text) : std::string_view();
}

int set_error(void* obj, sshauth::abi::LastError Object::*which, int code,
              const char* message) noexcept {
  Object* object = Object::from(obj);
  if (object == nullptr) return sshauth::abi::kBadArgument;
  try {
    sshauth::abi::TextPtr text;
    const Refusal refusal = object->take("message", or_empty(message), text);
    if (refusal.ok()) (object->*which).set(code, text->view(), object->charset());
    return refusal.code;
  } catch (...) {
    (object->*which).set(code, {}, object->charset());
    return 0;
  }
}

// What an event loop may ask at any moment, inside callbacks too.
ClientWants wants_of(void* obj) noexcept {
  try {
    Object* object = Object::from(obj);
    if (object != nullptr && object->client().busy()) return object->client().wants();
  } catch (...) {
  }
  return {};
}

}  // namespace

extern "C" {

// ---- life ----

void* ipworksauth_sshauth_create(ipworksauth_callback sink, void* context, const char*, int opts) {
  if (opts != 0) return nullptr;
  try {
    return new Object(sink, context);
  } catch (...) {
    return nullptr;
  }
}

int ipworksauth_sshauth_destroy(void* obj) {
  if (obj == nullptr) return 0;
  Object* object = Object::from(obj);
  if (object == nullptr) return sshauth::abi::kBadArgument;
  if (object->in_callback())
    object->destroy_later();
  else
    delete object;
  return 0;
}

int ipworksauth_sshauth_staticinit(void*) { return 0; }
int ipworksauth_sshauth_staticdestroy(void) { return 0; }

// ---- errors ----

char* ipworksauth_sshauth_getlasterror(void* obj) {
  const Object* object = Object::from(obj);
  return as_char(object != nullptr ? object->last_error.shown() : kNoObject);
}

int ipworksauth_sshauth_getlasterrorcode(void* obj) {
  const Object* object = Object::from(obj);
  return object != nullptr ? object->last_error.code() : sshauth::abi::kBadArgument;
}

int ipworksauth_sshauth_setlasterrorandcode(void* obj, int code, const char* message) {
  return set_error(obj, &Object::last_error, code, message);
}

char* ipworksauth_sshauth_geteventerror(void* obj) {
  const Object* object = Object::from(obj);
  return as_char(object != nullptr ? object->event_error.shown() : kNoObject);
}

int ipworksauth_sshauth_geteventerrorcode(void* obj) {
  const Object* object = Object::from(obj);
  return object != nullptr ? object->event_error.code() : sshauth::abi::kBadArgument;
}

int ipworksauth_sshauth_seteventerrorandcode(void* obj, int code, const char* message) {
  return set_error(obj, &Object::event_error, code, message);
}

// ---- methods ----

int ipworksauth_sshauth_authenticate(void* obj) {
  return sshauth::abi::run(obj, [](Object& object) { return object.authenticate(); });
}

char* ipworksauth_sshauth_config(void* obj, const char* setting) {
  sshauth::abi::TextPtr out;
  const int code =
      sshauth::abi::run(obj, [&](Object& object) { return object.config(or_empty(setting), out); });
  return code == 0 && out != nullptr ? out->data() : sshauth::abi::no_text();
}

int ipworksauth_sshauth_doevents(void* obj) {
  return sshauth::abi::run(obj, [](Object& object) { return object.do_events(); });
}

int ipworksauth_sshauth_interrupt(void* obj) {
  Object* object = Object::from(obj);
  if (object == nullptr) return sshauth::abi::kBadArgument;
  object->interrupt();
  return 0;
}

int ipworksauth_sshauth_reset(void* obj) {
  return sshauth::abi::run(obj, [](Object& object) { return object.reset(); });
}

// ---- event loops ----

int ipworksauth_sshauth_getstate(void* obj) {
  const Object* object = Object::from(obj);
  return object != nullptr ? object->state() : static_cast<int>(IPWORKSAUTH_STATE_IDLE);
}

int ipworksauth_sshauth_getsocket(void* obj) { return wants_of(obj).fd; }

int ipworksauth_sshauth_getwants(void* obj) {
  const ClientWants wants = wants_of(obj);
  return (wants.read ? IPWORKSAUTH_WANTS_READ : 0) | (wants.write ? IPWORKSAUTH_WANTS_WRITE : 0);
}

int ipworksauth_sshauth_getwait(void* obj) {
  const std::int64_t ms = wants_of(obj).timeout_ms;
  return ms > INT32_MAX ? INT32_MAX : static_cast<int>(ms);
}

// ---- event texts ----

void* ipworksauth_evtstr(void* slot, int id, void* val, int opt) {
  return sshauth::abi::OutText::access(slot, id, val, opt);
}

}  // extern "C"
