#include "lib/crypto/openssl/mlkem.hpp"

#include <openssl/crypto.h>

#include "lib/base/secret.hpp"
#include "lib/crypto/openssl/evp.hpp"

namespace sshauth::openssl {
namespace {

// OpenSSL 3.0's headers do not know these names yet (EVP_PKEY-ML-KEM(7), EVP_KEM-ML-KEM(7)).
constexpr const char* kSeed = "seed";
constexpr const char* kMessage = "ikme";

template <class Own>
constexpr const char* kName = nullptr;
template <>
constexpr const char* kName<mlkem::MlKem768> = "ML-KEM-768";
template <>
constexpr const char* kName<mlkem::MlKem1024> = "ML-KEM-1024";

OSSL_PARAM octets_param(const char* name, Bytes octets) noexcept {
  return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(octets.data()),
                                           octets.size());
}

// FIPS 203 §7.1: the key follows from d and z.
Pkey key_of_seed(const char* name, Bytes seed) noexcept {
  const OSSL_PARAM params[] = {octets_param(kSeed, seed), OSSL_PARAM_construct_end()};
  const PkeyCtx ctx(EVP_PKEY_CTX_new_from_name(library(), name, nullptr));
  Pkey out;
  if (!ctx || EVP_PKEY_keygen_init(ctx.get()) != 1 ||
      EVP_PKEY_CTX_set_params(ctx.get(), params) != 1 ||
      EVP_PKEY_generate(ctx.get(), out.slot()) != 1)
    return Pkey();
  return out;
}

bool public_of(const EVP_PKEY* key, MutBytes out) noexcept {
  std::size_t len = 0;
  return EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, out.data(), out.size(),
                                         &len) == 1 &&
         len == out.size();
}

// §7.2: the library refuses a coefficient above 3328.
Pkey public_key_of(const char* name, Bytes octets) noexcept {
  OSSL_PARAM params[] = {octets_param(OSSL_PKEY_PARAM_PUB_KEY, octets), OSSL_PARAM_construct_end()};
  const PkeyCtx ctx(EVP_PKEY_CTX_new_from_name(library(), name, nullptr));
  Pkey out;
  if (!ctx || EVP_PKEY_fromdata_init(ctx.get()) != 1 ||
      EVP_PKEY_fromdata(ctx.get(), out.slot(), EVP_PKEY_PUBLIC_KEY, params) != 1)
    return Pkey();
  return out;
}

bool encapsulate_to(EVP_PKEY* key, Bytes message, MutBytes ciphertext, MutBytes secret) noexcept {
  const OSSL_PARAM params[] = {octets_param(kMessage, message), OSSL_PARAM_construct_end()};
  const PkeyCtx ctx(EVP_PKEY_CTX_new_from_pkey(library(), key, nullptr));
  std::size_t cipher_len = ciphertext.size(), secret_len = secret.size();
  return ctx && EVP_PKEY_encapsulate_init(ctx.get(), params) == 1 &&
         EVP_PKEY_encapsulate(ctx.get(), ciphertext.data(), &cipher_len, secret.data(),
                              &secret_len) == 1 &&
         cipher_len == ciphertext.size() && secret_len == secret.size();
}

bool decapsulate_with(EVP_PKEY* key, Bytes ciphertext, MutBytes secret) noexcept {
  const PkeyCtx ctx(EVP_PKEY_CTX_new_from_pkey(library(), key, nullptr));
  std::size_t len = secret.size();
  return ctx && EVP_PKEY_decapsulate_init(ctx.get(), nullptr) == 1 &&
         EVP_PKEY_decapsulate(ctx.get(), secret.data(), &len, ciphertext.data(),
                              ciphertext.size()) == 1 &&
         len == secret.size();
}

}  // namespace

// A library that is older need not be asked; a newer one may have been built without it.
template <class Own>
bool MlKem<Own>::in_library() noexcept {
  constexpr unsigned long kFirst = 0x30500000UL;
  if (OpenSSL_version_num() < kFirst) return false;
  const ErrorMark mark;
  const PkeyCtx ctx(EVP_PKEY_CTX_new_from_name(library(), kName<Own>, nullptr));
  return static_cast<bool>(ctx);
}

template <class Own>
bool MlKem<Own>::generate(PrivateKey& key, const Rng& rng) noexcept {
  wipe(key);
  if (!in_library()) return Own::generate(key, rng);
  const ErrorMark mark;
  Secret<2 * mlkem::kSeedLen> seed;
  if (!fill_random(rng, seed.write())) return false;
  Pkey made = key_of_seed(kName<Own>, seed.write());
  if (!made || !public_of(made.get(), key.public_key)) return false;
  key.library = made.release();
  return true;
}

template <class Own>
bool MlKem<Own>::encapsulate(const Rng& rng, Bytes public_key, std::uint8_t* ciphertext,
                             std::uint8_t* secret) noexcept {
  if (!in_library()) return Own::encapsulate(rng, public_key, ciphertext, secret);
  const ErrorMark mark;
  Secret<mlkem::kSeedLen> message;
  if (public_key.size() != kPublicLen || !fill_random(rng, message.write())) return false;
  const Pkey key = public_key_of(kName<Own>, public_key);
  return key &&
         encapsulate_to(key.get(), message.write(), {ciphertext, kCipherLen}, {secret, kSecretLen});
}

template <class Own>
bool MlKem<Own>::decapsulate(const PrivateKey& key, Bytes ciphertext,
                             std::uint8_t* secret) noexcept {
  if (key.library == nullptr) return Own::decapsulate(key, ciphertext, secret);
  const ErrorMark mark;
  return ciphertext.size() == kCipherLen &&
         decapsulate_with(key.library, ciphertext, {secret, kSecretLen});
}

template <class Own>
void MlKem<Own>::wipe(PrivateKey& key) noexcept {
  EVP_PKEY_free(key.library);
  secure_wipe(&key, sizeof key);
}

template struct MlKem<mlkem::MlKem768>;
template struct MlKem<mlkem::MlKem1024>;

}  // namespace sshauth::openssl
