// From libcrypto's key objects to ours.
#pragma once

#include <string>

#include "lib/keys/identity.hpp"
#include "lib/keys/ossl.hpp"

namespace sshauth {

// The numbers of a key on their way to an Identity; those of other types are empty.
struct KeyNumbers {
  SecretBytes first, second, third, fourth, d, p, q, iqmp;

  ipworksauth_private_key view() const noexcept;
};
constexpr std::size_t kMaxKeyNumber = kMaxRsaBits / 8;

// The identity of these numbers, its halves verified to belong together.
KeyResult identity_of(std::string_view type, const KeyNumbers& numbers, std::string format);
// Of the public ones alone.
KeyResult public_identity_of(std::string_view type, const KeyNumbers& numbers, std::string format);

// The uncompressed point (SEC 1 §2.3.3) of two coordinates, each of the curve's full length.
SecretBytes ec_point(const SecretBytes& x, const SecretBytes& y);
SecretBytes without_leading_zeros(const SecretBytes& number);

// A curve of SSH by libcrypto's name for it; null for any other.
struct EcType {
  const char* group;
  const char* type;
  std::size_t len;  // octets of a coordinate
};
const EcType* ec_type(std::string_view group) noexcept;
KeyError unsupported_curve(std::string_view group);

// The identity that `pkey` holds, its halves verified to belong together.
KeyResult identity_from_pkey(const EVP_PKEY* pkey, std::string format);

// Its public half alone.
KeyResult public_identity_from_pkey(const EVP_PKEY* pkey, std::string format);

}  // namespace sshauth
