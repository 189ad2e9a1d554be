// PKCS#11 URIs, RFC 7512: its own examples, and what they must not be.
#include <catch2/catch.hpp>

#include "lib/keys/pkcs11_uri.hpp"

using namespace sshauth;

namespace {

KeyErrc code_of_uri(std::string_view text) {
  Pkcs11Uri uri;
  return parse_pkcs11_uri(text, uri).code;
}

}  // namespace

TEST_CASE("PKCS#11 URIs of RFC 7512 §3 are read") {
  Pkcs11Uri uri;
  REQUIRE(parse_pkcs11_uri("pkcs11:", uri).ok());
  CHECK_FALSE(uri.token.has_value());
  REQUIRE(parse_pkcs11_uri("pkcs11:object=my-pubkey;type=public", uri).ok());
  CHECK(uri.object == "my-pubkey");
  CHECK(uri.type == "public");
  REQUIRE(
      parse_pkcs11_uri("pkcs11:object=my-key;type=private?pin-source=file:/etc/token", uri).ok());
  CHECK(uri.pin_source == "file:/etc/token");
  REQUIRE(parse_pkcs11_uri("pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;"
                           "manufacturer=Snake%20Oil,%20Inc.;model=1.0;object=my-certificate;"
                           "type=cert;id=%69%95%3E%5C%F4%BD%EC%91;serial="
                           "?pin-source=file:/etc/token_pin",
                           uri)
              .ok());
  CHECK(uri.token == "The Software PKCS#11 Softtoken");
  CHECK(uri.manufacturer == "Snake Oil, Inc.");
  CHECK(uri.serial == "");
  CHECK(uri.id == Blob{0x69, 0x95, 0x3e, 0x5c, 0xf4, 0xbd, 0xec, 0x91});
  REQUIRE(parse_pkcs11_uri("pkcs11:token=Software%20PKCS%2311%20softtoken;manufacturer=Snake%20Oil"
                           ",%20Inc.?pin-value=the-pin",
                           uri)
              .ok());
  REQUIRE(uri.pin_value.has_value());
  CHECK(uri.pin_value->size() == 7);
  REQUIRE(parse_pkcs11_uri("pkcs11:slot-description=Sun%20Metaslot", uri).ok());
  CHECK(uri.slot_description == "Sun Metaslot");
  REQUIRE(parse_pkcs11_uri("pkcs11:library-manufacturer=Snake%20Oil,%20Inc.;"
                           "library-description=Soft%20Token%20Library;library-version=1.23",
                           uri)
              .ok());
  CHECK(uri.library_version == "1.23");
  REQUIRE(parse_pkcs11_uri("pkcs11:slot-id=327?module-path=/usr/lib/pkcs11/p.so&module-name=p", uri)
              .ok());
  CHECK(uri.slot_id == 327ul);
  CHECK(uri.module_path == "/usr/lib/pkcs11/p.so");
  CHECK(uri.module_name == "p");
}

TEST_CASE("PKCS#11 URIs that are damaged or say something unknown are refused, PIN unrepeated") {
  for (const char* text : {"",
                           "pkcs11",
                           "PKCS11:token=a",
                           "pkcs11:token",
                           "pkcs11:=a",
                           "pkcs11:token=a;token=b",
                           "pkcs11:colour=red",
                           "pkcs11:token=a%2",
                           "pkcs11:token=a%zz",
                           "pkcs11:token=a b",
                           "pkcs11:token=a/b",
                           "pkcs11:slot-id=x",
                           "pkcs11:slot-id=1x",
                           "pkcs11:slot-id=",
                           "pkcs11:;;",
                           "pkcs11:token=a#b",
                           "pkcs11:?pin-value=1&pin-value=2",
                           "pkcs11:?x=1",
                           "pkcs11:id=a;id=a",
                           "pkcs11:slot-id=99999999999999999999999",
                           "pkcs11:?module-path=a&module-path=b"}) {
    INFO(text);
    CHECK(code_of_uri(text) == KeyErrc::bad_argument);
  }
  CHECK(code_of_uri("pkcs11:object=" + std::string(8192, 'a')) == KeyErrc::bad_argument);
  Pkcs11Uri uri;
  CHECK(parse_pkcs11_uri("pkcs11:?pin-value=sesame&pin-value=sesame", uri).text.find("sesame") ==
        std::string::npos);
}

TEST_CASE("what an URI is made of comes back as it was") {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  Pkcs11Uri uri;
  REQUIRE(parse_pkcs11_uri(
              "pkcs11:object=" + pkcs11_escape(all) + "?module-path=" + pkcs11_escape("/a b"), uri)
              .ok());
  CHECK(uri.object == all);
  CHECK(uri.module_path == "/a b");
}
