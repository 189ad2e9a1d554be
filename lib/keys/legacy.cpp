#include "lib/keys/legacy.hpp"

#include <openssl/provider.h>

#include <atomic>

#include "lib/keys/ossl.hpp"

namespace sshauth {
namespace {

using LibCtx = ossl::Owned<OSSL_LIB_CTX, OSSL_LIB_CTX_free>;

constinit std::atomic<OSSL_LIB_CTX*> made{nullptr};

LibCtx make_library() noexcept {
  const ossl::ErrorMark mark;
  LibCtx ctx(OSSL_LIB_CTX_new());
  if (ctx == nullptr || OSSL_PROVIDER_load(ctx.get(), "default") == nullptr) return nullptr;
  static_cast<void>(OSSL_PROVIDER_load(ctx.get(), "legacy"));
  return ctx;
}

}  // namespace

OSSL_LIB_CTX* legacy_library() noexcept {
  OSSL_LIB_CTX* known = made.load(std::memory_order_acquire);
  if (known != nullptr) return known;
  LibCtx fresh = make_library();
  // Another thread may have been quicker; its context serves as well, and ours is let go.
  if (fresh != nullptr && made.compare_exchange_strong(known, fresh.get())) return fresh.release();
  return known;
}

}  // namespace sshauth
