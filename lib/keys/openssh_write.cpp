// Writes the container that openssh_private.cpp reads.
#include <openssl/rand.h>
#include <sodium.h>

#include <vector>

#include "lib/crypto/builtin/bcrypt_pbkdf.hpp"
#include "lib/keys/generate.hpp"
#include "lib/keys/openssh_cipher.hpp"
#include "lib/keys/openssh_private.hpp"
#include "lib/keys/ossl.hpp"
#include "lib/wire/writer.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kSaltLen = 16;
constexpr std::size_t kLineLen = 70;  // as ssh-keygen wraps
constexpr std::size_t kMaxComment = 4096;

[[nodiscard]] bool random(MutBytes out) noexcept {
  return RAND_bytes(out.data(), static_cast<int>(out.size())) == 1;
}

// The numbers in the order of the file, which is not the one of the view.
void put_numbers(Writer& w, std::string_view type, const ipworksauth_private_key& key) {
  const Bytes first(key.pub.first, key.pub.first_len);
  const Bytes d(key.d, key.d_len);
  w.string(type);
  if (type == "ssh-ed25519" || type == "ssh-ed448") {
    w.string(first).u32(static_cast<std::uint32_t>(d.size() + first.size())).raw(d).raw(first);
  } else if (type == "ssh-dss") {
    w.mpint(first).mpint({key.pub.second, key.pub.second_len});
    w.mpint({key.pub.third, key.pub.third_len}).mpint({key.pub.fourth, key.pub.fourth_len});
    w.mpint(d);
  } else if (type == "ssh-rsa") {
    w.mpint({key.pub.second, key.pub.second_len}).mpint(first).mpint(d);
    w.mpint({key.iqmp, key.iqmp_len}).mpint({key.p, key.p_len}).mpint({key.q, key.q_len});
  } else {
    w.string(type.substr(type.rfind('-') + 1)).string(first).mpint(d);
  }
}

// The private section in clear, padded to the cipher's blocks.
bool make_section(const Identity& id, std::size_t block_len, SecretBytes& out) {
  const ipworksauth_private_key& key = *id.private_key();
  out = SecretBytes(key.pub.first_len * 2 + key.pub.second_len + key.pub.third_len +
                    key.pub.fourth_len + key.d_len + key.p_len + key.q_len + key.iqmp_len +
                    id.comment().size() + id.type().size() + 256);
  std::uint8_t check[4];
  if (!random(check)) return false;
  Writer w(out.write());
  w.raw(check).raw(check);
  put_numbers(w, id.type(), key);
  w.string(id.comment());
  for (std::uint8_t pad = 1; w.len() % block_len != 0; ++pad) w.u8(pad);
  out.shrink(w.len());
  return w.ok();
}

// bcrypt over a fresh salt: fills in `options` (string salt, uint32 rounds) and enciphers.
bool protect(const KeyFileCipher& cipher, std::string_view passphrase, std::uint32_t rounds,
             MutBytes section, Blob& options) {
  std::uint8_t salt[kSaltLen];
  SecretBytes key(cipher.key_len + cipher.iv_len);
  if (!random(salt) || !bcrypt_pbkdf(as_bytes(passphrase), salt, rounds, key.write())) return false;
  options.resize(4 + kSaltLen + 4);
  Writer(options).string(Bytes(salt)).u32(rounds);
  return encrypt_key_file(cipher, key.reveal(), section);
}

// PEM armour in lines of 70 characters.
SecretBytes armour(Bytes container) {
  const std::string begin = "-----BEGIN " + std::string(kOpensshLabel) + "-----\n";
  const std::string end = "-----END " + std::string(kOpensshLabel) + "-----\n";
  std::vector<char> text(
      sodium_base64_ENCODED_LEN(container.size(), sodium_base64_VARIANT_ORIGINAL));
  sodium_bin2base64(text.data(), text.size(), container.data(), container.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  std::string_view rest(text.data(), text.size() - 1);
  SecretBytes out(begin.size() + rest.size() + rest.size() / kLineLen + 1 + end.size());
  Writer w(out.write());
  for (w.raw(as_bytes(begin)); !rest.empty(); w.u8('\n')) {
    const std::size_t len = rest.size() < kLineLen ? rest.size() : kLineLen;
    w.raw(as_bytes(rest.substr(0, len)));
    rest.remove_prefix(len);
  }
  w.raw(as_bytes(end));
  secure_wipe(text.data(), text.size());
  out.shrink(w.len());
  return out;
}

SecretBytes make_container(std::string_view cipher, bool encrypted, Bytes kdf_options,
                           Bytes public_blob, Bytes section) {
  SecretBytes out(128 + kdf_options.size() + public_blob.size() + section.size());
  Writer w(out.write());
  w.raw(as_bytes(kOpensshMagic)).string(cipher).string(encrypted ? "bcrypt" : "none");
  w.string(kdf_options).u32(1).string(public_blob).string(section);
  out.shrink(w.ok() ? w.len() : 0);
  return out;
}

}  // namespace

KeyError format_private_key(const Identity& identity, std::optional<std::string_view> passphrase,
                            SecretBytes& out, std::uint32_t bcrypt_rounds) {
  const ossl::ErrorMark mark;
  if (!identity.has_private())
    return {KeyErrc::bad_argument, "only the public half of this key is here; nothing to write"};
  if (passphrase.has_value() && passphrase->empty())
    return {KeyErrc::bad_argument, "an empty passphrase protects nothing"};
  if (passphrase.has_value() && bcrypt_rounds == 0)
    return {KeyErrc::bad_argument, "bcrypt needs one round at least"};
  if (identity.comment().size() > kMaxComment)
    return {KeyErrc::bad_argument, "the comment is longer than " + std::to_string(kMaxComment)};
  const bool encrypt = passphrase.has_value();
  const KeyFileCipher& cipher = *find_key_file_cipher(encrypt ? "aes256-ctr" : "none");
  SecretBytes section;
  Blob kdf_options;
  if (!make_section(identity, cipher.block_len, section) ||
      (encrypt && !protect(cipher, *passphrase, bcrypt_rounds, section.write(), kdf_options)))
    return {KeyErrc::crypto_failed, "libcrypto failed to protect the key"};
  const SecretBytes container =
      make_container(cipher.name, encrypt, kdf_options, identity.public_blob(), section.reveal());
  out = armour(container.reveal());
  return {};
}

}  // namespace sshauth
