// The 42 property functions, made from the rows of properties.def.
#include "abi/entry.hpp"

namespace sshauth::abi {

int get_number(void* handle, Slot slot) noexcept {
  Value value;
  const int code = run(handle, [&](Object& object) { return object.read_property(slot, value); });
  return code == 0 ? static_cast<int>(value.number) : 0;
}

int set_number(void* handle, Slot slot, int number) noexcept {
  return run(handle, [&](Object& object) { return object.assign_number(slot, number); });
}

char* get_text(void* handle, Slot slot, int* out_code) noexcept {
  Value value;
  const int code = run(handle, [&](Object& object) { return object.read_property(slot, value); });
  if (out_code != nullptr) *out_code = code;
  return code == 0 ? value.text->data() : no_text();
}

int set_text(void* handle, Slot slot, const char* text, int len) noexcept {
  return run(handle, [&](Object& object) {
    if (len < 0)
      return Refusal(kBadArgument, std::string(row_of(slot).name) + ": the length is negative");
    if (text == nullptr) return object.assign_text(slot, {});
    if (len == 0) return object.assign_text(slot, text);
    return object.assign_text(slot, {text, ::strnlen(text, static_cast<std::size_t>(len))});
  });
}

int get_binary(void* handle, Slot slot, char** data, int* len) noexcept {
  Value value;
  const int code = run(handle, [&](Object& object) {
    if (data == nullptr || len == nullptr)
      return Refusal(kBadArgument, std::string(row_of(slot).name) +
                                       ": both places for the result, "
                                       "pointer and length, are needed");
    return object.read_property(slot, value);
  });
  if (data != nullptr) *data = code == 0 ? value.text->data() : nullptr;
  if (len != nullptr) *len = code == 0 ? static_cast<int>(value.text->size()) : code;
  return code;
}

int set_binary(void* handle, Slot slot, const char* data, int len) noexcept {
  return run(handle, [&](Object& object) {
    if (len < 0 || (data == nullptr && len != 0))
      return Refusal(kBadArgument, std::string(row_of(slot).name) +
                                       ": a length of 0 or more and a pointer to as many octets "
                                       "are needed");
    return object.assign_text(slot, {data, static_cast<std::size_t>(len)});
  });
}

}  // namespace sshauth::abi

using sshauth::abi::Slot;

// Paste one pair of functions for each kind.
#define SSHAUTH_PAIR_integer(Name, name)                     \
  int ipworksauth_sshauth_get##name(void* obj) {             \
    return sshauth::abi::get_number(obj, Slot::Name);        \
  }                                                          \
  int ipworksauth_sshauth_set##name(void* obj, int value) {  \
    return sshauth::abi::set_number(obj, Slot::Name, value); \
  }
#define SSHAUTH_PAIR_boolean SSHAUTH_PAIR_integer
#define SSHAUTH_PAIR_text(Name, name)                               \
  char* ipworksauth_sshauth_get##name(void* obj) {                  \
    return sshauth::abi::get_text(obj, Slot::Name);                 \
  }                                                                 \
  int ipworksauth_sshauth_set##name(void* obj, const char* value) { \
    return sshauth::abi::set_text(obj, Slot::Name, value);          \
  }
#define SSHAUTH_PAIR_binary(Name, name)                                     \
  int ipworksauth_sshauth_get##name(void* obj, char** data, int* len) {     \
    return sshauth::abi::get_binary(obj, Slot::Name, data, len);            \
  }                                                                         \
  int ipworksauth_sshauth_set##name(void* obj, const char* data, int len) { \
    return sshauth::abi::set_binary(obj, Slot::Name, data, len);            \
  }

extern "C" {

#define X(id, Name, name, kind, ...) SSHAUTH_PAIR_##kind(Name, name)
#include "abi/properties.def"
#undef X

}  // extern "C"
