#include "lib/keys/pkcs11_module.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <bit>
#include <map>
#include <mutex>

#include "lib/keys/secret_bytes.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kMaxSlots = 256;
constexpr std::size_t kMaxAttribute = 16'384;

std::string hexadecimal(unsigned long number) {
  std::string out;
  do out.insert(out.begin(), "0123456789abcdef"[number & 15]);
  while ((number >>= 4) != 0);
  return "0x" + out;
}

struct CodeRow {
  CK_RV code;
  KeyErrc errc;
  const char* text;
};
constexpr CodeRow kCodes[] = {
    {CKR_PIN_INCORRECT, KeyErrc::wrong_passphrase, "the PIN is wrong"},
    {CKR_PIN_INVALID, KeyErrc::wrong_passphrase, "the PIN has characters it cannot have"},
    {CKR_PIN_LEN_RANGE, KeyErrc::wrong_passphrase, "no PIN of its has this length"},
    {CKR_PIN_LOCKED, KeyErrc::cannot_sign,
     "the PIN is locked after too many wrong ones; unlock it with the token's PUK or SO-PIN"},
    {CKR_PIN_EXPIRED, KeyErrc::cannot_sign, "the PIN has expired; set a new one"},
    {CKR_USER_PIN_NOT_INITIALIZED, KeyErrc::cannot_sign, "it has no user PIN yet"},
    {CKR_USER_NOT_LOGGED_IN, KeyErrc::needs_passphrase, "it wants its PIN"},
    {CKR_TOKEN_NOT_PRESENT, KeyErrc::io, "it is not there; plug it in"},
    {CKR_DEVICE_REMOVED, KeyErrc::io, "it was removed"},
    {CKR_SESSION_HANDLE_INVALID, KeyErrc::io, "it was removed, or used before a fork"},
    {CKR_CRYPTOKI_NOT_INITIALIZED, KeyErrc::io, "the module was shut down, or is a parent's"},
    {CKR_TOKEN_NOT_RECOGNIZED, KeyErrc::io, "the module does not know this kind of token"},
    {CKR_MECHANISM_INVALID, KeyErrc::cannot_sign, "it cannot make signatures of this kind"},
    {CKR_KEY_FUNCTION_NOT_PERMITTED, KeyErrc::cannot_sign, "the key may not sign"},
    {CKR_FUNCTION_CANCELED, KeyErrc::cannot_sign, "it was cancelled at the reader"},
};

// Process-wide, as Cryptoki's own state is: a module must not be initialised by two at a time.
struct Registry {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<const Pkcs11Module>> modules;
};
Registry& registry() {
  static Registry all;
  return all;
}

}  // namespace

// ---- module ----------------------------------------------------------------------------------

std::shared_ptr<const Pkcs11Module> Pkcs11Module::open(const std::string& path, KeyError& why) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  if (const auto at = all.modules.find(path); at != all.modules.end()) return at->second;
  const std::string name = "PKCS#11 module " + printable(path, 200) + ": ";
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* reason = ::dlerror();
    // What is not called like a library may be a key that was put in a path's place: not to be
    // told.
    why = {
        KeyErrc::io,
        path.find(".so") == std::string::npos
            ? "what was given is no PKCS#11 URI, and no PKCS#11 module of that name can be loaded"
            : name + "it cannot be loaded: " +
                  printable(reason != nullptr ? reason : "the system says no more", 300)};
    return nullptr;
  }
  // POSIX dlsym: the address of a function comes as a pointer to void of the same size.
  const auto get = std::bit_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  CK_FUNCTION_LIST* functions = nullptr;
  if (get == nullptr || get(&functions) != CKR_OK || functions == nullptr) {
    why = {KeyErrc::io, name + "it is no PKCS#11 module: C_GetFunctionList gives nothing"};
    ::dlclose(library);
    return nullptr;
  }
  // Its own locks will do; it may have been initialised by the program.
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  const CK_RV code = functions->C_Initialize(&arguments);
  if (code != CKR_OK && code != CKR_CRYPTOKI_ALREADY_INITIALIZED) {
    why = {KeyErrc::io, name + "it cannot be initialised (error " + hexadecimal(code) + ")"};
    ::dlclose(library);
    return nullptr;
  }
  return all.modules[path] = std::make_shared<const Pkcs11Module>(path, functions);
}

std::vector<CK_SLOT_ID> Pkcs11Module::slots() const {
  CK_ULONG num = 0;
  if (functions_->C_GetSlotList(CK_TRUE, nullptr, &num) != CKR_OK) return {};
  num = std::min<CK_ULONG>(num, kMaxSlots);
  std::vector<CK_SLOT_ID> out(num);
  const CK_RV code = functions_->C_GetSlotList(CK_TRUE, out.data(), &num);
  out.resize(code == CKR_OK ? std::min<std::size_t>(num, kMaxSlots) : 0);
  return out;
}

// ---- session ---------------------------------------------------------------------------------

