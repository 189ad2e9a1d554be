#include "lib/keys/pkey.hpp"

#include <openssl/core_names.h>

#include <array>
#include <vector>

namespace sshauth {
namespace {

// A number of the key as big-endian octets; `len` 0 means without leading zeros.
bool get_number(const EVP_PKEY* pkey, const char* name, SecretBytes& out, std::size_t len = 0) {
  BIGNUM* raw = BN_secure_new();
  const bool got = EVP_PKEY_get_bn_param(pkey, name, &raw) == 1;
  const ossl::Bn bn(raw);
  if (!got || bn == nullptr) return false;
  const auto needed = static_cast<std::size_t>(BN_num_bytes(bn.get()));
  out = SecretBytes(len != 0 ? len : needed);
  return needed <= out.size() && out.size() <= kMaxKeyNumber &&
         BN_bn2binpad(bn.get(), out.write().data(), static_cast<int>(out.size())) >= 0;
}

bool get_rsa(const EVP_PKEY* pkey, bool with_private, KeyNumbers& out) {
  if (!get_number(pkey, OSSL_PKEY_PARAM_RSA_E, out.first) ||
      !get_number(pkey, OSSL_PKEY_PARAM_RSA_N, out.second))
    return false;
  return !with_private || (get_number(pkey, OSSL_PKEY_PARAM_RSA_D, out.d) &&
                           get_number(pkey, OSSL_PKEY_PARAM_RSA_FACTOR1, out.p) &&
                           get_number(pkey, OSSL_PKEY_PARAM_RSA_FACTOR2, out.q) &&
                           get_number(pkey, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, out.iqmp));
}

bool get_dsa(const EVP_PKEY* pkey, bool with_private, KeyNumbers& out) {
  return get_number(pkey, OSSL_PKEY_PARAM_FFC_P, out.first) &&
         get_number(pkey, OSSL_PKEY_PARAM_FFC_Q, out.second) &&
         get_number(pkey, OSSL_PKEY_PARAM_FFC_G, out.third) &&
         get_number(pkey, OSSL_PKEY_PARAM_PUB_KEY, out.fourth) &&
         (!with_private || get_number(pkey, OSSL_PKEY_PARAM_PRIV_KEY, out.d));
}

// Ed25519 and Ed448, whose halves have `key_len` octets each.
bool get_edwards(const EVP_PKEY* pkey, std::size_t key_len, bool with_private, KeyNumbers& out) {
  std::size_t len = key_len;
  out.first = SecretBytes(len);
  if (EVP_PKEY_get_raw_public_key(pkey, out.first.write().data(), &len) != 1 || len != key_len)
    return false;
  if (!with_private) return true;
  out.d = SecretBytes(len);
  return EVP_PKEY_get_raw_private_key(pkey, out.d.write().data(), &len) == 1 && len == key_len;
}

constexpr EcType kCurves[] = {{"prime256v1", "ecdsa-sha2-nistp256", 32},
                              {"secp384r1", "ecdsa-sha2-nistp384", 48},
                              {"secp521r1", "ecdsa-sha2-nistp521", 66}};

const EcType* curve_of(const EVP_PKEY* pkey, std::string& name) {
  std::array<char, 80> group{};
  std::size_t len = 0;
  if (EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(),
                                     &len) == 1)
    name.assign(group.data(), len);
  return ec_type(name);
}

// The point is put together from its coordinates: a key may hold it compressed.
bool get_ec(const EVP_PKEY* pkey, const EcType& curve, bool with_private, KeyNumbers& out) {
  SecretBytes x, y;
  if (!get_number(pkey, OSSL_PKEY_PARAM_EC_PUB_X, x, curve.len) ||
      !get_number(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, y, curve.len))
    return false;
  out.first = ec_point(x, y);
  return !with_private || get_number(pkey, OSSL_PKEY_PARAM_PRIV_KEY, out.d);
}

KeyError get_numbers(const EVP_PKEY* pkey, bool with_private, std::string& type, KeyNumbers& out) {
  bool got = false;
  std::string group;
  if (EVP_PKEY_is_a(pkey, "RSA") == 1) {
    type = "ssh-rsa";
    got = get_rsa(pkey, with_private, out);
  } else if (EVP_PKEY_is_a(pkey, "ED25519") == 1) {
    type = "ssh-ed25519";
    got = get_edwards(pkey, 32, with_private, out);
  } else if (EVP_PKEY_is_a(pkey, "ED448") == 1) {
    type = "ssh-ed448";
    got = get_edwards(pkey, 57, with_private, out);
  } else if (EVP_PKEY_is_a(pkey, "DSA") == 1) {
    type = "ssh-dss";
    got = get_dsa(pkey, with_private, out);
  } else if (EVP_PKEY_is_a(pkey, "EC") == 1) {
    const EcType* curve = curve_of(pkey, group);
    if (curve == nullptr) return unsupported_curve(group);
    type = curve->type;
    got = get_ec(pkey, *curve, with_private, out);
  } else {
    const char* name = EVP_PKEY_get0_type_name(pkey);
    return {KeyErrc::unsupported_type,
            "keys of type " + printable(name != nullptr ? name : "unknown") +
                " are not supported; RSA, EC (P-256, P-384, P-521), Ed25519, Ed448 and DSA are"};
  }
  if (!got) return {KeyErrc::malformed, "the " + type + " key lacks a number that it needs"};
  return {};
}

}  // namespace

