#include "lib/keys/jwk.hpp"

#include "lib/keys/json_members.hpp"
#include "lib/keys/pkey.hpp"
#include "lib/keys/rsa_factors.hpp"
#include "lib/keys/secret_text.hpp"

namespace sshauth {
namespace {

constexpr char kFormat[] = "JWK";

KeyError malformed(const std::string& why) {
  return {KeyErrc::malformed, "the JSON web key is malformed: " + why};
}
KeyError unsupported(const std::string& what) {
  return {KeyErrc::unsupported_type, "JSON web keys of " + what +
                                         " are not supported; RSA, EC "
                                         "(P-256, P-384, P-521) and OKP (Ed25519, Ed448) are"};
}

std::string_view text_of(const JsonObject& object, std::string_view name) noexcept {
  const JsonMember* member = object.find(name);
  return member != nullptr ? member->text : std::string_view{};
}

// RFC 7518 §2, Base64urlUInt, where some put zeros in front; none in those of a fixed `len`.
KeyError get(const JsonObject& object, std::string_view name, SecretBytes& out,
             std::size_t len = 0) {
  const JsonMember* member = object.find(name);
  if (member == nullptr) return malformed("\"" + std::string(name) + "\" is missing");
  SecretBytes octets;
  if (!member->is_text || !decode_base64url(member->text, octets) || octets.size() == 0)
    return malformed("\"" + std::string(name) + "\" is not base64url");
  if (len != 0 && octets.size() != len)
    return malformed("\"" + std::string(name) + "\" has " + std::to_string(octets.size()) +
                     " octets; expected " + std::to_string(len));
  if (len != 0)
    out = std::move(octets);
  else
    out = without_leading_zeros(octets);
  return out.size() <= kMaxKeyNumber ? KeyError()
                                     : malformed("\"" + std::string(name) + "\" is too long");
}

// RFC 7518 §6.3. Without all of the factors' numbers a private key is completed.
KeyError read_rsa(const JsonObject& object, KeyNumbers& out) {
  if (object.has("oth")) return unsupported("RSA with more than two factors");
  for (const auto& [name, number] : {std::pair{"e", &out.first}, std::pair{"n", &out.second}})
    if (KeyError bad = get(object, name, *number); !bad.ok()) return bad;
  if (!object.has("d")) return {};
  if (KeyError bad = get(object, "d", out.d); !bad.ok()) return bad;
  for (const auto& [name, number] : {std::pair{"p", &out.p}, std::pair{"q", &out.q}})
    if (object.has(name))
      if (KeyError bad = get(object, name, *number); !bad.ok()) return bad;
  // "qi" says nothing without the two that it is of.
  if (object.has("p") && object.has("q") && object.has("qi")) return get(object, "qi", out.iqmp);
  return complete_rsa(out);
}

// RFC 7518 §6.2.
KeyError read_ec(const JsonObject& object, const EcType& curve, KeyNumbers& out) {
  SecretBytes x, y, d;
  if (KeyError bad = get(object, "x", x, curve.len); !bad.ok()) return bad;
  if (KeyError bad = get(object, "y", y, curve.len); !bad.ok()) return bad;
  out.first = ec_point(x, y);
  return object.has("d") ? get(object, "d", out.d) : KeyError();
}

// RFC 8037 §2.
KeyError read_okp(const JsonObject& object, std::size_t len, KeyNumbers& out) {
  if (KeyError bad = get(object, "x", out.first, len); !bad.ok()) return bad;
  return object.has("d") ? get(object, "d", out.d, len) : KeyError();
}

struct Curve {
  std::string_view crv;
  const char* group;
};
constexpr Curve kCurves[] = {
    {"P-256", "prime256v1"}, {"P-384", "secp384r1"}, {"P-521", "secp521r1"}};

KeyError read_numbers(const JsonObject& object, std::string& type, KeyNumbers& out) {
  const std::string_view kty = text_of(object, "kty"), crv = text_of(object, "crv");
  if (kty.empty()) return malformed("\"kty\" is missing");
  if (kty == "RSA") return type = "ssh-rsa", read_rsa(object, out);
  if (kty == "OKP" && crv == "Ed25519") return type = "ssh-ed25519", read_okp(object, 32, out);
  if (kty == "OKP" && crv == "Ed448") return type = "ssh-ed448", read_okp(object, 57, out);
  if (kty == "EC")
    for (const Curve& row : kCurves)
      if (row.crv == crv) {
        const EcType& curve = *ec_type(row.group);
        return type = curve.type, read_ec(object, curve, out);
      }
  return unsupported("type \"" + printable(kty, 20) + "\"" +
                     (crv.empty() ? "" : " with curve \"" + printable(crv, 20) + "\""));
}

KeyResult read_key(const JsonObject& object) {
  KeyNumbers numbers;
  std::string type;
  if (KeyError bad = read_numbers(object, type, numbers); !bad.ok()) return bad;
  KeyResult result = object.has("d") ? identity_of(type, numbers, kFormat)
                                     : public_identity_of(type, numbers, kFormat);
  if (result.ok()) result->set_comment(std::string(text_of(object, "kid")));
  return result;
}

// RFC 7516 §7.1: five parts, and the first is the base64url of an object.
bool is_compact_jwe(std::string_view text) noexcept {
  return text.starts_with("eyJ") && text.find('.') != std::string_view::npos;
}

KeyError encrypted() {
  return {KeyErrc::unsupported_type,
          "encrypted JSON web keys (JWE, RFC 7516) are not supported; \"jose jwe dec\" decrypts "
          "one"};
}

}  // namespace

bool is_jwk(Bytes data) noexcept {
  return as_text(data).starts_with('{') || is_compact_jwe(as_text(data));
}

KeyError read_jwk(Bytes data, LoadOptions&, KeyList& keys) {
  if (is_compact_jwe(as_text(data))) return encrypted();
  JsonDocument document;
  if (KeyError bad = read_json(as_text(data), document); !bad.ok()) return bad;
  if (document.top.has("ciphertext")) return encrypted();
  if (!document.has_keys) return keys.take(read_key(document.top));
  for (const JsonObject& object : document.keys)
    if (KeyError bad = keys.take(read_key(object)); !bad.ok()) return bad;
  return {};
}

}  // namespace sshauth
