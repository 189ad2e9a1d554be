#include "lib/keys/ppk.hpp"

#include <openssl/core_names.h>

#include "lib/base/secret.hpp"
#include "lib/crypto/certificate.hpp"
#include "lib/keys/openssh_cipher.hpp"
#include "lib/keys/ossl.hpp"
#include "lib/keys/ppk_file.hpp"
#include "lib/keys/ssh_certificate.hpp"
#include "lib/wire/reader.hpp"
#include "lib/wire/writer.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kCipherKey = 32, kCipherIv = 16;
constexpr std::size_t kMacKeyV2 = 20, kMacKeyV3 = 32;
// PuTTY writes 8192 KiB; what a hostile file may ask for less than.
constexpr char kCheaper[] = "\"puttygen FILE --ppk-param memory=8192 -P\" makes it cheaper";

KeyError malformed(const std::string& why) {
  return {KeyErrc::malformed, "the PuTTY key is malformed: " + why};
}
KeyError crypto_failed() { return {KeyErrc::crypto_failed, "libcrypto could not open the key"}; }

// What a passphrase gives: the cipher's key and initialisation vector, and the MAC's key.
struct Keys {
  Secret<kCipherKey + kCipherIv> cipher;
  Secret<kMacKeyV3> mac;
};

bool sha1(Bytes head, Bytes tail, MutBytes out) {
  const ossl::Owned<EVP_MD_CTX, EVP_MD_CTX_free> ctx(EVP_MD_CTX_new());
  return ctx != nullptr && EVP_DigestInit_ex2(ctx.get(), EVP_sha1(), nullptr) == 1 &&
         EVP_DigestUpdate(ctx.get(), head.data(), head.size()) == 1 &&
         EVP_DigestUpdate(ctx.get(), tail.data(), tail.size()) == 1 &&
         EVP_DigestFinal_ex(ctx.get(), out.data(), nullptr) == 1;
}

// Version 2: SHA-1 over a counter and the passphrase, twice, cut to size; a vector of zeros.
bool derive_v2(Bytes passphrase, Keys& out) {
  const std::uint8_t counter[2][4] = {{0, 0, 0, 0}, {0, 0, 0, 1}};
  Secret<40> both;
  const MutBytes at = both.write();
  if (!sha1(counter[0], passphrase, at.first(20)) || !sha1(counter[1], passphrase, at.subspan(20)))
    return false;
  both.set_len(kCipherKey);
  copy_bytes(out.cipher.write().data(), both.reveal());
  out.cipher.set_len(kCipherKey + kCipherIv);
  out.mac.set_len(kMacKeyV2);
  return sha1(as_bytes(std::string_view("putty-private-key-file-mac-key")), passphrase,
              out.mac.write().first(kMacKeyV2));
}

// What it costs is taken off the limits.
KeyError charge(const Argon2& kdf, LoadLimits& limits) {
  const std::uint64_t work = std::uint64_t{kdf.memory_kib} * kdf.passes;
  if (kdf.memory_kib <= limits.argon2_memory_kib && work <= limits.argon2_work &&
      kdf.lanes <= limits.argon2_lanes) {
    limits.argon2_work -= work;
    return {};
  }
  return {KeyErrc::too_expensive,
          "the key asks for Argon2 with " + std::to_string(kdf.memory_kib) + " KiB, " +
              std::to_string(kdf.passes) + " passes and a parallelism of " +
              std::to_string(kdf.lanes) + "; at most " + std::to_string(limits.argon2_memory_kib) +
              " KiB, " + std::to_string(limits.argon2_work) + " KiB times passes and " +
              std::to_string(limits.argon2_lanes) + " are done. " + kCheaper};
}

// Version 3: Argon2 gives all three at once.
KeyError derive_v3(const PpkFile& file, Bytes passphrase, LoadLimits& limits, Keys& out) {
  Argon2 kdf = file.kdf;
  kdf.salt = file.salt;
  if (KeyError bad = charge(kdf, limits); !bad.ok()) return bad;
  SecretBytes all(kCipherKey + kCipherIv + kMacKeyV3);
  if (KeyError bad = argon2(kdf, passphrase, all.write()); !bad.ok()) return bad;
  const Bytes octets = all.reveal();
  copy_bytes(out.cipher.write().data(), octets.first(kCipherKey + kCipherIv));
  copy_bytes(out.mac.write().data(), octets.last(kMacKeyV3));
  out.cipher.set_len(kCipherKey + kCipherIv);
  out.mac.set_len(kMacKeyV3);
  return {};
}

// A plain key of version 2 has the MAC of an empty passphrase, one of version 3 an empty MAC key.
KeyError derive(const PpkFile& file, LoadOptions& options, Keys& out) {
  if (file.encrypted() && !options.passphrase.has_value())
    return {KeyErrc::needs_passphrase, "the key is encrypted and needs its passphrase"};
  const Bytes passphrase = file.encrypted() ? as_bytes(*options.passphrase) : Bytes{};
  if (file.version == 2) return derive_v2(passphrase, out) ? KeyError() : crypto_failed();
  return file.encrypted() ? derive_v3(file, passphrase, options.limits, out) : KeyError();
}

bool update_string(EVP_MAC_CTX* ctx, Bytes value) {
  std::uint8_t len[4];
  store_u32(len, static_cast<std::uint32_t>(value.size()));
  return EVP_MAC_update(ctx, len, sizeof len) == 1 &&
         EVP_MAC_update(ctx, value.data(), value.size()) == 1;
}

