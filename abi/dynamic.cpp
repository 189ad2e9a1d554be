// Access by id, and the names that dynamic hosts resolve.
#include <climits>

#include "abi/entry.hpp"
#include "ipworksauth/sshauth.h"

namespace {

using sshauth::abi::get_binary;
using sshauth::abi::get_number;
using sshauth::abi::get_text;
using sshauth::abi::kBadArgument;
using sshauth::abi::Kind;
using sshauth::abi::Object;
using sshauth::abi::Refusal;
using sshauth::abi::Slot;

// Ids of licence keys that hosts of the reference set. There is nothing to unlock: they are taken
// and not kept.
constexpr int kKeyIds[] = {255, 2011, 8001, 8012};

bool is_key_id(int id) noexcept {
  for (const int known : kKeyIds)
    if (known == id) return true;
  return false;
}

// Windows hosts add these to an id for a text in UTF-16, or for a binary as one.
constexpr int kWide[] = {20000, 10000};
constexpr int kMostId = 255;  // of the ids that they are added to

std::string no_such(std::string_view what, int id) {
  std::string text = "there is no " + std::string(what) + " " + std::to_string(id);
  for (const int wide : kWide)
    if (id >= wide && id - wide <= kMostId)
      return text + ": that is the UTF-16 form of " + std::string(what) + " " +
             std::to_string(id - wide) + ", which Windows hosts use; texts here are char";
  return text;
}

int refuse(void* obj, std::string_view what, int id) noexcept {
  return sshauth::abi::run(obj, [&](Object&) { return Refusal(kBadArgument, no_such(what, id)); });
}

int refuse_sentence(void* obj, std::string_view sentence) noexcept {
  return sshauth::abi::run(obj,
                           [&](Object&) { return Refusal(kBadArgument, std::string(sentence)); });
}

struct MethodRow {
  int id;
  std::string_view name;
  int num_params;
  int (*call)(void*);  // null for Config, which has an argument and gives a text
};

#define SSHAUTH_CALL_code(name) ipworksauth_sshauth_##name
#define SSHAUTH_CALL_text(name) nullptr
constexpr MethodRow kMethods[] = {
#define X(id, Name, name, num_params, result, what) \
  {id, #Name, num_params, SSHAUTH_CALL_##result(name)},
#include "abi/methods.def"
#undef X
};

const MethodRow* method_of_id(int id) noexcept {
  for (const MethodRow& row : kMethods)
    if (row.id == id) return &row;
  return nullptr;
}

void* get_version(void* obj) noexcept {
  sshauth::abi::TextPtr text;
  sshauth::abi::run(obj, [&](Object& object) { return object.version(text); });
  return text != nullptr ? text->data() : nullptr;
}

void* get_slot(void* obj, Slot slot, int* len) noexcept {
  const Kind kind = sshauth::abi::row_of(slot).kind;
  if (kind == Kind::text) {
    int code = 0;
    char* const text = get_text(obj, slot, &code);
    if (len != nullptr) *len = code;
    return code == 0 ? text : nullptr;
  }
  if (kind == Kind::binary) {
    char* data = nullptr;
    int data_len = 0;
    get_binary(obj, slot, &data, &data_len);
    if (len != nullptr) *len = data_len;
    return data;
  }
  return reinterpret_cast<void*>(static_cast<std::intptr_t>(get_number(obj, slot)));
}

int set_slot(void* obj, Slot slot, const void* val, int len) noexcept {
  const Kind kind = sshauth::abi::row_of(slot).kind;
  if (kind == Kind::text)
    return sshauth::abi::set_text(obj, slot, static_cast<const char*>(val), len);
  if (kind == Kind::binary)
    return sshauth::abi::set_binary(obj, slot, static_cast<const char*>(val), len);
  const auto number = reinterpret_cast<std::intptr_t>(val);
  // A host that casts an unsigned 32-bit value is understood; more than 32 bits are no int.
  if (number < INT_MIN || number > static_cast<std::intptr_t>(UINT_MAX))
    return sshauth::abi::run(obj, [&](Object&) {
      return Refusal(kBadArgument, std::string(sshauth::abi::row_of(slot).name) +
                                       ": the value does not fit into an int");
    });
  return sshauth::abi::set_number(obj, slot, static_cast<int>(number));
}

int call_config(void* obj, void* param[], int cbparam[]) noexcept {
  char* result = ipworksauth_sshauth_config(obj, static_cast<const char*>(param[0]));
  param[1] = result;
  if (cbparam != nullptr) cbparam[1] = static_cast<int>(std::strlen(result));
  return ipworksauth_sshauth_getlasterrorcode(obj);
}

}  // namespace

extern "C" {

int ipworksauth_sshauth_checkindex(void* obj, int propid, int index) {
  const bool exists = propid == PID_SSHAUTH_VERSION || is_key_id(propid) ||
                      sshauth::abi::property_of_id(propid).has_value();
  if (!exists) return refuse(obj, "property", propid);
  if (index != 0)
    return refuse_sentence(obj,
                           "no property is an array: the index is 0, not " + std::to_string(index));
  return sshauth::abi::run(obj, [](Object&) { return Refusal(); });
}

void* ipworksauth_sshauth_get(void* obj, int propid, int index, int* len, int64_t* ll) {
  if (ll != nullptr) *ll = 0;
  const int code = ipworksauth_sshauth_checkindex(obj, propid, index);
  if (len != nullptr) *len = code;
  if (code != 0) return nullptr;
  if (propid == PID_SSHAUTH_VERSION) return get_version(obj);
  const auto slot = sshauth::abi::property_of_id(propid);
  return slot.has_value() ? get_slot(obj, *slot, len) : sshauth::abi::no_text();
}

int ipworksauth_sshauth_set(void* obj, int propid, int index, const void* val, int len) {
  if (const int code = ipworksauth_sshauth_checkindex(obj, propid, index); code != 0) return code;
  const auto slot = sshauth::abi::property_of_id(propid);
  if (slot.has_value()) return set_slot(obj, *slot, val, len);
  if (propid != PID_SSHAUTH_VERSION) return 0;
  return sshauth::abi::run(obj,
                           [](Object&) { return Refusal(kBadArgument, "VERSION is read-only"); });
}

int ipworksauth_sshauth_do(void* obj, int methid, int cparam, void* param[], int cbparam[],
                           int64_t* ll) {
  if (ll != nullptr) *ll = 0;
  const MethodRow* method = method_of_id(methid);
  if (method == nullptr) return refuse(obj, "method", methid);
  if (cparam != method->num_params)
    return refuse_sentence(obj, std::string(method->name) + " takes " +
                                    std::to_string(method->num_params) + " arguments, not " +
                                    std::to_string(cparam));
  if (method->call != nullptr) return method->call(obj);
  if (param == nullptr)
    return refuse_sentence(obj, std::string(method->name) +
                                    ": param is NULL; its slots hold the "
                                    "argument and take the result");
  return call_config(obj, param, cbparam);
}

void* IPWorksAuth_SSHAuth_Create(ipworksauth_callback sink, void* context, const char* oem_key,
                                 int opts) {
  return ipworksauth_sshauth_create(sink, context, oem_key, opts);
}
int IPWorksAuth_SSHAuth_Destroy(void* obj) { return ipworksauth_sshauth_destroy(obj); }
int IPWorksAuth_SSHAuth_CheckIndex(void* obj, int propid, int index) {
  return ipworksauth_sshauth_checkindex(obj, propid, index);
}
void* IPWorksAuth_SSHAuth_Get(void* obj, int propid, int index, int* len, int64_t* ll) {
  return ipworksauth_sshauth_get(obj, propid, index, len, ll);
}
int IPWorksAuth_SSHAuth_Set(void* obj, int propid, int index, const void* val, int len) {
  return ipworksauth_sshauth_set(obj, propid, index, val, len);
}
int IPWorksAuth_SSHAuth_Do(void* obj, int methid, int cparam, void* param[], int cbparam[],
                           int64_t* ll) {
  return ipworksauth_sshauth_do(obj, methid, cparam, param, cbparam, ll);
}
char* IPWorksAuth_SSHAuth_GetLastError(void* obj) { return ipworksauth_sshauth_getlasterror(obj); }
int IPWorksAuth_SSHAuth_GetLastErrorCode(void* obj) {
  return ipworksauth_sshauth_getlasterrorcode(obj);
}
int IPWorksAuth_SSHAuth_SetLastErrorAndCode(void* obj, int code, const char* message) {
  return ipworksauth_sshauth_setlasterrorandcode(obj, code, message);
}
char* IPWorksAuth_SSHAuth_GetEventError(void* obj) {
  return ipworksauth_sshauth_geteventerror(obj);
}
int IPWorksAuth_SSHAuth_GetEventErrorCode(void* obj) {
  return ipworksauth_sshauth_geteventerrorcode(obj);
}
int IPWorksAuth_SSHAuth_SetEventErrorAndCode(void* obj, int code, const char* message) {
  return ipworksauth_sshauth_seteventerrorandcode(obj, code, message);
}
int IPWorksAuth_SSHAuth_StaticInit(void* instance) {
  return ipworksauth_sshauth_staticinit(instance);
}
int IPWorksAuth_SSHAuth_StaticDestroy(void) { return ipworksauth_sshauth_staticdestroy(); }
void* IPWorksAuth_EvtStr(void* slot, int id, void* val, int opt) {
  return ipworksauth_evtstr(slot, id, val, opt);
}

}  // extern "C"
