#include "lib/keys/xml_key.hpp"

#include <openssl/objects.h>

#include "lib/keys/pkey.hpp"
#include "lib/keys/rsa_factors.hpp"
#include "lib/keys/secret_text.hpp"
#include "lib/keys/xml_elements.hpp"

namespace sshauth {
namespace {

constexpr char kFormat[] = "XML";

KeyError malformed(const std::string& why) {
  return {KeyErrc::malformed, "the XML key is malformed: " + why};
}

// A child of a key's element: CryptoBinary (XML Signature §4.1), the base64 of a number.
KeyError get(const XmlDocument& xml, const XmlElement& key, std::string_view name,
             SecretBytes& out) {
  const XmlElement* element = xml.child(key, name);
  if (element == nullptr) return malformed("\"" + std::string(name) + "\" is missing");
  SecretBytes octets;
  if (!decode_base64(element->text, octets) || octets.size() == 0)
    return malformed("\"" + std::string(name) + "\" is not base64");
  out = without_leading_zeros(octets);
  return out.size() <= kMaxKeyNumber ? KeyError()
                                     : malformed("\"" + std::string(name) + "\" is too long");
}

KeyResult read_rsa(const XmlDocument& xml, const XmlElement& key) {
  KeyNumbers numbers;
  if (KeyError bad = get(xml, key, "Exponent", numbers.first); !bad.ok()) return bad;
  if (KeyError bad = get(xml, key, "Modulus", numbers.second); !bad.ok()) return bad;
  const char* exponent = xml.child(key, "D") != nullptr ? "D" : "PrivateExponent";
  if (xml.child(key, exponent) == nullptr) return public_identity_of("ssh-rsa", numbers, kFormat);
  if (KeyError bad = get(xml, key, exponent, numbers.d); !bad.ok()) return bad;
  const auto has = [&](const char* name) { return xml.child(key, name) != nullptr; };
  for (const auto& [name, number] : {std::pair{"P", &numbers.p}, std::pair{"Q", &numbers.q}})
    if (has(name))
      if (KeyError bad = get(xml, key, name, *number); !bad.ok()) return bad;
  // InverseQ says nothing without the two that it is of.
  KeyError bad = has("P") && has("Q") && has("InverseQ") ? get(xml, key, "InverseQ", numbers.iqmp)
                                                         : complete_rsa(numbers);
  if (!bad.ok()) return bad;
  return identity_of("ssh-rsa", numbers, kFormat);
}

// X is the private number, as .NET and xmlsec have it.
KeyResult read_dsa(const XmlDocument& xml, const XmlElement& key) {
  KeyNumbers numbers;
  for (const auto& [name, number] :
       {std::pair{"P", &numbers.first}, std::pair{"Q", &numbers.second},
        std::pair{"G", &numbers.third}, std::pair{"Y", &numbers.fourth}})
    if (KeyError bad = get(xml, key, name, *number); !bad.ok()) return bad;
  if (xml.child(key, "X") == nullptr) return public_identity_of("ssh-dss", numbers, kFormat);
  if (KeyError bad = get(xml, key, "X", numbers.d); !bad.ok()) return bad;
  return identity_of("ssh-dss", numbers, kFormat);
}

// "urn:oid:1.2.840.10045.3.1.7". Null: `bad` says why.
const EcType* read_curve(const XmlDocument& xml, const XmlElement& parent,
                         std::string_view attribute, KeyError& bad) {
  constexpr std::string_view kUrn = "urn:oid:";
  const XmlElement* curve = xml.child(parent, "NamedCurve");
  const XmlElement* at = curve != nullptr ? xml.child(*curve, attribute) : nullptr;
  if (at == nullptr || !at->text.starts_with(kUrn)) {
    bad = malformed("it names no curve");
    return nullptr;
  }
  const std::string oid(at->text.substr(kUrn.size()));
  const int nid = OBJ_txt2nid(oid.c_str());
  const std::string name = nid != NID_undef ? OBJ_nid2sn(nid) : oid;
  const EcType* type = ec_type(name);
  if (type == nullptr) bad = unsupported_curve(name);
  return type;
}

KeyResult read_ec(const XmlDocument& xml, const XmlElement& key) {
  KeyNumbers numbers;
  KeyError bad;
  const EcType* curve = read_curve(xml, key, "@URI", bad);
  if (curve == nullptr) return bad;
  if (bad = get(xml, key, "PublicKey", numbers.first); !bad.ok()) return bad;
  return public_identity_of(curve->type, numbers, kFormat);
}

// RFC 4050 §3.2: coordinates are decimal numbers.
KeyError get_coordinate(const XmlDocument& xml, const XmlElement& point, const char* name,
                        std::size_t len, SecretBytes& out) {
  constexpr std::size_t kMaxDigits = 160;
  const XmlElement* element = xml.child(point, name);
  const XmlElement* value = element != nullptr ? xml.child(*element, "@Value") : nullptr;
  const std::string digits(value != nullptr ? value->text : std::string_view{});
  BIGNUM* raw = nullptr;
  if (digits.empty() || digits.size() > kMaxDigits ||
      digits.find_first_not_of("0123456789") != std::string::npos ||
      BN_dec2bn(&raw, digits.c_str()) == 0)
    return malformed("the coordinate \"" + std::string(name) + "\" is no decimal number");
  const ossl::Bn number(raw);
  out = SecretBytes(len);
  if (BN_bn2binpad(number.get(), out.write().data(), static_cast<int>(len)) < 0)
    return malformed("the coordinate \"" + std::string(name) + "\" is too great");
  return {};
}

KeyResult read_ecdsa(const XmlDocument& xml, const XmlElement& key) {
  const XmlElement* domain = xml.child(key, "DomainParameters");
  const XmlElement* point = xml.child(key, "PublicKey");
  if (domain == nullptr || point == nullptr) return malformed("it lacks its curve or its point");
  KeyError bad;
  const EcType* curve = read_curve(xml, *domain, "@URN", bad);
  if (curve == nullptr) return bad;
  SecretBytes x, y;
  if (bad = get_coordinate(xml, *point, "X", curve->len, x); !bad.ok()) return bad;
  if (bad = get_coordinate(xml, *point, "Y", curve->len, y); !bad.ok()) return bad;
  KeyNumbers numbers;
  numbers.first = ec_point(x, y);
  return public_identity_of(curve->type, numbers, kFormat);
}

struct Kind {
  std::string_view element;
  KeyResult (*read)(const XmlDocument&, const XmlElement&);
};
constexpr Kind kKinds[] = {{"RSAKeyValue", read_rsa},
                           {"DSAKeyValue", read_dsa},
                           {"ECKeyValue", read_ec},
                           {"ECDSAKeyValue", read_ecdsa}};

const Kind* kind_of(const XmlElement& element) noexcept {
  for (const Kind& row : kKinds)
    if (row.element == element.name) return &row;
  return nullptr;
}

// KeyInfo has KeyName and KeyValue, and that the key.
std::string name_of(const XmlDocument& xml, const XmlElement& key) {
  const XmlElement* name = xml.child(xml.parent(xml.parent(key)), "KeyName");
  return name != nullptr ? std::string(name->text) : std::string();
}

// Other texts than XML are saved in UTF-16, too.
bool begins_in_utf16(std::string_view text) noexcept {
  if (!has_utf16_mark(text)) return false;
  const std::size_t low = text.starts_with('\xff') ? 0 : 1;
  for (text.remove_prefix(2); text.size() >= 2 && text[1 - low] == '\0'; text.remove_prefix(2))
    if (std::string_view(" \t\r\n").find(text[low]) == std::string_view::npos)
      return text[low] == '<';
  return false;
}

}  // namespace

bool is_xml(Bytes data) noexcept {
  const std::string_view text = as_text(data);
  return text.starts_with('<') || begins_in_utf16(text);
}

KeyError read_xml_keys(Bytes data, LoadOptions&, KeyList& keys) {
  XmlDocument xml;
  if (KeyError bad = read_xml(as_text(data), xml); !bad.ok()) return bad;
  bool any = false;
  for (const XmlElement& element : xml.elements) {
    const Kind* kind = kind_of(element);
    if (kind == nullptr || keys.is_full()) continue;
    any = true;
    KeyResult result = kind->read(xml, element);
    if (result.ok()) result->set_comment(name_of(xml, element));
    if (KeyError bad = keys.take(std::move(result)); !bad.ok()) return bad;
  }
  if (any) return {};
  return {KeyErrc::unknown_format,
          "there is no key in this XML; expected RSAKeyValue, DSAKeyValue, ECKeyValue or "
          "ECDSAKeyValue"};
}

}  // namespace sshauth
