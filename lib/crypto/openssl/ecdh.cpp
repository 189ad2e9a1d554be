// nistp256, nistp384, nistp521: elliptic-curve Diffie-Hellman, RFC 5656 §4.
//
// The peer's point must be uncompressed and of the curve's length; libcrypto refuses coordinates
// out of range and points off the curve (SEC 1 §3.2.2), and infinity has no such encoding. All
// three curves have cofactor 1, so nothing else is left to check. The private scalar comes from
// libcrypto's own generator.
#include "lib/crypto/openssl/ec.hpp"
#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"

namespace sshauth::openssl {
namespace {

struct State {
  EVP_PKEY* own;
};

Pkey generate(const Curve& curve, std::uint8_t* value, std::size_t* value_len) noexcept {
  Pkey own(EVP_PKEY_Q_keygen(library(), nullptr, "EC", curve.group));
  std::size_t len = 0;
  if (!own ||
      EVP_PKEY_get_octet_string_param(own.get(), OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, value,
                                      curve.point_len(), &len) != 1 ||
      len != curve.point_len())
    return Pkey();
  *value_len = len;
  return own;
}

template <const Curve& kCurve>
int init(void* ctx, const Rng* /*rng*/, std::uint8_t* value, std::size_t* value_len) noexcept {
  const ErrorMark mark;
  State& s = state_in<State>(ctx);
  s.own = generate(kCurve, value, value_len).release();
  return s.own != nullptr;
}

template <const Curve& kCurve>
int respond(void* /*ctx*/, const Rng* /*rng*/, const std::uint8_t* peer, std::size_t peer_len,
            std::uint8_t* value, std::size_t* value_len, std::uint8_t* secret,
            std::size_t* secret_len) noexcept {
  const ErrorMark mark;
  const Pkey own = generate(kCurve, value, value_len);
  return agree_ec(kCurve, own.get(), Bytes(peer, peer_len), secret, secret_len);
}

template <const Curve& kCurve>
int finish(void* ctx, const std::uint8_t* peer, std::size_t peer_len, std::uint8_t* secret,
           std::size_t* secret_len) noexcept {
  const ErrorMark mark;
  return agree_ec(kCurve, state_in<State>(ctx).own, Bytes(peer, peer_len), secret, secret_len);
}

void wipe(void* ctx) noexcept {
  State& s = state_in<State>(ctx);
  EVP_PKEY_free(s.own);
  s.own = nullptr;
}

template <const Curve& kCurve>
constexpr AgreementAlg row(const char* name) noexcept {
  return {name,          kCurve.point_len(), kCurve.point_len(), kCurve.field_len,
          sizeof(State), init<kCurve>,       respond<kCurve>,    finish<kCurve>,
          wipe};
}

}  // namespace

bool agree_ec(const Curve& curve, EVP_PKEY* own, Bytes peer_point, std::uint8_t* secret,
              std::size_t* secret_len) noexcept {
  if (own == nullptr) return false;
  const Pkey peer = public_ec_key(curve, peer_point);
  std::size_t len = curve.field_len;
  if (!peer || !derive_with(own, peer.get(), secret, &len) || len != curve.field_len) return false;
  *secret_len = len;
  return true;
}

constinit const AgreementAlg nistp256 = row<kP256>("nistp256");
constinit const AgreementAlg nistp384 = row<kP384>("nistp384");
constinit const AgreementAlg nistp521 = row<kP521>("nistp521");

}  // namespace sshauth::openssl
