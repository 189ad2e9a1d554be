#include "lib/keys/openssh_cipher.hpp"

#include <openssl/core_names.h>

#include "lib/keys/ossl.hpp"

namespace sshauth {
namespace {

using Kind = KeyFileCipher::Kind;

constexpr KeyFileCipher kCiphers[] = {
    {"none", Kind::none, nullptr, 0, 0, 8, 0},
    {"3des-cbc", Kind::plain, "DES-EDE3-CBC", 24, 8, 8, 0},
    {"aes128-cbc", Kind::plain, "AES-128-CBC", 16, 16, 16, 0},
    {"aes192-cbc", Kind::plain, "AES-192-CBC", 24, 16, 16, 0},
    {"aes256-cbc", Kind::plain, "AES-256-CBC", 32, 16, 16, 0},
    {"aes128-ctr", Kind::plain, "AES-128-CTR", 16, 16, 16, 0},
    {"aes192-ctr", Kind::plain, "AES-192-CTR", 24, 16, 16, 0},
    {"aes256-ctr", Kind::plain, "AES-256-CTR", 32, 16, 16, 0},
    {"aes128-gcm@openssh.com", Kind::gcm, "AES-128-GCM", 16, 12, 16, 16},
    {"aes256-gcm@openssh.com", Kind::gcm, "AES-256-GCM", 32, 12, 16, 16},
    {"chacha20-poly1305@openssh.com", Kind::chachapoly, "ChaCha20", 64, 0, 8, 16},
};

// Runs `data` through libcrypto in place. `tag` is checked where the mode has one.
bool run(const char* name, bool encrypt, Bytes key, Bytes iv, MutBytes data, Bytes tag) {
  const ossl::Owned<EVP_CIPHER, EVP_CIPHER_free> alg(EVP_CIPHER_fetch(nullptr, name, nullptr));
  const ossl::CipherCtx ctx(EVP_CIPHER_CTX_new());
  if (alg == nullptr || ctx == nullptr || data.size() > INT32_MAX) return false;
  if (EVP_CIPHER_get_key_length(alg.get()) != static_cast<int>(key.size()) ||
      EVP_CIPHER_get_iv_length(alg.get()) != static_cast<int>(iv.size()))
    return false;
  if (EVP_CipherInit_ex2(ctx.get(), alg.get(), key.data(), iv.data(), encrypt ? 1 : 0, nullptr) !=
          1 ||
      EVP_CIPHER_CTX_set_padding(ctx.get(), 0) != 1)
    return false;
  if (!tag.empty() &&
      EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                          const_cast<std::uint8_t*>(tag.data())) != 1)
    return false;
  int len = 0;
  int last = 0;
  return EVP_CipherUpdate(ctx.get(), data.data(), &len, data.data(),
                          static_cast<int>(data.size())) == 1 &&
         EVP_CipherFinal_ex(ctx.get(), data.data() + len, &last) == 1 &&
         static_cast<std::size_t>(len) + static_cast<std::size_t>(last) == data.size();
}

bool poly1305(Bytes key, Bytes data, MutBytes tag) {
  const ossl::Mac alg(EVP_MAC_fetch(nullptr, "POLY1305", nullptr));
  const ossl::MacCtx ctx(alg != nullptr ? EVP_MAC_CTX_new(alg.get()) : nullptr);
  std::size_t len = 0;
  return ctx != nullptr && EVP_MAC_init(ctx.get(), key.data(), key.size(), nullptr) == 1 &&
         EVP_MAC_update(ctx.get(), data.data(), data.size()) == 1 &&
         EVP_MAC_final(ctx.get(), tag.data(), &len, tag.size()) == 1 && len == tag.size();
}

// OpenSSH PROTOCOL.chacha20poly1305 with sequence number 0 and no length field: the first half of
// the key enciphers, block 0 keys the tag, the data begins at block 1. The second half is not used.
bool open_chachapoly(Bytes key, MutBytes data, Bytes tag) {
  std::uint8_t iv[16] = {};  // block counter, little-endian, and nonce: libcrypto has them as one
  SecretBytes mac_key(32);
  std::uint8_t expected[16] = {};
  key = key.first(32);
  if (!run("ChaCha20", true, key, iv, mac_key.write(), {}) ||
      !poly1305(mac_key.reveal(), data, expected) || !ct_equal(expected, tag))
    return false;
  iv[0] = 1;
  return run("ChaCha20", false, key, iv, data, {});
}

}  // namespace

const KeyFileCipher* find_key_file_cipher(std::string_view name) noexcept {
  for (const KeyFileCipher& row : kCiphers)
    if (row.name == name) return &row;
  return nullptr;
}

bool decrypt_key_file(const KeyFileCipher& cipher, Bytes key, MutBytes data, Bytes tag) {
  if (key.size() != cipher.key_len + cipher.iv_len || tag.size() != cipher.tag_len) return false;
  switch (cipher.kind) {
    case Kind::none: return true;
    case Kind::chachapoly: return open_chachapoly(key, data, tag);
    case Kind::plain:
    case Kind::gcm: break;
  }
  return run(cipher.evp, false, key.first(cipher.key_len), key.subspan(cipher.key_len), data, tag);
}

bool encrypt_key_file(const KeyFileCipher& cipher, Bytes key, MutBytes data) {
  if (cipher.kind != Kind::plain || key.size() != cipher.key_len + cipher.iv_len) return false;
  return run(cipher.evp, true, key.first(cipher.key_len), key.subspan(cipher.key_len), data, {});
}

}  // namespace sshauth
