// What a public key blob is, in words and numbers for people; lib/crypto takes it apart.
#include "lib/keys/public_key.hpp"

#include <bit>

#include "lib/crypto/public_key.hpp"
#include "lib/wire/reader.hpp"
#include "lib/wire/writer.hpp"

namespace sshauth {
namespace {

struct Type {
  std::string_view name, curve;
  unsigned bits;  // 0: as many as the modulus has
  std::string_view expected;
};
constexpr Type kTypes[] = {
    {"ssh-ed25519", {}, 256, "one string of 32 octets"},
    {"ecdsa-sha2-nistp256", "nistp256", 256, "\"nistp256\" and an uncompressed point of 65 octets"},
    {"ecdsa-sha2-nistp384", "nistp384", 384, "\"nistp384\" and an uncompressed point of 97 octets"},
    {"ecdsa-sha2-nistp521", "nistp521", 521,
     "\"nistp521\" and an uncompressed point of 133 octets"},
    {"sk-ssh-ed25519@openssh.com", {}, 256, "two strings, the first of 32 octets"},
    {"sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", 256,
     "\"nistp256\", an uncompressed point of 65 octets and a string"},
    {"ssh-rsa", {}, 0, "an exponent of 3 or more and a modulus, both odd"},
    {"ssh-ed448", {}, 448, "one string of 57 octets"},
    {"ssh-dss", {}, 0, "p of 1024 to 3072 bits, q of 160 bits, and g and y no longer than p"},
};
constexpr std::string_view kRsa = "ssh-rsa";
constexpr std::string_view kDsa = "ssh-dss";
// Larger exponents only make verifying slow; all that are in use have 17 bits or fewer.
constexpr unsigned kMaxExponentBits = 64;

const Type* find_type(std::string_view name) noexcept {
  for (const Type& row : kTypes)
    if (row.name == name) return &row;
  return nullptr;
}

// What the size of a key of variable size is told by: RSA's n, DSA's p.
Bytes modulus_of(const Type& type, const ipworksauth_public_key& key) noexcept {
  return type.name == kRsa ? Bytes(key.second, key.second_len) : Bytes(key.first, key.first_len);
}

unsigned bit_length(Bytes magnitude) noexcept {
  if (magnitude.empty()) return 0;
  const auto top = static_cast<unsigned>(std::bit_width(magnitude[0]));
  return static_cast<unsigned>(magnitude.size() - 1) * 8 + top;
}

// RSA keys that are well formed and of a size that is not supported, told apart from malformed
// ones, which are left to decode_public_key.
KeyError check_rsa_size(Bytes blob) {
  Reader r(blob);
  r.text();
  const unsigned exponent = bit_length(r.mpint());
  const unsigned modulus = bit_length(r.mpint());
  if (r.finish() != Errc::ok) return {};
  if (modulus < kMinRsaBits || modulus > kMaxRsaBits)
    return {KeyErrc::unsupported_type,
            "RSA keys of " + std::to_string(kMinRsaBits) + " to " + std::to_string(kMaxRsaBits) +
                " bits are supported; this one has " + std::to_string(modulus)};
  if (exponent > kMaxExponentBits)
    return {KeyErrc::unsupported_type, "the RSA public exponent has " + std::to_string(exponent) +
                                           " bits; at most " + std::to_string(kMaxExponentBits) +
                                           " are supported"};
  return {};
}

// DSA likewise: RFC 4253 §6.6 and its SHA-1 have room for a q of 160 bits alone, where libcrypto
// makes longer ones.
KeyError check_dsa_size(Bytes blob) {
  constexpr unsigned kMaxDsaBits = 3072;
  constexpr unsigned kOrderBits = 160;
  Reader r(blob);
  r.text();
  const unsigned prime = bit_length(r.mpint());
  const unsigned order = bit_length(r.mpint());
  if (r.ok() && prime >= kMinRsaBits && (prime > kMaxDsaBits || order > kOrderBits))
    return {KeyErrc::unsupported_type, "DSA keys of at most " + std::to_string(kMaxDsaBits) +
                                           " bits with a q of " + std::to_string(kOrderBits) +
                                           " are supported; this one has " + std::to_string(prime) +
                                           " and " + std::to_string(order)};
  return {};
}

}  // namespace

KeyError decode_public_blob(Bytes blob, PublicKeyView& out) {
  out = {};
  if (blob.size() > kMaxPublicBlob)
    return {KeyErrc::malformed, "the public key has " + std::to_string(blob.size()) +
                                    " octets; at most " + std::to_string(kMaxPublicBlob) +
                                    " are read"};
  out.type = key_type_of(blob);
  if (out.type.empty())
    return {KeyErrc::malformed, "the public key does not begin with the name of its type"};
  const Type* type = find_type(out.type);
  if (type == nullptr)
    return {KeyErrc::unsupported_type,
            "keys of type \"" + printable(out.type) +
                "\" are not supported; ssh-ed25519, ecdsa-sha2-nistp256, -384, -521, ssh-rsa, "
                "ssh-ed448, ssh-dss and keys of security keys (sk-ssh-ed25519@openssh.com, "
                "sk-ecdsa-sha2-nistp256@openssh.com) are"};
  if (type->name == kRsa)
    if (KeyError bad = check_rsa_size(blob); !bad.ok()) return bad;
  if (type->name == kDsa)
    if (KeyError bad = check_dsa_size(blob); !bad.ok()) return bad;
  if (decode_public_key(blob, out.type, out.numbers) != Errc::ok)
    return {KeyErrc::malformed, "the " + std::string(out.type) +
                                    " public key is malformed: expected " +
                                    std::string(type->expected)};
  out.curve = type->curve;
  out.bits = type->bits != 0 ? type->bits : bit_length(modulus_of(*type, out.numbers));
  return {};
}

std::string_view public_blob_type(Bytes blob) noexcept { return key_type_of(blob); }

bool is_supported_key_type(std::string_view type) noexcept { return find_type(type) != nullptr; }

Blob encode_public_blob(std::string_view type, const ipworksauth_public_key& numbers) {
  const Bytes first(numbers.first, numbers.first_len);
  const Bytes second(numbers.second, numbers.second_len);
  const Type* row = find_type(type);
  const Bytes third(numbers.third, numbers.third_len);
  const Bytes fourth(numbers.fourth, numbers.fourth_len);
  Blob out(64 + type.size() + first.size() + second.size() + third.size() + fourth.size());
  Writer w(out);
  w.string(type);
  if (row != nullptr && !row->curve.empty()) w.string(row->curve);
  if (row == nullptr || row->bits != 0)
    w.string(first);
  else
    w.mpint(first).mpint(second);
  if (type.starts_with("sk-")) w.string(second);
  if (!third.empty()) w.mpint(third).mpint(fourth);
  out.resize(w.ok() ? w.len() : 0);
  return out;
}

}  // namespace sshauth