// HMAC over everything that the file says, the private part deciphered and with its padding.
bool make_mac(const PpkFile& file, Bytes key, Bytes plain, SecretBytes& out) {
  static constexpr char kSha1[] = "SHA1";
  static constexpr char kSha256[] = "SHA256";
  const ossl::Mac alg(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  const ossl::MacCtx ctx(alg != nullptr ? EVP_MAC_CTX_new(alg.get()) : nullptr);
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
                                       const_cast<char*>(file.version == 2 ? kSha1 : kSha256), 0),
      OSSL_PARAM_construct_end()};
  out = SecretBytes(file.version == 2 ? 20 : 32);
  std::size_t len = 0;
  return ctx != nullptr && EVP_MAC_init(ctx.get(), key.data(), key.size(), params) == 1 &&
         update_string(ctx.get(), as_bytes(file.type)) &&
         update_string(ctx.get(), as_bytes(file.encryption)) &&
         update_string(ctx.get(), as_bytes(file.comment)) &&
         update_string(ctx.get(), file.public_blob) && update_string(ctx.get(), plain) &&
         EVP_MAC_final(ctx.get(), out.write().data(), &len, out.size()) == 1 && len == out.size();
}

// Deciphers the private part in place and checks the MAC.
KeyError open_file(PpkFile& file, LoadOptions& options) {
  Keys keys;
  if (KeyError bad = derive(file, options, keys); !bad.ok()) return bad;
  if (file.encrypted() && !decrypt_key_file(*find_key_file_cipher(file.encryption),
                                            keys.cipher.reveal(), file.private_blob.write(), {}))
    return crypto_failed();
  SecretBytes expected;
  if (!make_mac(file, keys.mac.reveal(), file.private_blob.reveal(), expected))
    return crypto_failed();
  if (ct_equal(expected.reveal(), file.mac)) return {};
  if (!file.encrypted()) return malformed("its MAC is wrong; it was changed after it was written");
  return {KeyErrc::wrong_passphrase, "the passphrase does not open this key"};
}

std::string format_of(const PpkFile& file) { return "PPK v" + std::to_string(file.version); }

// The private numbers of each type, as the manual has them (C.3).
void read_numbers(Reader& r, std::string_view type, ipworksauth_private_key& key) {
  const auto take = [](Bytes number, const std::uint8_t*& at, std::size_t& len) {
    at = number.data(), len = number.size();
  };
  if (type == "ssh-ed25519" || type == "ssh-ed448") return take(r.string(), key.d, key.d_len);
  take(r.mpint(), key.d, key.d_len);
  if (type != "ssh-rsa") return;
  take(r.mpint(), key.p, key.p_len);
  take(r.mpint(), key.q, key.q_len);
  take(r.mpint(), key.iqmp, key.iqmp_len);
}

// The public half of the file: a key, or since PuTTY 0.78 an OpenSSH certificate in its place,
// beside which the private part is that of the plain key.
struct PublicHalf {
  Blob plain;
  Blob certificate;  // empty: none
  PublicKeyView view;
};

KeyError read_public(const PpkFile& file, PublicHalf& out) {
  const std::string_view type = public_blob_type(file.public_blob);
  if (type != file.type)
    return malformed("its first line says \"" + printable(file.type) + "\", its public key \"" +
                     printable(type) + "\"");
  out.plain = file.public_blob;
  if (is_certificate_type(type)) {
    if (KeyError bad = take_certified_key(file.public_blob, out.plain); !bad.ok())
      return {bad.code, "the PuTTY key: " + bad.text};
    out.certificate = file.public_blob;
  }
  return decode_public_blob(out.plain, out.view);
}

// What is left behind the numbers fills the last block of the cipher.
KeyResult read_identity(const PpkFile& file, const PublicHalf& half) {
  const PublicKeyView& view = half.view;
  Reader r(file.private_blob.reveal());
  ipworksauth_private_key key{};
  key.pub = view.numbers;
  read_numbers(r, view.type, key);
  if (!r.ok() || r.left() >= (file.encrypted() ? kCipherIv : 1))
    return malformed("its private part does not hold the numbers of a " + std::string(view.type) +
                     " key");
  if (KeyError bad = check_key_pair(view.type, key); !bad.ok()) return bad;
  return Identity(half.plain, std::string(file.comment), format_of(file),
                  std::make_unique<PrivateNumbers>(key));
}

// Of an encrypted key without its passphrase.
KeyResult without_private(const PpkFile& file, const PublicHalf& half) {
  return Identity(half.plain, std::string(file.comment), format_of(file));
}

}  // namespace

bool is_ppk(Bytes data) noexcept { return as_text(data).starts_with(kPpkBegin); }

KeyResult load_ppk(Bytes data, LoadOptions& options) {
  PpkFile file;
  PublicHalf half;
  if (KeyError bad = read_ppk_file(as_text(data), file); !bad.ok()) return bad;
  if (KeyError bad = read_public(file, half); !bad.ok()) return bad;
  const bool locked = options.public_only && file.encrypted() && !options.passphrase.has_value();
  if (!locked)
    if (KeyError bad = open_file(file, options); !bad.ok()) return bad;
  KeyResult result = locked ? without_private(file, half) : read_identity(file, half);
  if (!result.ok()) return result;
  result->set_encrypted(file.encrypted());
  result->set_certificate(std::move(half.certificate));
  return result;
}

}  // namespace sshauth
