// Fido2Library: libfido2, loaded when a security key is first wanted, so that this library starts
// where it is not installed. Loaded once and never unloaded; the table is constant from then on.
#pragma once

#include <fido.h>

namespace sshauth {

struct Fido2Library {
  decltype(&::fido_init) init;
  decltype(&::fido_dev_info_new) dev_info_new;
  decltype(&::fido_dev_info_free) dev_info_free;
  decltype(&::fido_dev_info_manifest) dev_info_manifest;
  decltype(&::fido_dev_info_ptr) dev_info_ptr;
  decltype(&::fido_dev_info_path) dev_info_path;
  decltype(&::fido_dev_new) dev_new;
  decltype(&::fido_dev_free) dev_free;
  decltype(&::fido_dev_open) dev_open;
  decltype(&::fido_dev_close) dev_close;
  decltype(&::fido_dev_get_assert) dev_get_assert;
  decltype(&::fido_assert_new) assert_new;
  decltype(&::fido_assert_free) assert_free;
  decltype(&::fido_assert_set_rp) assert_set_rp;
  decltype(&::fido_assert_set_clientdata_hash) assert_set_clientdata_hash;
  decltype(&::fido_assert_allow_cred) assert_allow_cred;
  decltype(&::fido_assert_set_up) assert_set_up;
  decltype(&::fido_assert_set_uv) assert_set_uv;
  decltype(&::fido_assert_count) assert_count;
  decltype(&::fido_assert_flags) assert_flags;
  decltype(&::fido_assert_sigcount) assert_sigcount;
  decltype(&::fido_assert_sig_ptr) assert_sig_ptr;
  decltype(&::fido_assert_sig_len) assert_sig_len;
  decltype(&::fido_strerr) strerr;
};

// Null when it is not installed, or too old.
const Fido2Library* fido2_library() noexcept;

}  // namespace sshauth
