// The NIST curves of RFC 5656 §10.1 and their public points as libcrypto keys.
#pragma once

#include "lib/crypto/openssl/evp.hpp"

namespace sshauth::openssl {

struct Curve {
  const char* group;      // as libcrypto calls it
  const char* md;         // RFC 5656 §6.2.1: the hash that goes with the curve's size
  std::size_t field_len;  // octets of a coordinate, and of r and s
  constexpr std::size_t point_len() const noexcept { return 1 + 2 * field_len; }
};

inline constexpr Curve kP256 = {"P-256", "SHA256", 32};
inline constexpr Curve kP384 = {"P-384", "SHA384", 48};
inline constexpr Curve kP521 = {"P-521", "SHA512", 66};
inline constexpr std::size_t kMostFieldLen = 66;

// The builder, with the curve and the point in it; null when the point's form or length is wrong.
// RFC 5656 §3.1 allows compressed points as an option, which this library does not take up.
inline ParamBuilder ec_parts(const Curve& curve, Bytes point) noexcept {
  ParamBuilder parts(OSSL_PARAM_BLD_new());
  if (!parts || point.size() != curve.point_len() || point[0] != 0x04 ||
      OSSL_PARAM_BLD_push_utf8_string(parts.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.group, 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(parts.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1)
    return ParamBuilder();
  return parts;
}

// Null when the point is malformed, out of range or off the curve.
inline Pkey public_ec_key(const Curve& curve, Bytes point) noexcept {
  const ParamBuilder parts = ec_parts(curve, point);
  return parts ? key_from("EC", EVP_PKEY_PUBLIC_KEY, parts) : Pkey();
}

// RFC 5656 §4: the shared secret is the x coordinate; its zeros in front are kept. False when the
// peer's point is refused. `secret` has room for the field; ecdh.cpp.
[[nodiscard]] bool agree_ec(const Curve& curve, EVP_PKEY* own, Bytes peer_point,
                            std::uint8_t* secret, std::size_t* secret_len) noexcept;

}  // namespace sshauth::openssl
