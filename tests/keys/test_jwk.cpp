// JWK: what jose makes is read, one key or a set; members that contradict each other are not.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "lib/keys/generate.hpp"
#include "support.hpp"

using namespace sshauth;
using namespace sshauth::test;
using Json = nlohmann::json;

namespace {

// jose signs by algorithms; each has one type of key.
struct Made {
  const char* algorithm;
  const char* type;
};
const Made kMade[] = {{"RS256", "ssh-rsa"},
                      {"ES256", "ecdsa-sha2-nistp256"},
                      {"ES384", "ecdsa-sha2-nistp384"},
                      {"ES512", "ecdsa-sha2-nistp521"}};

Json jose(const char* algorithm) {
  const Json wanted = {{"alg", algorithm}, {"kid", "who@where"}};
  return Json::parse(must_run({"jose", "jwk", "gen", "-i", wanted.dump()}));
}

std::string base64url(Bytes octets) {
  std::string text = base64_encode(octets);
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

// RFC 8037, of a key of our own: jose has none of that type.
Json okp_key(const Identity& id) {
  const ipworksauth_private_key& key = *id.private_key();
  return {{"kty", "OKP"},
          {"crv", id.type() == "ssh-ed448" ? "Ed448" : "Ed25519"},
          {"x", base64url({key.pub.first, key.pub.first_len})},
          {"d", base64url({key.d, key.d_len})}};
}

Json without(Json key, std::initializer_list<const char*> names) {
  for (const char* name : names) key.erase(name);
  return key;
}
Json with(Json key, const char* name, const Json& value) {
  key[name] = value;
  return key;
}
KeyErrc code_of(const Json& json) { return sshauth::test::code_of(json.dump()); }

// RFC 7517, appendix A.2: the keys of a set, public and of two types.
constexpr const char* kRfcKey = R"({"kty":"EC","crv":"P-256",
  "x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
  "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
  "d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE","use":"enc","kid":"1"})";

}  // namespace

TEST_CASE("JWK of every type that jose makes, private and public") {
  for (const Made& row : kMade) {
    INFO(row.type);
    const Json key = jose(row.algorithm);
    KeyResult result = load(key.dump(2));
    REQUIRE(result.ok());
    CHECK(result->type() == row.type);
    CHECK(result->format() == "JWK");
    CHECK(result->comment() == "who@where");
    require_signs(*result);
    const TempFolder folder;
    spill(folder / "jwk", key.dump());
    KeyResult half = load(must_run({"jose", "jwk", "pub", "-i", folder / "jwk"}));
    REQUIRE(half.ok());
    CHECK_FALSE(half->can_sign());
    CHECK(half->public_line() == result->public_line());
  }
}

TEST_CASE("JWK of Ed25519 and Ed448, and the key of RFC 7517") {
  for (const char* type : {"ssh-ed25519", "ssh-ed448"}) {
    KeyResult made = generate_identity(type);
    REQUIRE(made.ok());
    KeyResult key = load(okp_key(*made).dump());
    REQUIRE(key.ok());
    CHECK(key->public_line() == made->public_line());
    require_signs(*key);
  }
  KeyResult known = load(kRfcKey);
  REQUIRE(known.ok());
  CHECK(known->comment() == "1");
  require_signs(*known);
}

TEST_CASE("an RSA JWK without its factors is completed") {
  const Json key = jose("RS256");
  KeyResult whole = load(key.dump());
  REQUIRE(whole.ok());
  for (const Json& less :
       {without(key, {"p", "q", "dp", "dq", "qi"}), without(key, {"qi"}), without(key, {"q", "qi"}),
        without(key, {"p"}), without(key, {"q"}), without(key, {"p", "q", "dp", "dq"})}) {
    KeyResult result = load(less.dump());
    REQUIRE(result.ok());
    CHECK(result->public_line() == whole->public_line());
    require_signs(*result);
  }
  const Json other = jose("RS256");
  CHECK(code_of(with(without(key, {"p", "q", "dp", "dq", "qi"}), "d", other["d"])) ==
        KeyErrc::malformed);
  CHECK(code_of(with(without(key, {"p", "q"}), "d", other["d"])) == KeyErrc::malformed);
  CHECK(code_of(with(key, "qi", other["qi"])) == KeyErrc::malformed);
}

