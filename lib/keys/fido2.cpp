#include "lib/keys/fido2.hpp"

#include <dlfcn.h>

#include <bit>

namespace sshauth {
namespace {

struct Loaded {
  Fido2Library table{};
  bool usable = true;
};

// POSIX dlsym: the address of a function comes as a pointer to void of the same size.
template <class F>
void find(void* library, const char* name, F& out, bool& usable) noexcept {
  out = std::bit_cast<F>(::dlsym(library, name));
  usable = usable && out != nullptr;
}

Loaded load() noexcept {
  Loaded out;
  void* at = ::dlopen("libfido2.so.1", RTLD_NOW | RTLD_LOCAL);
  if (at == nullptr) return {{}, false};
  Fido2Library& t = out.table;
  bool& ok = out.usable;
  find(at, "fido_init", t.init, ok);
  find(at, "fido_dev_info_new", t.dev_info_new, ok);
  find(at, "fido_dev_info_free", t.dev_info_free, ok);
  find(at, "fido_dev_info_manifest", t.dev_info_manifest, ok);
  find(at, "fido_dev_info_ptr", t.dev_info_ptr, ok);
  find(at, "fido_dev_info_path", t.dev_info_path, ok);
  find(at, "fido_dev_new", t.dev_new, ok);
  find(at, "fido_dev_free", t.dev_free, ok);
  find(at, "fido_dev_open", t.dev_open, ok);
  find(at, "fido_dev_close", t.dev_close, ok);
  find(at, "fido_dev_get_assert", t.dev_get_assert, ok);
  find(at, "fido_assert_new", t.assert_new, ok);
  find(at, "fido_assert_free", t.assert_free, ok);
  find(at, "fido_assert_set_rp", t.assert_set_rp, ok);
  find(at, "fido_assert_set_clientdata_hash", t.assert_set_clientdata_hash, ok);
  find(at, "fido_assert_allow_cred", t.assert_allow_cred, ok);
  find(at, "fido_assert_set_up", t.assert_set_up, ok);
  find(at, "fido_assert_set_uv", t.assert_set_uv, ok);
  find(at, "fido_assert_count", t.assert_count, ok);
  find(at, "fido_assert_flags", t.assert_flags, ok);
  find(at, "fido_assert_sigcount", t.assert_sigcount, ok);
  find(at, "fido_assert_sig_ptr", t.assert_sig_ptr, ok);
  find(at, "fido_assert_sig_len", t.assert_sig_len, ok);
  find(at, "fido_strerr", t.strerr, ok);
  if (ok) t.init(0);
  return out;
}

}  // namespace

const Fido2Library* fido2_library() noexcept {
  static const Loaded loaded = load();
  return loaded.usable ? &loaded.table : nullptr;
}

}  // namespace sshauth
