#include "lib/keys/openssh_private.hpp"

#include "lib/crypto/builtin/bcrypt_pbkdf.hpp"
#include "lib/keys/openssh_cipher.hpp"
#include "lib/keys/sk_key.hpp"
#include "lib/wire/reader.hpp"

namespace sshauth {
namespace {

constexpr char kFormat[] = "OpenSSH private key";

KeyError malformed(std::string why) {
  return {KeyErrc::malformed, "the OpenSSH private key is malformed: " + std::move(why)};
}

struct Container {
  std::string_view cipher_name, kdf_name;
  Bytes kdf_options;
  std::uint32_t num_keys = 0;
  Bytes public_blob;
  Bytes section;
  Bytes tag;  // what follows the section
  const KeyFileCipher* cipher = nullptr;
};

// Container, down to but not into the private section. Lengths of all parts fit the cipher.
KeyError read_container(Bytes in, Container& out) {
  Reader r(in);
  if (as_text(r.take(kOpensshMagic.size())) != kOpensshMagic)
    return malformed("it does not begin with \"openssh-key-v1\"");
  out.cipher_name = r.text();
  out.kdf_name = r.text();
  out.kdf_options = r.string();
  out.num_keys = r.u32();
  out.public_blob = r.string();
  if (!r.ok()) return malformed("it ends early");
  if (out.num_keys != 1)
    return malformed("it holds " + std::to_string(out.num_keys) + " keys; expected one");
  out.section = r.string();
  if (!r.ok()) return malformed("it ends early");
  out.tag = r.rest();
  out.cipher = find_key_file_cipher(out.cipher_name);
  if (out.cipher == nullptr)
    return {KeyErrc::unsupported_type, "the key is encrypted with \"" + printable(out.cipher_name) +
                                           "\", which is not supported"};
  const KeyFileCipher& c = *out.cipher;
  if (out.section.size() < c.block_len || out.section.size() % c.block_len != 0 ||
      out.tag.size() != c.tag_len)
    return malformed("the length of its private section does not fit " + std::string(c.name));
  return {};
}

struct Kdf {
  Bytes salt;
  std::uint32_t rounds = 0;
};

KeyError read_kdf(const Container& box, const LoadOptions& options, Kdf& out) {
  if (box.kdf_name != "bcrypt")
    return {KeyErrc::unsupported_type,
            "the key derivation \"" + printable(box.kdf_name) + "\" is not supported; bcrypt is"};
  Reader r(box.kdf_options);
  out.salt = r.string();
  out.rounds = r.u32();
  constexpr std::size_t kMaxSalt = 1024;
  if (r.finish() != Errc::ok || out.salt.empty() || out.salt.size() > kMaxSalt || out.rounds == 0)
    return malformed("its key derivation lacks a salt or a number of rounds");
  if (out.rounds > options.limits.bcrypt_rounds)
    return {KeyErrc::too_expensive, "the key asks for " + std::to_string(out.rounds) +
                                        " rounds of bcrypt; at most " +
                                        std::to_string(options.limits.bcrypt_rounds) +
                                        " are done. ssh-keygen -p -a 64 makes it cheaper"};
  if (!options.passphrase.has_value())
    return {KeyErrc::needs_passphrase, "the key is encrypted and needs its passphrase"};
  return {};
}

// A deciphered copy of the private section.
KeyError open_section(const Container& box, LoadOptions& options, SecretBytes& out) {
  const KeyFileCipher& cipher = *box.cipher;
  if (cipher.kind == KeyFileCipher::Kind::none) {
    if (box.kdf_name != "none" || !box.kdf_options.empty())
      return malformed("it has a key derivation but no cipher");
    out = SecretBytes(box.section);
    return {};
  }
  Kdf kdf;
  if (KeyError bad = read_kdf(box, options, kdf); !bad.ok()) return bad;
  KeyError wrong{KeyErrc::wrong_passphrase, "the passphrase does not open this key"};
  if (options.passphrase->empty()) return wrong;  // OpenSSH encrypts with none of that length
  options.limits.bcrypt_rounds -= kdf.rounds;
  SecretBytes key(cipher.key_len + cipher.iv_len);
  if (!bcrypt_pbkdf(as_bytes(*options.passphrase), kdf.salt, kdf.rounds, key.write()))
    return {KeyErrc::crypto_failed, "the key derivation failed"};
  out = SecretBytes(box.section);
  if (!decrypt_key_file(cipher, key.reveal(), out.write(), box.tag)) return wrong;
  return {};
}

// The numbers of each type, in the order of the agent protocol (draft-ietf-sshm-ssh-agent §3.2).
ipworksauth_private_key read_edwards(Reader& r, std::size_t len) {
  const Bytes pub = r.string();
  const Bytes both = r.string();  // seed and public key
  ipworksauth_private_key key{};
  if (both.size() != 2 * len || pub.size() != len || !ct_equal(both.subspan(len), pub)) {
    r.poison();
    return key;
  }
  key.pub.first = pub.data(), key.pub.first_len = pub.size();
  key.d = both.data(), key.d_len = pub.size();
  return key;
}

ipworksauth_private_key read_ec(Reader& r, std::string_view type) {
  const std::string_view curve = r.text();
  const Bytes point = r.string();
  const Bytes d = r.mpint();
  if (type != "ecdsa-sha2-" + std::string(curve)) r.poison();
  ipworksauth_private_key key{};
  key.pub.first = point.data(), key.pub.first_len = point.size();
  key.d = d.data(), key.d_len = d.size();
  return key;
}

ipworksauth_private_key read_rsa(Reader& r) {
  const Bytes n = r.mpint(), e = r.mpint(), d = r.mpint();
  const Bytes iqmp = r.mpint(), p = r.mpint(), q = r.mpint();
  ipworksauth_private_key key{};
  key.pub.first = e.data(), key.pub.first_len = e.size();
  key.pub.second = n.data(), key.pub.second_len = n.size();
  key.d = d.data(), key.d_len = d.size();
  key.p = p.data(), key.p_len = p.size();
  key.q = q.data(), key.q_len = q.size();
  key.iqmp = iqmp.data(), key.iqmp_len = iqmp.size();
  return key;
}

ipworksauth_private_key read_dsa(Reader& r) {
  const Bytes p = r.mpint(), q = r.mpint(), g = r.mpint(), y = r.mpint(), x = r.mpint();
  ipworksauth_private_key key{};
  key.pub = {p.data(), p.size(), q.data(), q.size(), g.data(), g.size(), y.data(), y.size()};
  key.d = x.data(), key.d_len = x.size();
  return key;
}

ipworksauth_private_key read_numbers(Reader& r, std::string_view type) {
  if (type == "ssh-ed25519") return read_edwards(r, 32);
  if (type == "ssh-ed448") return read_edwards(r, 57);
  if (type == "ssh-dss") return read_dsa(r);
  if (type == "ssh-rsa") return read_rsa(r);
  return read_ec(r, type);
}

bool padding_is_right(Bytes padding) {
  std::uint8_t expected = 0;
  std::uint8_t difference = 0;
  for (const std::uint8_t octet : padding)
    difference = static_cast<std::uint8_t>(difference | (octet ^ ++expected));
  return padding.size() < 256 && difference == 0;
}

KeyResult read_sk_section(Reader& r, std::string_view type, const Container& box,
                          const LoadOptions& options) {
  SkKey key = read_sk_key(r, type, box.public_blob);
  const std::string_view comment = r.text();
  const bool in_step = r.ok();
  if (!in_step || !padding_is_right(r.rest()))
    return malformed("its private section does not hold the handle of this " + std::string(type) +
                     " key and its padding");
  // Of an encrypted file the passphrase is its own, and each PIN shown to a device may be its last.
  const bool encrypted = box.cipher->kind != KeyFileCipher::Kind::none;
  const std::string_view passphrase =
      encrypted ? std::string_view() : options.passphrase.value_or(std::string_view());
  SecretBytes pin(as_bytes(options.sk_pin.empty() ? passphrase : options.sk_pin));
  return Identity(Blob(box.public_blob.begin(), box.public_blob.end()), std::string(comment),
                  kFormat,
                  make_sk_signer(std::move(key), std::string(options.sk_provider), std::move(pin)));
}

// `section` is the deciphered private section, its check numbers found equal. The padding is the
// proof that it was read in step to its end.
KeyResult read_section(Bytes section, const Container& box, const LoadOptions& options) {
  Reader r(section.subspan(8));
  const std::string_view type = r.text();
  if (!r.ok() || type != public_blob_type(box.public_blob))
    return malformed("the private section is of another type than the public key");
  if (is_sk_type(type)) return read_sk_section(r, type, box, options);
  const ipworksauth_private_key key = read_numbers(r, type);
  const std::string_view comment = r.text();
  const bool in_step = r.ok();
  if (!in_step || !padding_is_right(r.rest()))
    return malformed("its private section does not hold the numbers of a " + std::string(type) +
                     " key and its padding");
  if (!same_bytes(encode_public_blob(type, key.pub), box.public_blob))
    return malformed("its private section is of another key than the public one in front");
  if (KeyError bad = check_key_pair(type, key); !bad.ok()) return bad;
  return Identity(Blob(box.public_blob.begin(), box.public_blob.end()), std::string(comment),
                  kFormat, std::make_unique<PrivateNumbers>(key));
}

KeyResult open_container(const Container& box, LoadOptions& options) {
  SecretBytes section;
  if (KeyError bad = open_section(box, options, section); !bad.ok()) return bad;
  const Bytes plain = section.reveal();
  const bool encrypted = box.cipher->kind != KeyFileCipher::Kind::none;
  if (load_u32(plain.data()) != load_u32(plain.data() + 4)) {
    if (!encrypted) return malformed("its two check numbers differ");
    return KeyError(KeyErrc::wrong_passphrase, "the passphrase does not open this key");
  }
  KeyResult result = read_section(plain, box, options);
  if (result.ok()) result->set_encrypted(encrypted);
  return result;
}

}  // namespace

bool is_openssh_private(Bytes container) noexcept {
  return as_text(container).starts_with(kOpensshMagic);
}

KeyResult load_openssh_private(Bytes container, LoadOptions& options) {
  Container box;
  if (KeyError bad = read_container(container, box); !bad.ok()) return bad;
  PublicKeyView view;
  if (KeyError bad = decode_public_blob(box.public_blob, view); !bad.ok()) return bad;
  const bool encrypted = box.cipher->kind != KeyFileCipher::Kind::none;
  if (options.public_only && encrypted && !options.passphrase.has_value()) {
    Identity id(Blob(box.public_blob.begin(), box.public_blob.end()), {}, kFormat);
    id.set_encrypted(true);
    return id;
  }
  return open_container(box, options);
}

}  // namespace sshauth
