// libcrypto's objects with owners, for the key formats. Not for others to include.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <memory>

#include "lib/base/bytes.hpp"

namespace sshauth::ossl {

template <auto Free>
struct Release {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Release<Free>>;

using Pkey = Owned<EVP_PKEY, EVP_PKEY_free>;
using PkeyCtx = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using CipherCtx = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using Mac = Owned<EVP_MAC, EVP_MAC_free>;
using MacCtx = Owned<EVP_MAC_CTX, EVP_MAC_CTX_free>;
using Bn = Owned<BIGNUM, BN_clear_free>;
using BnCtx = Owned<BN_CTX, BN_CTX_free>;
using Bio = Owned<BIO, BIO_free_all>;
using ParamBuild = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = Owned<OSSL_PARAM, OSSL_PARAM_free>;

// What a parse puts on libcrypto's error queue is taken off again, so that the queue of the
// application, which may use libcrypto itself, is as it was.
class ErrorMark {
 public:
  ErrorMark() noexcept { ERR_set_mark(); }
  ErrorMark(const ErrorMark&) = delete;
  ErrorMark& operator=(const ErrorMark&) = delete;
  ~ErrorMark() { ERR_pop_to_mark(); }
};

// A number whose memory libcrypto wipes when it lets go of it, copies in parameters included.
inline Bn secret_number(const std::uint8_t* data, std::size_t len) noexcept {
  Bn bn(BN_secure_new());
  if (bn == nullptr || len > INT32_MAX) return nullptr;
  BN_set_flags(bn.get(), BN_FLG_CONSTTIME);
  if (BN_bin2bn(data, static_cast<int>(len), bn.get()) == nullptr) return nullptr;
  return bn;
}

// The opaque type under which libcrypto's ASN.1 functions take structures described to them.
template <class T>
ASN1_VALUE* asn1_value(T* structure) noexcept {
  return static_cast<ASN1_VALUE*>(static_cast<void*>(structure));
}

}  // namespace sshauth::ossl
