#include "lib/crypto/openssl/rs.hpp"

namespace sshauth::openssl {
namespace {

using Pair = Owned<ECDSA_SIG, ECDSA_SIG_free>;

}  // namespace

bool rs_to_der(std::size_t len, Bytes signature, std::uint8_t (&der)[kMostDer],
               std::size_t* der_len) noexcept {
  const Pair pair(ECDSA_SIG_new());
  BigNum r = big_num(signature.first(len));
  BigNum s = big_num(signature.subspan(len));
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return false;
  r.release();
  s.release();
  const int need = i2d_ECDSA_SIG(pair.get(), nullptr);
  if (need <= 0 || static_cast<std::size_t>(need) > kMostDer) return false;
  std::uint8_t* at = der;
  if (i2d_ECDSA_SIG(pair.get(), &at) != need) return false;
  *der_len = static_cast<std::size_t>(need);
  return true;
}

bool rs_from_der(std::size_t len, Bytes der, std::uint8_t* signature) noexcept {
  const std::uint8_t* at = der.data();
  const Pair pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (!pair || at != der.data() + der.size()) return false;
  const int each = static_cast<int>(len);
  return BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), signature, each) == each &&
         BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), signature + len, each) == each;
}

}  // namespace sshauth::openssl
