#include "lib/keys/pkcs11_public.hpp"

#include "lib/keys/certificate.hpp"
#include "lib/keys/ossl.hpp"
#include "lib/keys/public_key.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kMostBeside = 4;  // objects with a key's CKA_ID

// CKA_EC_PARAMS: an object identifier, or for Edwards curves their name (PKCS#11 3.0 §2.3.5).
constexpr std::uint8_t kP256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::uint8_t kP384[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
constexpr std::uint8_t kP521[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23};
constexpr std::uint8_t kEd25519[] = {0x06, 0x03, 0x2b, 0x65, 0x70};
constexpr std::uint8_t kEd25519Name[] = {0x13, 0x0c, 'e', 'd', 'w', 'a', 'r',
                                         'd',  's',  '2', '5', '5', '1', '9'};
struct CurveRow {
  Bytes params;
  std::string_view type;
  std::size_t point_len;
};
constexpr CurveRow kCurves[] = {
    {kP256, "ecdsa-sha2-nistp256", 65},  {kP384, "ecdsa-sha2-nistp384", 97},
    {kP521, "ecdsa-sha2-nistp521", 133}, {kEd25519, "ssh-ed25519", 32},
    {kEd25519Name, "ssh-ed25519", 32},
};

// CKA_EC_POINT is an OCTET STRING; modules of old give the point as it is.
Bytes unwrap_point(Bytes point, std::size_t len) noexcept {
  if (point.size() == len) return point;
  const std::size_t head = point.size() - len;
  const bool short_form = head == 2 && point[0] == 4 && point[1] == len;
  const bool long_form = head == 3 && point[0] == 4 && point[1] == 0x81 && point[2] == len;
  return point.size() > len && (short_form || long_form) ? point.subspan(head) : Bytes();
}

Blob accepted(Blob blob) {
  PublicKeyView view;
  return decode_public_blob(blob, view).ok() ? std::move(blob) : Blob();
}

Blob ec_blob(const Pkcs11Session& session, CK_OBJECT_HANDLE object) {
  const Blob params = session.attribute(object, CKA_EC_PARAMS);
  const Blob wrapped = session.attribute(object, CKA_EC_POINT);
  for (const CurveRow& curve : kCurves) {
    if (!same_bytes(curve.params, params)) continue;
    const Bytes point = unwrap_point(wrapped, curve.point_len);
    if (point.empty()) return {};
    ipworksauth_public_key numbers{};
    numbers.first = point.data();
    numbers.first_len = point.size();
    return accepted(encode_public_blob(curve.type, numbers));
  }
  return {};
}

Bytes without_zeros(Bytes number) noexcept {
  while (!number.empty() && number[0] == 0) number = number.subspan(1);
  return number;
}

Blob rsa_blob(const Pkcs11Session& session, CK_OBJECT_HANDLE object) {
  const Blob e = session.attribute(object, CKA_PUBLIC_EXPONENT);
  const Blob n = session.attribute(object, CKA_MODULUS);
  const Bytes exponent = without_zeros(e), modulus = without_zeros(n);
  if (exponent.empty() || modulus.empty()) return {};
  ipworksauth_public_key numbers{};
  numbers.first = exponent.data(), numbers.first_len = exponent.size();
  numbers.second = modulus.data(), numbers.second_len = modulus.size();
  return accepted(encode_public_blob("ssh-rsa", numbers));
}

Blob certificate_blob(const Pkcs11Session& session, CK_OBJECT_HANDLE object) {
  const ossl::ErrorMark mark;
  KeyResult identity = load_certificate(session.attribute(object, CKA_VALUE));
  if (!identity) return {};
  const Bytes blob = identity->public_blob();
  return {blob.begin(), blob.end()};
}

Blob own_blob(const Pkcs11Session& session, CK_OBJECT_HANDLE object) {
  if (session.number(object, CKA_CLASS) == CKO_CERTIFICATE)
    return certificate_blob(session, object);
  switch (session.number(object, CKA_KEY_TYPE)) {
    case CKK_RSA: return rsa_blob(session, object);
    case CKK_EC:
    case CKK_EC_EDWARDS: return ec_blob(session, object);
    default: return {};
  }
}

}  // namespace

void add_pkcs11_certificate(const Pkcs11Session& session, CK_OBJECT_HANDLE object, Identity& key) {
  const ossl::ErrorMark mark;
  Blob id = session.attribute(object, CKA_ID);
  if (id.empty()) return;
  CK_OBJECT_CLASS kind = CKO_CERTIFICATE;
  for (const CK_OBJECT_HANDLE other : session.find(
           {{CKA_CLASS, &kind, sizeof kind}, {CKA_ID, id.data(), id.size()}}, kMostBeside)) {
    Blob der = session.attribute(other, CKA_VALUE);
    if (!der.empty() && give_chain(key, {std::move(der)}).ok()) return;
  }
}

// CKA_ID is what a private key, its public key and its certificate have in common.
Blob pkcs11_public_blob(const Pkcs11Session& session, CK_OBJECT_HANDLE object) {
  if (Blob own = own_blob(session, object); !own.empty()) return own;
  Blob id = session.attribute(object, CKA_ID);
  if (id.empty()) return {};
  for (CK_OBJECT_CLASS kind : {CKO_PUBLIC_KEY, CKO_CERTIFICATE}) {
    const auto found = session.find(
        {{CKA_CLASS, &kind, sizeof kind}, {CKA_ID, id.data(), id.size()}}, kMostBeside);
    for (const CK_OBJECT_HANDLE other : found)
      if (Blob blob = own_blob(session, other); !blob.empty()) return blob;
  }
  return {};
}

}  // namespace sshauth
