// XML keys: as .NET and xmlsec1 write them; hostile XML costs nothing.
#include <catch2/catch.hpp>

#include "lib/keys/generate.hpp"
#include "support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

constexpr const char* kSignature = "http://www.w3.org/2000/09/xmldsig#";

std::string tag(const char* name, const std::uint8_t* at, std::size_t len) {
  return "<" + std::string(name) + ">" + base64_encode({at, len}) + "</" + name + ">";
}

// As RSA.ToXmlString(true) writes; DP and DQ, which we do not need, left out.
std::string dotnet(const Identity& id, bool with_private = true) {
  const ipworksauth_private_key& key = *id.private_key();
  std::string out = "<RSAKeyValue>" + tag("Modulus", key.pub.second, key.pub.second_len) +
                    tag("Exponent", key.pub.first, key.pub.first_len);
  if (with_private)
    out += tag("P", key.p, key.p_len) + tag("Q", key.q, key.q_len) +
           tag("InverseQ", key.iqmp, key.iqmp_len) + tag("D", key.d, key.d_len);
  return out + "</RSAKeyValue>";
}

std::string ec(const Identity& id, const std::string& oid) {
  return "<dsig11:ECKeyValue xmlns:dsig11=\"http://www.w3.org/2009/xmldsig11#\">"
         "<dsig11:NamedCurve URI=\"urn:oid:" +
         oid + "\"/><dsig11:PublicKey>" +
         base64_encode({id.private_key()->pub.first, id.private_key()->pub.first_len}) +
         "</dsig11:PublicKey></dsig11:ECKeyValue>";
}

std::string key_info(const std::string& name, const std::string& key) {
  return "<KeyInfo xmlns=\"" + std::string(kSignature) + "\"><KeyName>" + name +
         "</KeyName><KeyValue>" + key + "</KeyValue></KeyInfo>";
}

const Identity& rsa() {
  static const Identity id = std::move(*generate_identity("rsa", 2048));
  return id;
}

}  // namespace

TEST_CASE("XML as .NET writes it, private and public") {
  KeyResult key = load(dotnet(rsa()));
  REQUIRE(key.ok());
  CHECK(key->format() == "XML");
  CHECK(key->public_line() == rsa().public_line());
  require_signs(*key);
  KeyResult half = load("<?xml version=\"1.0\"?>\n<!-- a comment -->\n" + dotnet(rsa(), false));
  REQUIRE(half.ok());
  CHECK_FALSE(half->can_sign());
  CHECK(half->public_line() == rsa().public_line());
}

TEST_CASE("an RSA XML key without its factors is completed") {
  const ipworksauth_private_key& key = *rsa().private_key();
  const std::string p = tag("P", key.p, key.p_len), q = tag("Q", key.q, key.q_len),
                    inverse = tag("InverseQ", key.iqmp, key.iqmp_len);
  for (const std::string& missing : {p, q, p + q, inverse, p + q + inverse, q + inverse}) {
    std::string text = dotnet(rsa());
    text.erase(text.find(missing), missing.size());
    KeyResult result = load(text);
    REQUIRE(result.ok());
    CHECK(result->public_line() == rsa().public_line());
    require_signs(*result);
  }
}

TEST_CASE("XML of elliptic curves: XML Signature 1.1, and RFC 4050 as .NET writes it") {
  const std::pair<unsigned, std::string> curves[] = {
      {256, "1.2.840.10045.3.1.7"}, {384, "1.3.132.0.34"}, {521, "1.3.132.0.35"}};
  for (const auto& [bits, oid] : curves) {
    const Identity id = std::move(*generate_identity("ecdsa", bits));
    KeyResult key = load(ec(id, oid));
    REQUIRE(key.ok());
    CHECK(key->public_line() == id.public_line());
  }
  // RFC 4050 §3.4, its example's numbers: the curve's generator is a point as well.
  KeyResult old = load(
      "<ECDSAKeyValue xmlns=\"http://www.w3.org/2001/04/xmldsig-more#\"><DomainParameters>"
      "<NamedCurve URN=\"urn:oid:1.2.840.10045.3.1.7\"/></DomainParameters><PublicKey>"
      "<X Value=\"48439561293906451759052585252797914202762949526041747995844080717082404635286\"/>"
      "<Y Value=\"36134250956749795798585127919587881956611106672985015071877198253568414405109\"/>"
      "</PublicKey></ECDSAKeyValue>");
  REQUIRE(old.ok());
  CHECK(old->type() == "ecdsa-sha2-nistp256");
  CHECK(old->public_blob()[old->public_blob().size() - 64] == 0x6b);
  CHECK(code_of(ec(*generate_identity("ecdsa"), "1.3.132.0.10")) == KeyErrc::unsupported_type);
}

