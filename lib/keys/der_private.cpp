#include "lib/keys/der_private.hpp"

#include <openssl/asn1t.h>
#include <openssl/ec.h>
#include <openssl/objects.h>

#include "lib/keys/ossl.hpp"
#include "lib/keys/pkey.hpp"

namespace sshauth {
namespace {

// NOLINTBEGIN: the macros are libcrypto's way to describe ASN.1.
// clang-format off
struct RsaKey {
  ASN1_INTEGER* version;
  BIGNUM *n, *e, *d, *p, *q, *dp, *dq, *iqmp;
  ASN1_STRING* others;
};

// CBIGNUM is a number that is wiped. `others` is otherPrimeInfos of version 1 (RFC 8017 §A.1.2).
ASN1_SEQUENCE(RsaKey) = {
  ASN1_SIMPLE(RsaKey, version, ASN1_INTEGER),
  ASN1_SIMPLE(RsaKey, n, BIGNUM),
  ASN1_SIMPLE(RsaKey, e, BIGNUM),
  ASN1_SIMPLE(RsaKey, d, CBIGNUM),
  ASN1_SIMPLE(RsaKey, p, CBIGNUM),
  ASN1_SIMPLE(RsaKey, q, CBIGNUM),
  ASN1_SIMPLE(RsaKey, dp, CBIGNUM),
  ASN1_SIMPLE(RsaKey, dq, CBIGNUM),
  ASN1_SIMPLE(RsaKey, iqmp, CBIGNUM),
  ASN1_OPT(RsaKey, others, ASN1_SEQUENCE),
} static_ASN1_SEQUENCE_END(RsaKey)

struct DsaKey {
  ASN1_INTEGER* version;
  BIGNUM *p, *q, *g, *y, *x;
};

ASN1_SEQUENCE(DsaKey) = {
  ASN1_SIMPLE(DsaKey, version, ASN1_INTEGER),
  ASN1_SIMPLE(DsaKey, p, BIGNUM),
  ASN1_SIMPLE(DsaKey, q, BIGNUM),
  ASN1_SIMPLE(DsaKey, g, BIGNUM),
  ASN1_SIMPLE(DsaKey, y, BIGNUM),
  ASN1_SIMPLE(DsaKey, x, CBIGNUM),
} static_ASN1_SEQUENCE_END(DsaKey)

// Dss-Parms, RFC 3279 §2.3.2.
struct DsaGroup {
  BIGNUM *p, *q, *g;
};

ASN1_SEQUENCE(DsaGroup) = {
  ASN1_SIMPLE(DsaGroup, p, BIGNUM),
  ASN1_SIMPLE(DsaGroup, q, BIGNUM),
  ASN1_SIMPLE(DsaGroup, g, BIGNUM),
} static_ASN1_SEQUENCE_END(DsaGroup)

struct EcKey {
  ASN1_INTEGER* version;
  ASN1_OCTET_STRING* d;
  ASN1_TYPE* curve;
  ASN1_BIT_STRING* point;
};

ASN1_SEQUENCE(EcKey) = {
  ASN1_SIMPLE(EcKey, version, ASN1_INTEGER),
  ASN1_SIMPLE(EcKey, d, ASN1_OCTET_STRING),
  ASN1_EXP_OPT(EcKey, curve, ASN1_ANY, 0),
  ASN1_EXP_OPT(EcKey, point, ASN1_BIT_STRING, 1),
} static_ASN1_SEQUENCE_END(EcKey)
    // clang-format on
    // NOLINTEND

