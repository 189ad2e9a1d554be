#include "lib/crypto/openssl/evp.hpp"

namespace sshauth::openssl {

EVP_MAC_CTX* new_mac_ctx(const char* name, Source source) noexcept {
  OSSL_LIB_CTX* from = nullptr;
  if (!context_of(source, from)) return nullptr;
  const Owned<EVP_MAC, EVP_MAC_free> mac(EVP_MAC_fetch(from, name, nullptr));
  return mac ? EVP_MAC_CTX_new(mac.get()) : nullptr;
}

bool verify_with(EVP_PKEY* key, const char* md, Bytes message, Bytes signature) noexcept {
  MdCtx ctx(EVP_MD_CTX_new());
  if (!ctx) return false;
  if (EVP_DigestVerifyInit_ex(ctx.get(), nullptr, md, library(), nullptr, key, nullptr) != 1)
    return false;
  return EVP_DigestVerify(ctx.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

bool sign_with(EVP_PKEY* key, const char* md, Bytes message, std::uint8_t* signature,
               std::size_t* len) noexcept {
  MdCtx ctx(EVP_MD_CTX_new());
  if (!ctx) return false;
  if (EVP_DigestSignInit_ex(ctx.get(), nullptr, md, library(), nullptr, key, nullptr) != 1)
    return false;
  return EVP_DigestSign(ctx.get(), signature, len, message.data(), message.size()) == 1;
}

bool derive_with(EVP_PKEY* own, EVP_PKEY* peer, std::uint8_t* secret, std::size_t* len) noexcept {
  PkeyCtx ctx(EVP_PKEY_CTX_new_from_pkey(library(), own, nullptr));
  // No second validation here: it would cost another multiplication by the group's order.
  return ctx && EVP_PKEY_derive_init(ctx.get()) == 1 &&
         EVP_PKEY_derive_set_peer_ex(ctx.get(), peer, 0) == 1 &&
         EVP_PKEY_derive(ctx.get(), secret, len) == 1;
}

}  // namespace sshauth::openssl
