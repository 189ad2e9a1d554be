#include "lib/gss/library.hpp"

#include <dlfcn.h>

#include <bit>

namespace sshauth::gss {
namespace {

struct Known {
  const char* file;
  const char* package;
};
constexpr Known kKnown[] = {
    {"libgssapi_krb5.so.2", "libgssapi-krb5-2"},  // MIT Kerberos
    {"libgssapi.so.3", "libgssapi3-heimdal"},     // Heimdal
};

template <class F>
bool find(void* library, const char* name, F& out) noexcept {
  // POSIX dlsym: the address of a function comes as a pointer to void of the same size.
  out = std::bit_cast<F>(::dlsym(library, name));
  return out != nullptr;
}

bool fill(void* at, GssLibrary& t) noexcept {
  return find(at, "gss_import_name", t.import_name) &&
         find(at, "gss_release_name", t.release_name) &&
         find(at, "gss_acquire_cred_with_password", t.acquire_cred_with_password) &&
         find(at, "gss_release_cred", t.release_cred) &&
         find(at, "gss_init_sec_context", t.init_sec_context) &&
         find(at, "gss_delete_sec_context", t.delete_sec_context) &&
         find(at, "gss_get_mic", t.get_mic) && find(at, "gss_verify_mic", t.verify_mic) &&
         find(at, "gss_display_status", t.display_status) &&
         find(at, "gss_release_buffer", t.release_buffer);
}

bool load(const char* file, GssLibrary& out, std::string& why) {
  void* at = ::dlopen(file, RTLD_NOW | RTLD_LOCAL);
  const char* error = at == nullptr ? ::dlerror() : nullptr;
  if (at != nullptr && fill(at, out)) return true;
  why = at != nullptr ? std::string(file) + " lacks a function of GSSAPI"
                      : std::string(error != nullptr ? error : file);
  return false;
}

}  // namespace

bool load_library(const std::string& file, GssLibrary& out, std::string& why) {
  if (!file.empty()) {
    if (load(file.c_str(), out, why)) return true;
    why = "the GSSAPI library cannot be loaded: " + why;
    return false;
  }
  std::string last, tried;
  for (const Known& known : kKnown) {
    if (load(known.file, out, last)) return true;
    tried += (tried.empty() ? "" : " nor ") + std::string(known.file) + " (Debian package " +
             known.package + ")";
  }
  why = "there is no GSSAPI library here: neither " + tried + " can be loaded";
  return false;
}

}  // namespace sshauth::gss
