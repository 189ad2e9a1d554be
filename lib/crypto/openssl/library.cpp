#include "lib/crypto/openssl/library.hpp"

#include <openssl/conf.h>
#include <openssl/crypto.h>
#include <openssl/provider.h>
#include <openssl/self_test.h>

#include <atomic>
#include <cstring>

#include "lib/crypto/openssl/evp.hpp"

namespace sshauth::openssl {
namespace {

using LibCtx = Owned<OSSL_LIB_CTX, OSSL_LIB_CTX_free>;
using Md = Owned<EVP_MD, EVP_MD_free>;

constinit std::atomic<OSSL_LIB_CTX*> in_use{nullptr};
constinit std::atomic<OSSL_LIB_CTX*> fips_library{nullptr};  // once made, until unloaded

// Written once, under `legacy_once`.
constinit CRYPTO_ONCE legacy_once = CRYPTO_ONCE_STATIC_INIT;
constinit OSSL_LIB_CTX* legacy_library = nullptr;  // once made, until we are unloaded
constinit OSSL_PROVIDER* legacy_parts[2] = {};
constinit char legacy_why[160] = "";

void copy_text(char* out, std::size_t out_len, const char* text) noexcept {
  if (out_len == 0) return;
  const std::size_t len = std::strlen(text) < out_len ? std::strlen(text) : out_len - 1;
  std::memcpy(out, text, len);
  out[len] = '\0';
}

// The first error says most, as those after it are what it led to; where the host had left errors
// of its own, the last is the one that is surely ours.
void tell_error(bool ours_alone, char* why, std::size_t why_len) noexcept {
  const char* data = "";
  int flags = 0;
  const unsigned long code =
      ours_alone ? ERR_peek_error_all(nullptr, nullptr, nullptr, &data, &flags)
                 : ERR_peek_last_error_all(nullptr, nullptr, nullptr, &data, &flags);
  const char* reason = ERR_reason_error_string(code);
  const bool told = (flags & ERR_TXT_STRING) != 0 && data != nullptr && *data != '\0';
  if (told)
    copy_text(why, why_len, data);
  else
    copy_text(why, why_len, reason != nullptr ? reason : "libcrypto gives no reason");
}

// The module's own settings (its integrity value among them) stand in the configuration file. A
// file that cannot be read is no reason to give up: the module may need none.
void load_configuration(OSSL_LIB_CTX* ctx) noexcept {
  char* const file = CONF_get1_default_config_file();
  const ErrorMark mark;
  if (file != nullptr) static_cast<void>(OSSL_LIB_CTX_load_config(ctx, file));
  OPENSSL_free(file);
}

// What is approved comes from the module, and what is not comes from nowhere.
bool serves_approved_alone(OSSL_LIB_CTX* ctx) noexcept {
  const Md approved(EVP_MD_fetch(ctx, "SHA256", nullptr));
  const Md not_approved(EVP_MD_fetch(ctx, "MD5", nullptr));
  return approved && !not_approved &&
         std::strcmp(OSSL_PROVIDER_get0_name(EVP_MD_get0_provider(approved.get())), "fips") == 0;
}

// "base" holds no cryptography; the module needs it for the encodings of keys.
OSSL_LIB_CTX* make_fips_library(char* why, std::size_t why_len) noexcept {
  const bool ours_alone = ERR_peek_error() == 0;
  const ErrorMark mark;
  LibCtx ctx(OSSL_LIB_CTX_new());
  if (!ctx) {
    copy_text(why, why_len, "out of memory");
    return nullptr;
  }
  load_configuration(ctx.get());
  OSSL_PROVIDER* const module = OSSL_PROVIDER_load(ctx.get(), "fips");
  if (module == nullptr || OSSL_PROVIDER_load(ctx.get(), "base") == nullptr ||
      EVP_set_default_properties(ctx.get(), "fips=yes") != 1 ||
      OSSL_PROVIDER_self_test(module) != 1) {
    tell_error(ours_alone, why, why_len);
    return nullptr;
  }
  if (!serves_approved_alone(ctx.get())) {
    copy_text(why, why_len, "the provider that is called fips serves what is not approved");
    return nullptr;
  }
  return ctx.release();
}

// "default" has the HMAC around RIPEMD-160.
void make_legacy_library() noexcept {
  const bool ours_alone = ERR_peek_error() == 0;
  const ErrorMark mark;
  LibCtx ctx(OSSL_LIB_CTX_new());
  if (!ctx)
    copy_text(legacy_why, sizeof legacy_why, "out of memory");
  else if ((legacy_parts[0] = OSSL_PROVIDER_load(ctx.get(), "legacy")) == nullptr ||
           (legacy_parts[1] = OSSL_PROVIDER_load(ctx.get(), "default")) == nullptr)
    tell_error(ours_alone, legacy_why, sizeof legacy_why);
  else
    legacy_library = ctx.release();
}

// By use_fips, or by the host or the system's configuration.
bool bound_to_approved() noexcept {
  return library() != nullptr || EVP_default_properties_is_fips_enabled(nullptr) == 1;
}

}  // namespace

OSSL_LIB_CTX* library() noexcept { return in_use.load(std::memory_order_acquire); }

bool use_fips(char* why, std::size_t why_len) noexcept {
  OSSL_LIB_CTX* made = fips_library.load(std::memory_order_acquire);
  if (made == nullptr) {
    LibCtx fresh(make_fips_library(why, why_len));
    if (!fresh) return false;
    // Another thread may have been quicker; its context serves as well, and ours is let go.
    if (fips_library.compare_exchange_strong(made, fresh.get())) made = fresh.release();
  }
  in_use.store(made, std::memory_order_release);
  return true;
}

void use_default() noexcept { in_use.store(nullptr, std::memory_order_release); }

bool has_legacy() noexcept {
  return !bound_to_approved() && CRYPTO_THREAD_run_once(&legacy_once, make_legacy_library) == 1 &&
         legacy_library != nullptr;
}

const char* legacy_missing() noexcept {
  if (has_legacy()) return "";
  return bound_to_approved() ? "the process is bound to approved algorithms" : legacy_why;
}

bool context_of(Source source, OSSL_LIB_CTX*& out) noexcept {
  out = library();
  if (source == Source::usual) return true;
  if (!has_legacy()) return false;
  out = legacy_library;
  return true;
}

void let_go() noexcept {
  if (OPENSSL_init_crypto(0, nullptr) != 1) return;  // libcrypto has cleaned up before us
  if (legacy_library != nullptr)
    for (OSSL_PROVIDER* part : legacy_parts) static_cast<void>(OSSL_PROVIDER_unload(part));
  OSSL_LIB_CTX_free(legacy_library);
  OSSL_LIB_CTX_free(fips_library.exchange(nullptr));
}

}  // namespace sshauth::openssl