    void wipe(ASN1_STRING * text) noexcept {
  if (text != nullptr) OPENSSL_cleanse(text->data, static_cast<std::size_t>(text->length));
}

struct RsaRelease {
  void operator()(RsaKey* key) const noexcept {
    wipe(key->others);
    ASN1_item_free(ossl::asn1_value(key), ASN1_ITEM_rptr(RsaKey));
  }
};
struct DsaRelease {
  void operator()(DsaKey* key) const noexcept {
    ASN1_item_free(ossl::asn1_value(key), ASN1_ITEM_rptr(DsaKey));
  }
};
struct DsaGroupRelease {
  void operator()(DsaGroup* group) const noexcept {
    ASN1_item_free(ossl::asn1_value(group), ASN1_ITEM_rptr(DsaGroup));
  }
};
struct NumberRelease {
  void operator()(BIGNUM* number) const noexcept { BN_clear_free(number); }
};
struct EcRelease {
  void operator()(EcKey* key) const noexcept {
    wipe(key->d);
    ASN1_item_free(ossl::asn1_value(key), ASN1_ITEM_rptr(EcKey));
  }
};
struct SeedRelease {
  void operator()(ASN1_OCTET_STRING* seed) const noexcept {
    wipe(seed);
    ASN1_OCTET_STRING_free(seed);
  }
};

using Group = ossl::Owned<EC_GROUP, EC_GROUP_free>;
using Point = ossl::Owned<EC_POINT, EC_POINT_free>;

// The one structure that `der` is from end to end, or null. Whatever was read is released, and so
// wiped, in one way.
template <class T, class Release>
std::unique_ptr<T, Release> decode(Bytes der, const ASN1_ITEM* item) noexcept {
  const std::uint8_t* at = der.data();
  void* const read = ASN1_item_d2i(nullptr, &at, static_cast<long>(der.size()), item);
  std::unique_ptr<T, Release> value(static_cast<T*>(read));
  if (at != der.data() + der.size()) value.reset();
  return value;
}

KeyError malformed(std::string_view type) {
  return {KeyErrc::malformed, "the " + std::string(type) + " private key inside is malformed"};
}

// A key of version 1, which is whole: nothing here signs with more than two factors.
KeyError refuse_factors(const RsaKey& key) {
  if (ASN1_INTEGER_get(key.version) != 1) return malformed("RSA");
  return {KeyErrc::unsupported_type,
          "private keys of RSA with more than two factors are not supported"};
}

bool get(const BIGNUM* number, SecretBytes& out) {
  out = SecretBytes(static_cast<std::size_t>(BN_num_bytes(number)));
  return out.size() <= kMaxKeyNumber &&
         BN_bn2binpad(number, out.write().data(), static_cast<int>(out.size())) >= 0;
}

// A curve that is named, or described in full where libcrypto recognises it.
Group read_curve(const ASN1_TYPE* curve) {
  unsigned char* der = nullptr;
  const int len = curve != nullptr ? i2d_ASN1_TYPE(curve, &der) : -1;
  const unsigned char* at = der;
  Group group(len > 0 ? d2i_ECPKParameters(nullptr, &at, len) : nullptr);
  OPENSSL_free(der);
  return group;
}

// Where the curve stands inside and outside, both say the same.
Group curve_of(const ASN1_TYPE* outside, const ASN1_TYPE* inside) {
  Group group = read_curve(outside != nullptr ? outside : inside);
  if (group == nullptr || outside == nullptr || inside == nullptr) return group;
  const Group other = read_curve(inside);
  if (other == nullptr || EC_GROUP_cmp(group.get(), other.get(), nullptr) != 0) return nullptr;
  return group;
}

// The point that the key states, in whatever form, else the one that follows from the scalar.
bool get_point(const EC_GROUP* group, const EcKey& key, MutBytes out) {
  const Point point(EC_POINT_new(group));
  if (point == nullptr) return false;
  if (key.point != nullptr) {
    if (EC_POINT_oct2point(group, point.get(), ASN1_STRING_get0_data(key.point),
                           static_cast<std::size_t>(ASN1_STRING_length(key.point)), nullptr) != 1)
      return false;
  } else {
    const ossl::Bn d = ossl::secret_number(ASN1_STRING_get0_data(key.d),
                                           static_cast<std::size_t>(ASN1_STRING_length(key.d)));
    if (d == nullptr || EC_POINT_mul(group, point.get(), d.get(), nullptr, nullptr, nullptr) != 1)
      return false;
  }
  return EC_POINT_point2oct(group, point.get(), POINT_CONVERSION_UNCOMPRESSED, out.data(),
                            out.size(), nullptr) == out.size();
}

// RFC 8410 §7, by the name that libcrypto has for the curve.
constexpr int kMaxDsaBits = 3072;  // as public_key.cpp has it
constexpr EdwardsType kEdwards[] = {{EVP_PKEY_ED25519, "ssh-ed25519", 32},
                                    {EVP_PKEY_ED448, "ssh-ed448", 57}};

Bytes without_zeros(Bytes number) noexcept {
  while (!number.empty() && number[0] == 0) number = number.subspan(1);
  return number;
}

}  // namespace

KeyResult load_rsa_der(Bytes der, const char* format) {
  const auto key = decode<RsaKey, RsaRelease>(der, ASN1_ITEM_rptr(RsaKey));
  KeyNumbers numbers;
  if (key != nullptr && key->others != nullptr) return refuse_factors(*key);
  if (key == nullptr || !get(key->e, numbers.first) || !get(key->n, numbers.second) ||
      !get(key->d, numbers.d) || !get(key->p, numbers.p) || !get(key->q, numbers.q) ||
      !get(key->iqmp, numbers.iqmp))
    return malformed("RSA");
  return identity_of("ssh-rsa", numbers, format);
}

KeyResult load_ec_der(Bytes der, const ASN1_TYPE* curve, const char* format) {
  const auto key = decode<EcKey, EcRelease>(der, ASN1_ITEM_rptr(EcKey));
  if (key == nullptr) return malformed("EC");
  const Group group = curve_of(curve, key->curve);
  if (group == nullptr) return malformed("EC");
  const int nid = EC_GROUP_get_curve_name(group.get());
  const EcType* type = ec_type(nid != NID_undef ? OBJ_nid2sn(nid) : "");
  if (type == nullptr) return unsupported_curve(nid != NID_undef ? OBJ_nid2sn(nid) : "");
  KeyNumbers numbers;
  numbers.first = SecretBytes(1 + 2 * type->len);
  const Bytes d(ASN1_STRING_get0_data(key->d),
                static_cast<std::size_t>(ASN1_STRING_length(key->d)));
  if (d.size() > kMaxKeyNumber || !get_point(group.get(), *key, numbers.first.write()))
    return malformed("EC");
  numbers.d = SecretBytes(without_zeros(d));
  return identity_of(type->type, numbers, format);
}

const EdwardsType* edwards_type(int nid) noexcept {
  for (const EdwardsType& row : kEdwards)
    if (row.nid == nid) return &row;
  return nullptr;
}

KeyResult load_edwards_der(Bytes der, const EdwardsType& type, const char* format) {
  const auto seed = decode<ASN1_OCTET_STRING, SeedRelease>(der, ASN1_ITEM_rptr(ASN1_OCTET_STRING));
  std::size_t len = type.len;
  if (seed == nullptr || static_cast<std::size_t>(ASN1_STRING_length(seed.get())) != len)
    return malformed(type.type);
  KeyNumbers numbers;
  numbers.d = SecretBytes(Bytes(ASN1_STRING_get0_data(seed.get()), len));
  numbers.first = SecretBytes(len);
  const ossl::Pkey pkey(
      EVP_PKEY_new_raw_private_key(type.nid, nullptr, ASN1_STRING_get0_data(seed.get()), len));
  if (pkey == nullptr ||
      EVP_PKEY_get_raw_public_key(pkey.get(), numbers.first.write().data(), &len) != 1)
    return KeyError(KeyErrc::crypto_failed,
                    "libcrypto could not take the " + std::string(type.type) + " key in");
  return identity_of(type.type, numbers, format);
}

KeyResult load_dsa_der(Bytes der, const char* format) {
  const auto key = decode<DsaKey, DsaRelease>(der, ASN1_ITEM_rptr(DsaKey));
  KeyNumbers numbers;
  if (key == nullptr || !get(key->p, numbers.first) || !get(key->q, numbers.second) ||
      !get(key->g, numbers.third) || !get(key->y, numbers.fourth) || !get(key->x, numbers.d))
    return malformed("DSA");
  return identity_of("ssh-dss", numbers, format);
}

KeyResult load_dsa_der(Bytes der, const ASN1_TYPE* group, const char* format) {
  if (group == nullptr || group->type != V_ASN1_SEQUENCE) return malformed("DSA");
  const ASN1_STRING* text = group->value.sequence;
  const auto params = decode<DsaGroup, DsaGroupRelease>(
      {ASN1_STRING_get0_data(text), static_cast<std::size_t>(ASN1_STRING_length(text))},
      ASN1_ITEM_rptr(DsaGroup));
  const auto x = decode<BIGNUM, NumberRelease>(der, ASN1_ITEM_rptr(CBIGNUM));
  KeyNumbers numbers;
  if (params == nullptr || x == nullptr || !get(params->p, numbers.first) ||
      !get(params->q, numbers.second) || !get(params->g, numbers.third) || !get(x.get(), numbers.d))
    return malformed("DSA");
  // Before they cost anything: no key of SSH has more (RFC 4253 §6.6).
  if (BN_num_bits(params->p) > kMaxDsaBits || BN_cmp(x.get(), params->q) >= 0)
    return KeyError(KeyErrc::unsupported_type,
                    "a DSA key whose numbers are larger than those of any that SSH has");
  // FIPS 186-2 §4: y = g^x mod p.
  const ossl::Bn y(BN_secure_new());
  const ossl::BnCtx ctx(BN_CTX_secure_new());
  BN_set_flags(x.get(), BN_FLG_CONSTTIME);
  if (y == nullptr || ctx == nullptr || !BN_is_odd(params->p) ||
      BN_mod_exp(y.get(), params->g, x.get(), params->p, ctx.get()) != 1 ||
      !get(y.get(), numbers.fourth))
    return malformed("DSA");
  return identity_of("ssh-dss", numbers, format);
}

bool is_sequence(Bytes der) noexcept {
  const std::uint8_t* at = der.data();
  long len = 0;
  int tag = 0;
  int tag_class = 0;
  return ASN1_get_object(&at, &len, &tag, &tag_class, static_cast<long>(der.size())) ==
             V_ASN1_CONSTRUCTED &&
         tag == V_ASN1_SEQUENCE && at + len == der.data() + der.size();
}

}  // namespace sshauth
