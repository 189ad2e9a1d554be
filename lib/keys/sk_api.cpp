// Providers of OpenSSH's sk-api, version 10: sk_api_version and sk_sign of a shared library. The
// structures are that interface's own, told in OpenSSH's PROTOCOL.u2f and ssh-sk-helper.
#include <dlfcn.h>
#include <unistd.h>

#include <bit>
#include <cstdlib>

#include "lib/keys/sk_provider.hpp"

namespace sshauth {
namespace {

constexpr std::uint32_t kVersion = 0x000a0000, kVersionMask = 0xffff0000;
constexpr std::size_t kMaxNumber = 1024;  // octets of r or s

enum : int { kUnsupported = -2, kPinRequired = -3, kDeviceNotFound = -4 };

struct SignResponse {
  std::uint8_t flags;
  std::uint32_t counter;
  std::uint8_t* sig_r;
  std::size_t sig_r_len;
  std::uint8_t* sig_s;
  std::size_t sig_s_len;
};

// The caller frees what the provider allocated.
struct FreeResponse {
  void operator()(SignResponse* response) const noexcept {
    std::free(response->sig_r);
    std::free(response->sig_s);
    std::free(response);
  }
};

using VersionFunction = std::uint32_t (*)();
using SignFunction = int (*)(std::uint32_t alg, const std::uint8_t* data, std::size_t data_len,
                             const char* application, const std::uint8_t* key_handle,
                             std::size_t key_handle_len, std::uint8_t flags, const char* pin,
                             void** options, SignResponse** response);

KeyError error_of(int code, bool pin_given) {
  switch (code) {
    case kPinRequired:
      if (pin_given)
        return {KeyErrc::wrong_passphrase, "the security key does not accept this PIN"};
      return {KeyErrc::needs_passphrase, "the security key wants its PIN"};
    case kDeviceNotFound:
      return {KeyErrc::io, "no security key is there that this key is of; plug it in"};
    case kUnsupported:
      return {KeyErrc::unsupported_type, "the security key cannot do what this key asks for"};
    default:
      return {KeyErrc::cannot_sign,
              "the security key made no signature: it was not touched in time, or refused (error " +
                  std::to_string(code) + " of its provider)"};
  }
}

class SkLibrary final : public SkProvider {
 public:
  explicit SkLibrary(SignFunction function) : sign_(function) {}

  KeyError sign(const SkRequest& request, SkAssertion& out) const override {
    const std::string application(request.application);
    std::string pin(request.pin);
    const std::uint32_t algorithm = request.key_type.starts_with("sk-ecdsa") ? 0 : 1;
    SignResponse* raw = nullptr;
    void* no_options[] = {nullptr};
    const int code = sign_(algorithm, request.data.data(), request.data.size(), application.c_str(),
                           request.key_handle.data(), request.key_handle.size(), request.flags,
                           pin.empty() ? nullptr : pin.c_str(), no_options, &raw);
    const std::unique_ptr<SignResponse, FreeResponse> response(raw);
    secure_wipe(pin.data(), pin.size());
    if (code != 0) return error_of(code, !pin.empty());
    return take(response.get(), out);
  }

 private:
  static KeyError take(const SignResponse* response, SkAssertion& out) {
    const bool usable = response != nullptr && response->sig_r != nullptr &&
                        response->sig_r_len <= kMaxNumber &&
                        (response->sig_s == nullptr || response->sig_s_len <= kMaxNumber);
    if (!usable)
      return {KeyErrc::malformed, "the security key's provider says yes and gives no signature"};
    out.flags = response->flags;
    out.counter = response->counter;
    out.r.assign(response->sig_r, response->sig_r + response->sig_r_len);
    out.s.clear();
    if (response->sig_s != nullptr)
      out.s.assign(response->sig_s, response->sig_s + response->sig_s_len);
    return {};
  }

  SignFunction sign_;
};

std::string hexadecimal(std::uint32_t number) {
  std::string out = "0x";
  for (int shift = 28; shift >= 0; shift -= 4) out += "0123456789abcdef"[number >> shift & 15];
  return out;
}

// It stays loaded: a library may have left threads or handlers behind.
std::shared_ptr<const SkProvider> open_library(const std::string& path, KeyError& why) {
  const std::string name = "security key provider " + printable(path, 200) + ": ";
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* reason = ::dlerror();
    why = {KeyErrc::io, name + "it cannot be loaded: " +
                            printable(reason != nullptr ? reason : "the system says no more", 300)};
    return nullptr;
  }
  // POSIX dlsym: the address of a function comes as a pointer to void of the same size.
  const auto version = std::bit_cast<VersionFunction>(::dlsym(library, "sk_api_version"));
  const auto sign = std::bit_cast<SignFunction>(::dlsym(library, "sk_sign"));
  const std::uint32_t its = version != nullptr ? version() : 0;
  if (sign == nullptr || version == nullptr || (its & kVersionMask) != kVersion) {
    why = {KeyErrc::unsupported_type,
           name + (sign == nullptr || version == nullptr
                       ? std::string("it is no provider: sk_api_version or sk_sign is missing")
                       : "it has version " + hexadecimal(its) + " of the interface; expected " +
                             hexadecimal(kVersion))};
    ::dlclose(library);
    return nullptr;
  }
  return std::make_shared<SkLibrary>(sign);
}

// Whoever starts a program with more rights than its own must not choose what it loads.
bool environment_is_trusted() noexcept {
  return ::getuid() == ::geteuid() && ::getgid() == ::getegid();
}

}  // namespace

std::shared_ptr<const SkProvider> open_sk_provider(const std::string& path, KeyError& why) {
  if (!path.empty()) return open_library(path, why);
  const char* named = environment_is_trusted() ? std::getenv("SSH_SK_PROVIDER") : nullptr;
  // OpenSSH's word for its built-in support.
  if (named != nullptr && *named != '\0' && std::string_view(named) != "internal")
    return open_library(named, why);
  return open_fido2(why);
}

}  // namespace sshauth