ipworksauth_private_key KeyNumbers::view() const noexcept {
  const auto at = [](const SecretBytes& number) { return number.reveal(); };
  ipworksauth_private_key key{};
  key.pub = {at(first).data(), first.size(), at(second).data(), second.size(),
             at(third).data(), third.size(), at(fourth).data(), fourth.size()};
  key.d = at(d).data(), key.d_len = d.size();
  key.p = at(p).data(), key.p_len = p.size();
  key.q = at(q).data(), key.q_len = q.size();
  key.iqmp = at(iqmp).data(), key.iqmp_len = iqmp.size();
  return key;
}

SecretBytes ec_point(const SecretBytes& x, const SecretBytes& y) {
  SecretBytes out(1 + x.size() + y.size());
  const MutBytes point = out.write();
  point[0] = 4;
  copy_bytes(point.data() + 1, x.reveal());
  copy_bytes(point.data() + 1 + x.size(), y.reveal());
  return out;
}

SecretBytes without_leading_zeros(const SecretBytes& number) {
  Bytes octets = number.reveal();
  while (!octets.empty() && octets[0] == 0) octets = octets.subspan(1);
  return SecretBytes(octets);
}

const EcType* ec_type(std::string_view group) noexcept {
  for (const EcType& curve : kCurves)
    if (group == curve.group) return &curve;
  return nullptr;
}

KeyError unsupported_curve(std::string_view group) {
  return {KeyErrc::unsupported_type, "the curve " +
                                         (group.empty() ? "without a name" : printable(group)) +
                                         " is not supported; P-256, P-384 and P-521 are"};
}

KeyResult identity_from_pkey(const EVP_PKEY* pkey, std::string format) {
  std::string type;
  KeyNumbers numbers;
  if (KeyError bad = get_numbers(pkey, true, type, numbers); !bad.ok()) return bad;
  return identity_of(type, numbers, std::move(format));
}

KeyResult identity_of(std::string_view type, const KeyNumbers& numbers, std::string format) {
  const ipworksauth_private_key key = numbers.view();
  if (KeyError bad = check_key_pair(type, key); !bad.ok()) return bad;
  return Identity(encode_public_blob(type, key.pub), {}, std::move(format),
                  std::make_unique<PrivateNumbers>(key));
}

KeyResult public_identity_of(std::string_view type, const KeyNumbers& numbers, std::string format) {
  Blob blob = encode_public_blob(type, numbers.view().pub);
  PublicKeyView view;
  if (KeyError bad = decode_public_blob(blob, view); !bad.ok()) return bad;
  return Identity(std::move(blob), {}, std::move(format));
}

KeyResult public_identity_from_pkey(const EVP_PKEY* pkey, std::string format) {
  std::string type;
  KeyNumbers numbers;
  if (KeyError bad = get_numbers(pkey, false, type, numbers); !bad.ok()) return bad;
  return public_identity_of(type, numbers, std::move(format));
}

}  // namespace sshauth
