// What the rows over libcrypto share: owners of its pointers, its errors, its lengths.
//
// Rules of this room: OpenSSL 3.0's EVP interface and nothing deprecated; a return value counts as
// success only when it is exactly 1; a row that fails leaves the thread's error queue as it was,
// since the host may be using OpenSSL itself.
#pragma once

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <climits>

#include "lib/base/bytes.hpp"
#include "lib/crypto/openssl/library.hpp"

namespace sshauth::openssl {

// The sole owner of a libcrypto object, let go of when the scope ends.
template <class T, void (*kFree)(T*)>
class Owned {
 public:
  Owned() noexcept = default;
  explicit Owned(T* at) noexcept : at_(at) {}
  Owned(Owned&& other) noexcept : at_(other.release()) {}
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  Owned& operator=(Owned&&) = delete;
  ~Owned() { kFree(at_); }

  T* get() const noexcept { return at_; }
  // For functions that put the object where they are told; only while nothing is owned.
  T** slot() noexcept { return &at_; }
  T* release() noexcept {
    T* const at = at_;
    at_ = nullptr;
    return at;
  }
  explicit operator bool() const noexcept { return at_ != nullptr; }

 private:
  T* at_ = nullptr;
};

using Pkey = Owned<EVP_PKEY, EVP_PKEY_free>;
using PkeyCtx = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Cipher = Owned<EVP_CIPHER, EVP_CIPHER_free>;
using MdCtx = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using BigNum = Owned<BIGNUM, BN_clear_free>;
using ParamBuilder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = Owned<OSSL_PARAM, OSSL_PARAM_free>;

// Drops from the thread's error queue what was added while the mark lived.
class ErrorMark {
 public:
  ErrorMark() noexcept { ERR_set_mark(); }
  ErrorMark(const ErrorMark&) = delete;
  ErrorMark& operator=(const ErrorMark&) = delete;
  ~ErrorMark() { ERR_pop_to_mark(); }
};

// The row's own state, in the zeroed memory that the engine gave.
template <class State>
State& state_in(void* ctx) noexcept {
  return *static_cast<State*>(ctx);
}

inline bool fits_int(std::size_t len) noexcept { return len <= INT_MAX; }

constexpr std::size_t kMostNumberOctets = 2048;

// An unsigned big-endian number; null when it is longer than any key here may be.
inline BigNum big_num(Bytes magnitude) noexcept {
  if (magnitude.size() > kMostNumberOctets) return BigNum();
  return BigNum(BN_bin2bn(magnitude.data(), static_cast<int>(magnitude.size()), nullptr));
}

// The same for a private number: what libcrypto copies of it into parameters is wiped, too.
inline BigNum secret_num(Bytes magnitude) noexcept {
  BigNum number(BN_secure_new());
  if (!number || magnitude.size() > kMostNumberOctets ||
      BN_bin2bn(magnitude.data(), static_cast<int>(magnitude.size()), number.get()) == nullptr)
    return BigNum();
  return number;
}

// A key of `type` ("EC", "RSA", "DH") made of what the builder holds; null when libcrypto
// refuses it. `selection` is EVP_PKEY_PUBLIC_KEY or EVP_PKEY_KEYPAIR.
inline Pkey key_from(const char* type, int selection, const ParamBuilder& parts) noexcept {
  Params params(OSSL_PARAM_BLD_to_param(parts.get()));
  PkeyCtx ctx(EVP_PKEY_CTX_new_from_name(library(), type, nullptr));
  Pkey key;
  if (!params || !ctx || EVP_PKEY_fromdata_init(ctx.get()) != 1 ||
      EVP_PKEY_fromdata(ctx.get(), key.slot(), selection, params.get()) != 1)
    return Pkey();
  return key;
}

// Null when it is not to be had from there.
inline Cipher fetch_cipher(const char* name, Source source = Source::usual) noexcept {
  OSSL_LIB_CTX* from = nullptr;
  return context_of(source, from) ? Cipher(EVP_CIPHER_fetch(from, name, nullptr)) : Cipher();
}

// A context for the MAC of that name, to be freed by its owner; null when there is none, as in a
// process that is bound to approved algorithms.
EVP_MAC_CTX* new_mac_ctx(const char* name, Source source = Source::usual) noexcept;

// One-shot verification and signing; `md` is null where the algorithm brings its own hash.
[[nodiscard]] bool verify_with(EVP_PKEY* key, const char* md, Bytes message,
                               Bytes signature) noexcept;
// `*len` is the room on entry and the length on return.
[[nodiscard]] bool sign_with(EVP_PKEY* key, const char* md, Bytes message, std::uint8_t* signature,
                             std::size_t* len) noexcept;

// The secret that `own` shares with `peer`, whose value the caller has validated. `*len` is the
// room on entry and the length on return.
[[nodiscard]] bool derive_with(EVP_PKEY* own, EVP_PKEY* peer, std::uint8_t* secret,
                               std::size_t* len) noexcept;

}  // namespace sshauth::openssl
