// What an AlgorithmIdentifier (RFC 5280 §4.1.1.2) says. Not for other rooms to include.
#pragma once

#include <openssl/asn1.h>
#include <openssl/objects.h>

#include "lib/keys/ossl.hpp"

namespace sshauth {

inline int algorithm_of(const X509_ALGOR* alg) noexcept {
  const ASN1_OBJECT* oid = nullptr;
  X509_ALGOR_get0(&oid, nullptr, nullptr, alg);
  return OBJ_obj2nid(oid);
}

// The parameters as their ASN.1 type, an owner; null when they are of another.
template <class T>
T parameters_of(const X509_ALGOR* alg, const ASN1_ITEM* item) {
  int kind = 0;
  const void* value = nullptr;
  X509_ALGOR_get0(nullptr, &kind, &value, alg);
  if (kind != V_ASN1_SEQUENCE || value == nullptr) return nullptr;
  return T(static_cast<typename T::pointer>(
      static_cast<void*>(ASN1_item_unpack(static_cast<const ASN1_STRING*>(value), item))));
}

inline Bytes octets_of(const ASN1_STRING* text) noexcept {
  return {ASN1_STRING_get0_data(text), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

// False for numbers that are negative or have more than 64 bits: no such count is right.
inline bool count_of(const ASN1_INTEGER* number, std::uint64_t& out) noexcept {
  return number != nullptr && ASN1_INTEGER_get_uint64(&out, number) == 1;
}

}  // namespace sshauth
