#include "lib/crypto/public_key.hpp"

#include "lib/wire/reader.hpp"

namespace sshauth {
namespace {

// One row per type of key: how the numbers in its blob are read and how its signatures look.
struct KeyType {
  std::string_view name;
  Errc (*read)(Reader& r, const KeyType& type, ipworksauth_public_key& out) noexcept;
  std::size_t key_len;        // of a key that is one string
  std::size_t signature_len;  // bare; 0: as long as the modulus
  std::string_view curve;     // RFC 5656 §10.1: its identifier; its signatures are two mpints
  std::size_t tail_len;       // octets of a signature that stand behind its string
};

void set(Bytes value, const std::uint8_t*& at, std::size_t& len) noexcept {
  at = value.data();
  len = value.size();
}

// RFC 4253 §6.6
Errc read_rsa(Reader& r, const KeyType&, ipworksauth_public_key& out) noexcept {
  const Bytes e = r.mpint();
  const Bytes n = r.mpint();
  if (!r.ok()) return Errc::malformed;
  if (n.size() < kMinRsaLen || n.size() > kMaxRsaLen || (n[n.size() - 1] & 1) == 0)
    return Errc::bad_host_key;
  if (e.empty() || e.size() > 8 || (e[e.size() - 1] & 1) == 0 || (e.size() == 1 && e[0] == 1))
    return Errc::bad_host_key;
  set(e, out.first, out.first_len);
  set(n, out.second, out.second_len);
  return Errc::ok;
}

// RFC 4253 §6.6: the signature has room for a q of 160 bits only.
Errc read_dsa(Reader& r, const KeyType& type, ipworksauth_public_key& out) noexcept {
  const Bytes p = r.mpint(), q = r.mpint(), g = r.mpint(), y = r.mpint();
  if (!r.ok()) return Errc::malformed;
  if (p.size() < kMinDsaLen || p.size() > kMaxDsaLen || 2 * q.size() != type.signature_len ||
      g.empty() || g.size() > p.size() || y.empty() || y.size() > p.size())
    return Errc::bad_host_key;
  set(p, out.first, out.first_len);
  set(q, out.second, out.second_len);
  set(g, out.third, out.third_len);
  set(y, out.fourth, out.fourth_len);
  return Errc::ok;
}

// RFC 5656 §3.1
Errc read_ecdsa(Reader& r, const KeyType& type, ipworksauth_public_key& out) noexcept {
  const std::string_view identifier = r.text();
  const Bytes point = r.string();
  if (!r.ok()) return Errc::malformed;
  if (identifier != type.curve || point.size() != 1 + type.signature_len || point[0] != 4)
    return Errc::bad_host_key;
  set(point, out.first, out.first_len);
  return Errc::ok;
}

// RFC 8709 §4
Errc read_octets(Reader& r, const KeyType& type, ipworksauth_public_key& out) noexcept {
  const Bytes key = r.string();
  if (!r.ok()) return Errc::malformed;
  if (key.size() != type.key_len) return Errc::bad_host_key;
  set(key, out.first, out.first_len);
  return Errc::ok;
}

// OpenSSH PROTOCOL.u2f "SSH U2F Key formats": the key, then the application it was made for.
template <auto kRead>
Errc read_sk(Reader& r, const KeyType& type, ipworksauth_public_key& out) noexcept {
  SSHAUTH_TRY(kRead(r, type, out));
  const Bytes application = r.string();
  if (!r.ok()) return Errc::malformed;
  set(application, out.second, out.second_len);
  return Errc::ok;
}

// PROTOCOL.u2f "SSH U2F Signatures": flags and counter.
constexpr std::size_t kSkTail = 5;

constexpr KeyType kKeyTypes[] = {
    {"ssh-ed25519", read_octets, 32, 64, {}, 0},
    {"ssh-ed448", read_octets, 57, 114, {}, 0},
    {"ecdsa-sha2-nistp256", read_ecdsa, 0, 64, "nistp256", 0},
    {"ecdsa-sha2-nistp384", read_ecdsa, 0, 96, "nistp384", 0},
    {"ecdsa-sha2-nistp521", read_ecdsa, 0, 132, "nistp521", 0},
    {"sk-ssh-ed25519@openssh.com", read_sk<read_octets>, 32, 64, {}, kSkTail},
    {"sk-ecdsa-sha2-nistp256@openssh.com", read_sk<read_ecdsa>, 0, 64, "nistp256", kSkTail},
    {"ssh-rsa", read_rsa, 0, 0, {}, 0},
    {"ssh-dss", read_dsa, 0, 40, {}, 0},
};
const KeyType* find_type(std::string_view name) noexcept {
  for (const KeyType& type : kKeyTypes)
    if (type.name == name) return &type;
  return nullptr;
}

// A number of at most `len` octets, right-aligned in `len` octets.
bool align(Bytes number, MutBytes out) noexcept {
  if (number.size() > out.size()) return false;
  const std::size_t pad = out.size() - number.size();
  std::memset(out.data(), 0, pad);
  copy_bytes(out.data() + pad, number);
  return true;
}

// RFC 5656 §3.1.2: mpint r, mpint s.
bool align_pair(Bytes blob, MutBytes out) noexcept {
  Reader r(blob);
  const Bytes first = r.mpint();
  const Bytes second = r.mpint();
  const std::size_t len = out.size() / 2;
  return r.finish() == Errc::ok && align(first, out.first(len)) && align(second, out.subspan(len));
}

// The bare signature, as rows want it, in `out`; its length, or 0 when it cannot be one.
std::size_t bare_signature(Bytes blob, const KeyType& type, const ipworksauth_public_key& key,
                           MutBytes out) noexcept {
  const std::size_t len = type.signature_len != 0 ? type.signature_len : key.second_len;
  if (!type.curve.empty()) return align_pair(blob, out.first(len)) ? len : 0;
  // RFC 8332 §3 wants the modulus' length; servers of old drop leading zeros, which changes nothing
  // about the number, so they are put back.
  if (type.signature_len != 0 && blob.size() != len) return 0;
  return !blob.empty() && align(blob, out.first(len)) ? len : 0;
}

}  // namespace

std::string_view key_type_of(Bytes blob) noexcept {
  Reader r(blob);
  const std::string_view type = r.text();
  return r.ok() ? type : std::string_view{};
}

Errc read_key_numbers(Reader& r, std::string_view key_type, ipworksauth_public_key& out) noexcept {
  const KeyType* type = find_type(key_type);
  return type != nullptr ? type->read(r, *type, out) : Errc::bad_host_key;
}

Errc decode_public_key(Bytes blob, std::string_view key_type,
                       ipworksauth_public_key& out) noexcept {
  out = {};
  if (blob.size() > kMaxKeyBlob) return Errc::bad_host_key;
  Reader r(blob);
  if (r.text() != key_type) return Errc::bad_host_key;
  SSHAUTH_TRY(read_key_numbers(r, key_type, out));
  return r.finish();
}

Errc verify_signature(const SigAlg& alg, Bytes key_blob, Bytes message, Bytes signature) noexcept {
  ipworksauth_public_key key;
  SSHAUTH_TRY(decode_public_key(key_blob, alg.key_type, key));
  return verify_signature(alg, key, alg.name, message, signature);
}

Errc verify_signature(const SigAlg& alg, const ipworksauth_public_key& key, std::string_view name,
                      Bytes message, Bytes signature) noexcept {
  const KeyType* type = find_type(alg.key_type);
  Reader r(signature);
  const std::string_view named = r.text();
  const Bytes blob = r.string();
  const Bytes tail = r.take(type != nullptr ? type->tail_len : 0);
  if (r.finish() != Errc::ok || named != name || type == nullptr) return Errc::bad_signature;
  std::uint8_t bare[kMaxBareSignature + kSkTail];
  const std::size_t len = bare_signature(blob, *type, key, MutBytes(bare).first(kMaxBareSignature));
  if (len == 0) return Errc::bad_signature;
  copy_bytes(bare + len, tail);
  return alg.verify(&key, message.data(), message.size(), bare, len + tail.size()) == 1
             ? Errc::ok
             : Errc::bad_signature;
}

Errc encode_signature(Writer& w, const SigAlg& alg, Bytes bare) noexcept {
  w.string(std::string_view(alg.name));
  const std::size_t mark = w.begin_string();
  const KeyType* type = find_type(alg.key_type);
  if (type != nullptr && !type->curve.empty()) {
    if (bare.size() != type->signature_len) return Errc::cannot_sign;
    w.mpint(bare.first(bare.size() / 2)).mpint(bare.subspan(bare.size() / 2));
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
  if (const KeyType* type = find_type(name); type != nullptr) r.take(type->tail_len);
  return r.finish() == Errc::ok ? name : std::string_view{};
}

// The flags are signed, so what a signature that verifies says of them is the authenticator's word.
bool shows_presence(Bytes signature) noexcept {
  constexpr std::uint8_t kUserPresent = 0x01;
  Reader r(signature);
  const KeyType* type = find_type(r.text());
  if (type == nullptr || type->tail_len == 0) return true;
  r.string();
  return (r.u8() & kUserPresent) != 0 && r.ok();
}

}  // namespace sshauth