TEST_CASE("a JWK set gives its keys in their order; types that SSH lacks are passed over") {
  const Json rsa = jose("RS256"), ec = with(jose("ES256"), "kid", "second");
  const Json oct = {{"kty", "oct"}, {"k", "AAAA"}};
  const Json x25519 = with(okp_key(*generate_identity("ed25519")), "crv", "X25519");
  std::vector<Identity> found;
  REQUIRE(
      load_keys(
          as_bytes(Json{{"keys", {oct, rsa, x25519, ec}}, {"more", {1, {{"a", nullptr}}}}}.dump()),
          {}, found)
          .ok());
  REQUIRE(found.size() == 2);
  CHECK(found[0].type() == "ssh-rsa");
  CHECK(found[1].comment() == "second");
  // So is one that is damaged, and each is counted.
  PassedOver over;
  const Json set{{"keys", {rsa, without(ec, {"x"}), oct, ec}}};
  REQUIRE(load_keys(as_bytes(set.dump()), {}, found, &over).ok());
  CHECK(found.size() == 2);
  CHECK(over.num == 2);
  CHECK(over.first.code == KeyErrc::malformed);
  CHECK(over.first.text.find("\"x\" is missing") != std::string::npos);
  CHECK(code_of({{"keys", {oct}}}) == KeyErrc::unsupported_type);
  CHECK(code_of({{"keys", Json::array()}}) == KeyErrc::malformed);
  CHECK(code_of({{"keys", {without(ec, {"x"})}}}) == KeyErrc::malformed);
  CHECK(code_of({{"keys", {1}}}) == KeyErrc::malformed);
  CHECK(code_of({{"keys", {Json::array({rsa})}}}) == KeyErrc::malformed);
}

TEST_CASE("JWK: each refusal says what it is for") {
  const Json rsa = jose("RS256"), ec = jose("ES256"), other = jose("ES256");
  const Json okp = okp_key(*generate_identity("ed25519"));
  CHECK(code_of(Json::object()) == KeyErrc::malformed);
  CHECK(code_of(with(ec, "d", other["d"])) == KeyErrc::malformed);
  CHECK(code_of(with(ec, "y", other["y"])) == KeyErrc::malformed);
  CHECK(code_of(with(ec, "x", "AAAA")) == KeyErrc::malformed);
  CHECK(code_of(with(ec, "x", 5)) == KeyErrc::malformed);
  CHECK(code_of(with(okp, "d", okp["x"])) == KeyErrc::malformed);
  CHECK(code_of(with(rsa, "d", rsa["e"])) == KeyErrc::malformed);
  CHECK(code_of(with(rsa, "n", "====")) == KeyErrc::malformed);
  CHECK(code_of(with(rsa, "oth", Json::array())) == KeyErrc::unsupported_type);
  CHECK(code_of(with(ec, "crv", "secp256k1")) == KeyErrc::unsupported_type);
  CHECK(code_of(with(okp, "crv", "X25519")) == KeyErrc::unsupported_type);
  for (const Json& jwe : {Json{{"ciphertext", "AA"}, {"iv", "AA"}, {"protected", "AA"}}})
    CHECK(code_of(jwe) == KeyErrc::unsupported_type);
  KeyResult compact = load("eyJhbGciOiJQQkVTMiJ9.AA.AA.AA.AA");
  CHECK(compact.error().code == KeyErrc::unsupported_type);
  CHECK(compact.error().text.find("jose jwe dec") != std::string::npos);
}

TEST_CASE("JSON that is hostile is refused") {
  const std::string key = kRfcKey;
  const std::string twice = key.substr(0, key.size() - 1) + R"(,"d":"AA"})";
  CHECK(load(twice).error().text.find("\"d\" is there twice") != std::string::npos);
  std::string deep = R"({"a":)";
  for (int i = 0; i < 100000; ++i) deep += '[';
  CHECK(sshauth::test::code_of(deep) == KeyErrc::malformed);
  std::string wide = "{";
  for (int i = 0; i < 10000; ++i) wide += "\"m" + std::to_string(i) + "\":0,";
  CHECK(sshauth::test::code_of(wide + "\"z\":0}") == KeyErrc::malformed);
  Json set{{"keys", Json::array()}};
  for (int i = 0; i < 1000; ++i) set["keys"].push_back(Json::object());
  CHECK(code_of(set) == KeyErrc::malformed);
  for (const char* text : {"{", "{}}", "{} {}", "{\"a\":1,}", "{'a':1}", "{\"a\":\"\xff\"}",
                           "{\"a\":\"\\ud800\"}", "{\"a\":1e999999999999}", "{\"a\":tru"})
    CHECK(sshauth::test::code_of(text) == KeyErrc::malformed);
  CHECK(sshauth::test::code_of(key + std::string("\0", 1)) == KeyErrc::malformed);
}

TEST_CASE("JWK: what is cut or changed anywhere is refused, or is a whole key") {
  const Json key = okp_key(*generate_identity("ed25519"));
  const std::string text = Json{{"keys", {key}}}.dump();
  for (std::size_t cut = 0; cut < text.size(); ++cut) CHECK_FALSE(load(text.substr(0, cut)).ok());
  for (std::size_t at = 0; at < text.size(); ++at)
    for (const int bit : {0x01, 0x20, 0x80}) {
      std::string changed = text;
      changed[at] = static_cast<char>(changed[at] ^ bit);
      KeyResult result = load(changed);
      if (result.ok() && result->has_private())
        CHECK(check_key_pair(result->type(), *result->private_key()).ok());
    }
}
