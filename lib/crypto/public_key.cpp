#include "lib/crypto/public_key.hpp"

#include "lib/wire/reader.hpp"

namespace sshauth {
namespace {

// RFC 5656 §3.1, §10.1: the curve's identifier stands at the end of the key type.
struct Curve {
  std::string_view key_type, identifier;
  std::size_t field_len;
};
constexpr Curve kCurves[] = {
    {"ecdsa-sha2-nistp256", "nistp256", 32},
    {"ecdsa-sha2-nistp384", "nistp384", 48},
    {"ecdsa-sha2-nistp521", "nistp521", 66},
};
const Curve* curve_of(std::string_view key_type) noexcept {
  for (const Curve& curve : kCurves)
    if (curve.key_type == key_type) return &curve;
  return nullptr;
}

void set_first(ipworksauth_public_key& out, Bytes value) noexcept {
  out.first = value.data();
  out.first_len = value.size();
}
void set_second(ipworksauth_public_key& out, Bytes value) noexcept {
  out.second = value.data();
  out.second_len = value.size();
}

// RFC 4253 §6.6
Errc read_rsa(Reader& r, ipworksauth_public_key& out) noexcept {
  const Bytes e = r.mpint();
  const Bytes n = r.mpint();
  SSHAUTH_TRY(r.finish());
  if (n.size() < kMinRsaLen || n.size() > kMaxRsaLen || (n[n.size() - 1] & 1) == 0)
    return Errc::bad_host_key;
  if (e.empty() || e.size() > 8 || (e[e.size() - 1] & 1) == 0 || (e.size() == 1 && e[0] == 1))
    return Errc::bad_host_key;
  set_first(out, e);
  set_second(out, n);
  return Errc::ok;
}

// RFC 5656 §3.1
Errc read_ecdsa(Reader& r, const Curve& curve, ipworksauth_public_key& out) noexcept {
  const std::string_view identifier = r.text();
  const Bytes point = r.string();
  SSHAUTH_TRY(r.finish());
  if (identifier != curve.identifier || point.size() != 1 + 2 * curve.field_len || point[0] != 4)
    return Errc::bad_host_key;
  set_first(out, point);
  return Errc::ok;
}

// RFC 8709 §4
Errc read_ed25519(Reader& r, ipworksauth_public_key& out) noexcept {
  const Bytes key = r.string();
  SSHAUTH_TRY(r.finish());
  if (key.size() != 32) return Errc::bad_host_key;
  set_first(out, key);
  return Errc::ok;
}

// A number of at most `len` octets, right-aligned in `len` octets.
bool align(Bytes number, MutBytes out) noexcept {
  if (number.size() > out.size()) return false;
  const std::size_t pad = out.size() - number.size();
  std::memset(out.data(), 0, pad);
  copy_bytes(out.data() + pad, number);
  return true;
}

// The bare signature, as rows want it, in `out`; its length, or 0 when it cannot be one.
std::size_t bare_signature(Bytes blob, std::string_view key_type, const ipworksauth_public_key& key,
                           MutBytes out) noexcept {
  if (const Curve* curve = curve_of(key_type)) {
    Reader r(blob);  // RFC 5656 §3.1.2: mpint r, mpint s
    const Bytes first = r.mpint();
    const Bytes second = r.mpint();
    const bool fits = r.finish() == Errc::ok && align(first, out.first(curve->field_len)) &&
                      align(second, out.subspan(curve->field_len, curve->field_len));
    return fits ? 2 * curve->field_len : 0;
  }
  // RFC 8332 §3 wants the modulus' length; servers of old drop leading zeros, which changes nothing
  // about the number, so they are put back.
  const std::size_t len = key.second_len != 0 ? key.second_len : 64;
  if (key.second_len == 0 && blob.size() != len) return 0;
  return !blob.empty() && align(blob, out.first(len)) ? len : 0;
}

}  // namespace

std::string_view key_type_of(Bytes blob) noexcept {
  Reader r(blob);
  const std::string_view type = r.text();
  return r.ok() ? type : std::string_view{};
}

Errc decode_public_key(Bytes blob, std::string_view key_type,
                       ipworksauth_public_key& out) noexcept {
  out = {};
  if (blob.size() > kMaxKeyBlob) return Errc::bad_host_key;
  Reader r(blob);
  if (r.text() != key_type) return Errc::bad_host_key;
  if (key_type == "ssh-rsa") return read_rsa(r, out);
  if (key_type == "ssh-ed25519") return read_ed25519(r, out);
  if (const Curve* curve = curve_of(key_type)) return read_ecdsa(r, *curve, out);
  return Errc::bad_host_key;
}

Errc verify_signature(const SigAlg& alg, Bytes key_blob, Bytes message, Bytes signature) noexcept {
  ipworksauth_public_key key;
  SSHAUTH_TRY(decode_public_key(key_blob, alg.key_type, key));
  Reader r(signature);
  const std::string_view name = r.text();
  const Bytes blob = r.string();
  if (r.finish() != Errc::ok || name != alg.name) return Errc::bad_signature;
  std::uint8_t bare[kMaxBareSignature];
  const std::size_t len = bare_signature(blob, alg.key_type, key, bare);
  if (len == 0) return Errc::bad_signature;
  return alg.verify(&key, message.data(), message.size(), bare, len) == 1 ? Errc::ok
                                                                          : Errc::bad_signature;
}

Errc encode_signature(Writer& w, const SigAlg& alg, Bytes bare) noexcept {
  w.string(std::string_view(alg.name));
  const std::size_t mark = w.begin_string();
  if (const Curve* curve = curve_of(alg.key_type)) {
    if (bare.size() != 2 * curve->field_len) return Errc::cannot_sign;
    w.mpint(bare.first(curve->field_len)).mpint(bare.subspan(curve->field_len));
  } else {
    w.raw(bare);
  }
  w.end_string(mark);
  return w.ok() ? Errc::ok : Errc::need_room;
}

Errc make_signature(Writer& w, const SigAlg& alg, const Rng& rng,
                    const ipworksauth_private_key& key, Bytes message) noexcept {
  std::uint8_t bare[kMaxBareSignature];
  std::size_t len = sizeof bare;
  if (alg.sign == nullptr ||
      alg.sign(&key, &rng, message.data(), message.size(), bare, &len) != 1 || len > sizeof bare)
    return Errc::cannot_sign;
  return encode_signature(w, alg, {bare, len});
}

std::string_view signature_algorithm(Bytes signature) noexcept {
  Reader r(signature);
  const std::string_view name = r.text();
  r.string();
  return r.finish() == Errc::ok ? name : std::string_view{};
}

}  // namespace sshauth
