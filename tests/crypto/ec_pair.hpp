// A key pair of a curve, of a private scalar that somebody published.
#pragma once

#include <openssl/ec.h>

#include "lib/crypto/openssl/ec.hpp"
#include "support.hpp"

namespace sshauth::test {

// The key pair of a private scalar; null when there is none.
inline openssl::Pkey ec_pair(const openssl::Curve& curve, Bytes scalar) {
  using Group = openssl::Owned<EC_GROUP, EC_GROUP_free>;
  using Point = openssl::Owned<EC_POINT, EC_POINT_free>;
  while (!scalar.empty() && scalar[0] == 0) scalar = scalar.subspan(1);
  const Group group(EC_GROUP_new_by_curve_name(EC_curve_nist2nid(curve.group)));
  const Point point(EC_POINT_new(group.get()));
  const openssl::BigNum d = openssl::big_num(scalar);
  Octets value(curve.point_len());
  if (EC_POINT_mul(group.get(), point.get(), d.get(), nullptr, nullptr, nullptr) != 1 ||
      EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, value.data(),
                         value.size(), nullptr) != value.size())
    return openssl::Pkey();
  const openssl::ParamBuilder parts = openssl::ec_parts(curve, value);
  OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_PRIV_KEY, d.get());
  return openssl::key_from("EC", EVP_PKEY_KEYPAIR, parts);
}

}  // namespace sshauth::test