std::shared_ptr<Pkcs11Session> Pkcs11Session::open(std::shared_ptr<const Pkcs11Module> module,
                                                   CK_SLOT_ID slot, KeyError& why) {
  CK_TOKEN_INFO token{};
  CK_SESSION_HANDLE handle = CK_INVALID_HANDLE;
  CK_RV code = module->call().C_GetTokenInfo(slot, &token);
  if (code == CKR_OK)
    code = module->call().C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &handle);
  auto out = std::make_shared<Pkcs11Session>(std::move(module), slot, handle, token);
  if (code == CKR_OK) return out;
  why = out->error(code, "no session can be opened");
  return nullptr;
}

Pkcs11Session::~Pkcs11Session() {
  if (handle_ != CK_INVALID_HANDLE) call().C_CloseSession(handle_);
}

std::string Pkcs11Session::label() const { return pkcs11_text(token_.label); }

KeyError Pkcs11Session::error(CK_RV code, const std::string& what) const {
  std::string text = "PKCS#11 token \"" + printable(label()) + "\": ";
  for (const CodeRow& row : kCodes)
    if (row.code == code) return {row.errc, text + row.text};
  return {KeyErrc::cannot_sign, text + what + " (error " + hexadecimal(code) + ")"};
}

CK_FLAGS Pkcs11Session::flags_now() const {
  CK_TOKEN_INFO now{};
  return call().C_GetTokenInfo(slot_, &now) == CKR_OK ? now.flags : token_.flags;
}

std::string Pkcs11Session::tries() const {
  const CK_FLAGS flags = flags_now();
  if ((flags & CKF_USER_PIN_LOCKED) != 0)
    return "; the PIN is locked now; unlock it with the token's PUK or SO-PIN";
  if ((flags & CKF_USER_PIN_FINAL_TRY) != 0) return "; the next wrong PIN locks the token";
  if ((flags & CKF_USER_PIN_COUNT_LOW) != 0)
    return "; a wrong PIN was given before, and few tries are left";
  return {};
}

KeyError Pkcs11Session::may_lock() const {
  const CK_FLAGS flags = flags_now();
  if ((flags & CKF_USER_PIN_LOCKED) != 0) return error(CKR_PIN_LOCKED, {});
  if ((flags & CKF_USER_PIN_FINAL_TRY) == 0) return {};
  return {KeyErrc::cannot_sign,
          "PKCS#11 token \"" + printable(label()) +
              "\": the PIN was not shown, as a wrong one would lock the token "
              "now; log in to it once by hand (pkcs11-tool --login), which "
              "gives all tries back, or set PKCS11LastTry, which is for a PIN outside the URI"};
}

KeyError Pkcs11Session::login(CK_USER_TYPE who, std::string_view pin) const {
  const bool at_reader = has_pin_pad() && pin.empty();
  SecretBytes copy(as_bytes(pin));  // Cryptoki wants it writable
  const CK_RV code = call().C_Login(handle_, who, at_reader ? nullptr : copy.write().data(),
                                    at_reader ? 0 : copy.size());
  if (code == CKR_OK || code == CKR_USER_ALREADY_LOGGED_IN) return {};
  KeyError bad = error(code, "logging in failed");
  if (bad.code != KeyErrc::wrong_passphrase) return bad;
  bad.text += tries();
  if (is_locked()) bad.code = KeyErrc::cannot_sign;  // no other PIN opens it either
  return bad;
}

std::vector<CK_OBJECT_HANDLE> Pkcs11Session::find(std::vector<CK_ATTRIBUTE> wanted,
                                                  std::size_t most) const {
  std::vector<CK_OBJECT_HANDLE> out(most);
  CK_ULONG num = 0;
  if (call().C_FindObjectsInit(handle_, wanted.data(), wanted.size()) != CKR_OK) return {};
  const CK_RV code = call().C_FindObjects(handle_, out.data(), most, &num);
  call().C_FindObjectsFinal(handle_);
  out.resize(code == CKR_OK ? std::min<std::size_t>(num, most) : 0);
  return out;
}

Blob Pkcs11Session::attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const {
  CK_ATTRIBUTE one{type, nullptr, 0};
  if (call().C_GetAttributeValue(handle_, object, &one, 1) != CKR_OK ||
      one.ulValueLen > kMaxAttribute)
    return {};
  Blob out(one.ulValueLen);
  one.pValue = out.data();
  const CK_RV code = call().C_GetAttributeValue(handle_, object, &one, 1);
  out.resize(code == CKR_OK && one.ulValueLen <= out.size() ? one.ulValueLen : 0);
  return out;
}

bool Pkcs11Session::flag(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, bool otherwise) const {
  const Blob value = attribute(object, type);
  return value.size() == sizeof(CK_BBOOL) ? value[0] != CK_FALSE : otherwise;
}

CK_ULONG Pkcs11Session::number(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const {
  const Blob value = attribute(object, type);
  CK_ULONG out = ~CK_ULONG{0};
  if (value.size() == sizeof out) std::memcpy(&out, value.data(), sizeof out);
  return out;
}

}  // namespace sshauth