// As DSA.ToXmlString writes it; xmlsec1 of Debian 12 writes none.
TEST_CASE("XML of DSA, private and public") {
  KeyResult made = generate_identity("ssh-dss");
  REQUIRE(made.ok());
  const ipworksauth_private_key& key = *made->private_key();
  const std::string half =
      tag("P", key.pub.first, key.pub.first_len) + tag("Q", key.pub.second, key.pub.second_len) +
      tag("G", key.pub.third, key.pub.third_len) + tag("Y", key.pub.fourth, key.pub.fourth_len);
  const std::string x = tag("X", key.d, key.d_len);
  KeyResult whole = load("<DSAKeyValue>" + half + x + "</DSAKeyValue>");
  REQUIRE(whole.ok());
  CHECK(whole->public_line() == made->public_line());
  require_signs(*whole);
  KeyResult open = load("<DSAKeyValue>" + half + "</DSAKeyValue>");
  REQUIRE(open.ok());
  CHECK_FALSE(open->can_sign());
  CHECK(open->public_line() == made->public_line());
  CHECK(code_of("<DSAKeyValue>" + half + tag("X", key.d, key.d_len - 1) + "</DSAKeyValue>") ==
        KeyErrc::malformed);
}

TEST_CASE("a keys file of xmlsec1") {
  const TempFolder folder;
  must_run({"xmlsec1", "--keys", "--gen-key:first", "rsa-2048", folder / "keys.xml"});
  KeyResult key = load(slurp(folder / "keys.xml"));
  REQUIRE(key.ok());
  CHECK(key->comment() == "first");
  require_signs(*key);
  std::vector<Identity> found;
  const Identity second = std::move(*generate_identity("ecdsa"));
  const std::string all = "<Keys xmlns=\"http://www.aleksey.com/xmlsec/2002\">" +
                          key_info("a", dotnet(rsa())) +
                          key_info("odd", "<DESKeyValue>AAAA</DESKeyValue>") +
                          key_info("b &amp; c", ec(second, "1.2.840.10045.3.1.7")) + "</Keys>";
  REQUIRE(load_keys(as_bytes(all), {}, found).ok());
  REQUIRE(found.size() == 2);
  CHECK(found[0].comment() == "a");
  CHECK(found[1].comment() == "b & c");
  CHECK(found[1].public_line().starts_with("ecdsa-sha2-nistp256 "));
}

namespace {

// ASCII in UTF-16, behind its mark.
std::string utf16(const std::string& text, bool little) {
  std::string out = little ? "\xff\xfe" : "\xfe\xff";
  for (const char c : text) out += little ? std::string{c, '\0'} : std::string{'\0', c};
  return out;
}

std::string declared(const char* encoding) {
  return "<?xml version=\"1.0\" encoding=\"" + std::string(encoding) + "\"?>\n";
}

}  // namespace

TEST_CASE("XML in UTF-16 with its mark, and in UTF-8 whatever it declares") {
  const std::string line = rsa().public_line();
  for (const std::string& head : {std::string(), std::string("\r\n <!-- a -->"), declared("utf-16"),
                                  declared("utf-8"), declared("windows-1252")}) {
    INFO(head);
    const std::string text = head + dotnet(rsa());
    for (const std::string& form :
         {text, "\xef\xbb\xbf" + text, utf16(text, true), utf16(text, false),
          base64_encode(as_bytes(utf16(text, true)))}) {
      KeyResult key = load(form);
      REQUIRE(key.ok());
      CHECK(key->public_line() == line);
      require_signs(*key);
    }
  }
  // Octets that are not UTF-8 are what the declaration says.
  const std::string name = key_info("Schl\xfcssel", dotnet(rsa(), false));
  CHECK(load(declared("iso-8859-1") + name)->comment() == "Schl\xc3\xbcssel");
  CHECK(code_of(declared("utf-8") + name) == KeyErrc::malformed);
  CHECK(code_of(name) == KeyErrc::malformed);
  // The longest of what UTF-16 becomes: two octets, three.
  std::string euros = utf16("<a>", true);
  for (int i = 0; i < 1000; ++i) euros += "\xac\x20";
  CHECK(code_of(euros + utf16("</a>", true).substr(2)) == KeyErrc::unknown_format);
}

TEST_CASE("UTF-16 of something else is no XML") {
  for (const bool little : {true, false}) {
    CHECK(code_of(utf16("-----BEGIN PRIVATE KEY-----", little)) == KeyErrc::unknown_format);
    CHECK(code_of(utf16("", little)) == KeyErrc::unknown_format);
    CHECK(code_of(utf16("  ", little)) == KeyErrc::unknown_format);
    CHECK(code_of(utf16("<", little)) == KeyErrc::malformed);
  }
  CHECK(code_of("\xff\xfe<") == KeyErrc::unknown_format);
}

TEST_CASE("XML that is hostile is refused") {
  const auto refused = [](const std::string& text) { return load(text).error().code; };
  std::string laughs = "<!DOCTYPE a [<!ENTITY l0 \"lol\">";
  for (int i = 1; i < 10; ++i)
    laughs += "<!ENTITY l" + std::to_string(i) + " \"&l" + std::to_string(i - 1) + ";&l" +
              std::to_string(i - 1) + ";\">";
  const KeyResult billion = load(laughs + "]><RSAKeyValue>&l9;</RSAKeyValue>");
  CHECK(billion.error().text.find("document type declaration") != std::string::npos);
  CHECK(refused("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>") == KeyErrc::malformed);
  CHECK(refused("<a>&undefined;</a>") == KeyErrc::malformed);
  std::string deep, wide = "<a>";
  for (int i = 0; i < 20000; ++i) deep += "<a>", wide += "<b/>";
  CHECK(refused(deep) == KeyErrc::malformed);
  CHECK(refused(wide + "</a>") == KeyErrc::malformed);
  std::string attributes = "<a";
  for (int i = 0; i < 8000; ++i) attributes += " a" + std::to_string(i) + "=''";
  CHECK(refused(attributes + "/>") == KeyErrc::malformed);
  CHECK(refused("<a/>") == KeyErrc::unknown_format);
  CHECK(refused("<a><b></a>") == KeyErrc::malformed);
  CHECK(refused("<a/>" + std::string(3, '\0')) == KeyErrc::malformed);
  CHECK(refused("<x:a/>") == KeyErrc::malformed);
}

TEST_CASE("XML: halves that do not belong together, numbers that are none") {
  const Identity other = std::move(*generate_identity("rsa", 2048));
  std::string mixed = dotnet(rsa());
  const std::string d = tag("D", rsa().private_key()->d, rsa().private_key()->d_len);
  mixed.replace(mixed.find(d), d.size(),
                tag("D", other.private_key()->d, other.private_key()->d_len));
  CHECK(code_of(mixed) == KeyErrc::malformed);
  CHECK(code_of("<RSAKeyValue><Modulus>AQAB</Modulus></RSAKeyValue>") == KeyErrc::malformed);
  CHECK(code_of("<RSAKeyValue><Modulus>!</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>") ==
        KeyErrc::malformed);
  CHECK(code_of("<ECKeyValue><PublicKey>AAAA</PublicKey></ECKeyValue>") == KeyErrc::malformed);
}

TEST_CASE("XML: what is cut or changed anywhere is refused, or is a whole key") {
  const std::string text = dotnet(rsa());
  for (std::size_t cut = 0; cut < text.size(); ++cut) CHECK_FALSE(load(text.substr(0, cut)).ok());
  for (std::size_t at = 0; at < text.size(); at += 7) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    KeyResult result = load(changed);
    if (result.ok() && result->has_private())
      CHECK(check_key_pair(result->type(), *result->private_key()).ok());
  }
}
