// ssh-ed448, ssh-rsa and ssh-dss against published vectors, and what their rows refuse.
#include <catch2/catch.hpp>

#include "lib/crypto/openssl/rows.hpp"
#include "support.hpp"
#include "test_keys.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

struct EdVector {
  const char* seed;
  const char* key;
  const char* message;
  const char* signature;
};

// RFC 8032 §7.4: blank, and 1 octet.
constexpr EdVector kEd448[] = {
    {"6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3"
     "528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b",
     "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778"
     "edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180",
     "",
     "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f"
     "2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a"
     "9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4db"
     "b61149f05a7363268c71d95808ff2e652600"},
    {"c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463a"
     "fbea67c5e8d2877c5e3bc397a659949ef8021e954e0a12274e",
     "43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c086"
     "6aea01eb00742802b8438ea4cb82169c235160627b4c3a9480",
     "03",
     "26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f435"
     "2541b143c4b981b7e18f62de8ccdf633fc1bf037ab7cd779805e0dbcc0aae1cb"
     "cee1afb2e027df36bc04dcecbf154336c19f0af7e0a6472905e799f1953d2a0f"
     "f3348ab21aa4adafd1d234441cf807c03a00"},
};

// RFC 6979 §A.2.1: DSA of 1024 and 160 bits, the message "sample" with SHA-1.
KeyPair rfc6979_key() {
  KeyPair key;
  key.first = unhex(
      "86F5CA03DCFEB225063FF830A0C769B9DD9D6153AD91D7CE27F787C43278B447"
      "E6533B86B18BED6E8A48B784A14C252C5BE0DBF60B86D6385BD2F12FB763ED88"
      "73ABFD3F5BA2E0A8C0A59082EAC056935E529DAF7C610467899C77ADEDFC846C"
      "881870B7B19B2B58F9BE0521A17002E3BDD6B86685EE90B3D9A1B02B782B1779");
  key.second = unhex("996F967F6C8E388D9E28D01E205FBA957A5698B1");
  key.third = unhex(
      "07B0F92546150B62514BB771E2A0C0CE387F03BDA6C56B505209FF25FD3C133D"
      "89BBCD97E904E09114D9A7DEFDEADFC9078EA544D2E401AEECC40BB9FBBF78FD"
      "87995A10A1C27CB7789B594BA7EFB5C4326A9FE59A070E136DB77175464ADCA4"
      "17BE5DCE2F40D10A46A3A3943F26AB7FD9C0398FF8C76EE0A56826A8A88F1DBD");
  key.fourth = unhex(
      "5DF5E01DED31D0297E274E1691C192FE5868FEF9E19A84776454B100CF16F653"
      "92195A38B90523E2542EE61871C0440CB87C322FC4B4D2EC5E1E7EC766E1BE8D"
      "4CE935437DC11C3C8FD426338933EBFE739CB3465F4D3668C5E473508253B1E6"
      "82F65CBDC4FAE93C2EA212390E54905A86E2223170B44EAA7DA5DD9FFCFB7F3B");
  key.d = unhex("411602CB19A6CCC34494D79D98EF1E7ED5AF25F7");
  return key;
}
constexpr const char* kDsaSample =
    "2E1A0C2562B2912CAAF89186FB0F42001585DA5529EFB6B0AFF2D7A68EB70CA313022253B9A88DF5";

}  // namespace

TEST_CASE("Ed448 signs and verifies as RFC 8032 says") {
  const Provider& p = openssl_provider();
  const SigAlg& alg = openssl::ed448;
  for (const EdVector& v : kEd448) {
    KeyPair key;
    key.first = unhex(v.key);
    key.d = unhex(v.seed);
    const auto signature = sign(alg, key, p.rng, unhex(v.message));
    REQUIRE(signature);
    CHECK(hex(*signature) == v.signature);
    CHECK(verify(alg, key, unhex(v.message), unhex(v.signature)));
    CHECK_FALSE(verify(alg, key, octets("other"), unhex(v.signature)));
  }
}

TEST_CASE("DSA verifies RFC 6979's signature, and signs with its key") {
  const Provider& p = openssl_provider();
  const SigAlg& alg = openssl::dsa;
  const KeyPair key = rfc6979_key();
  CHECK(verify(alg, key, octets("sample"), unhex(kDsaSample)));
  CHECK_FALSE(verify(alg, key, octets("Sample"), unhex(kDsaSample)));
  const auto signature = sign(alg, key, p.rng, octets("sample"));
  REQUIRE(signature);
  CHECK(signature->size() == 40);
  CHECK(verify(alg, key, octets("sample"), *signature));
}

// FIPS 186-2 SigGen15 of NIST's CAVP, modulus of 1024 bits, SHA-1.
TEST_CASE("RSA with SHA-1 verifies NIST's signature") {
  KeyPair key;
  key.first = unhex("010001");
  key.second = unhex(
      "c8a2069182394a2ab7c3f4190c15589c56a2d4bc42dca675b34cc950e2466304"
      "8441e8aa593b2bc59e198b8c257e882120c62336e5cc745012c7ffb063eebe53"
      "f3c6504cba6cfe51baa3b6d1074b2f398171f4b1982f4d65caf882ea4d56f32a"
      "b57d0c44e6ad4e9cf57a4339eb6962406e350c1b15397183fbf1f0353c9fc991");
  const Octets message = unhex(
      "e8312742ae23c456ef28a23142c4490895832765dadce02afe5be5d31b0048fb"
      "eee2cf218b1747ad4fd81a2e17e124e6af17c3888e6d2d40c00807f423a233ca"
      "d62ce9eaefb709856c94af166dba08e7a06965d7fc0d8e5cb26559c460e47bc0"
      "88589d2242c9b3e62da4896fab199e144ec136db8d84ab84bcba04ca3b90c8e5");
  const Octets signature = unhex(
      "28928e19eb86f9c00070a59edf6bf8433a45df495cd1c73613c2129840f48c4a"
      "2c24f11df79bc5c0782bcedde97dbbb2acc6e512d19f085027cd575038453d04"
      "905413e947e6e1dddbeb3535cdb3d8971fe0200506941056f21243503c83eadd"
      "e053ed866c0e0250beddd927a08212aa8ac0efd61631ef89d8d049efb36bb35f");
  const Provider& p = openssl_provider();
  CHECK(verify(openssl::rsa_sha1, key, message, signature));
  CHECK_FALSE(verify(openssl::rsa_sha1, key, octets("other"), signature));
  CHECK_FALSE(verify(*find(sigs(p), "rsa-sha2-256"), key, message, signature));
}

TEST_CASE("DSA refuses r and s of zero and beyond q, groups of other sizes, and numbers outside") {
  const Provider& p = openssl_provider();
  const SigAlg& alg = openssl::dsa;
  const KeyPair key = rfc6979_key();
  const Octets good = unhex(kDsaSample);
  for (const Octets& bad : {Octets(20, 0), key.second, Octets(20, 0xff)})
    for (const long at : {0, 20}) {
      Octets signature = good;
      std::copy(bad.begin(), bad.end(), signature.begin() + at);
      CHECK_FALSE(verify(alg, key, octets("sample"), signature));
    }
  const auto refused = [&](auto change) {
    KeyPair changed = key;
    change(changed);
    CHECK_FALSE(verify(alg, changed, octets("sample"), good));
    CHECK_FALSE(sign(alg, changed, p.rng, octets("sample")));
  };
  refused([](KeyPair& k) { k.first.pop_back(); });      // p of 1016 bits
  refused([](KeyPair& k) { k.first.resize(385, 1); });  // p of more than 3072
  refused([](KeyPair& k) { k.first.back() ^= 1; });     // even
  refused([](KeyPair& k) { k.second.push_back(1); });   // q of 168 bits
  refused([](KeyPair& k) { k.second.pop_back(); });     // q of 152 bits
  refused([](KeyPair& k) { k.third = {1}; });           // g
  refused([](KeyPair& k) { k.third.clear(); });
  refused([](KeyPair& k) { k.third = k.first; });
  refused([](KeyPair& k) { k.fourth = {1}; });  // y
  refused([](KeyPair& k) { k.fourth = {0}; });
  refused([](KeyPair& k) { k.fourth = k.first; });
  for (const Octets& x : {Octets{}, Octets{0}, key.second, Octets(21, 1)}) {
    KeyPair changed = key;
    changed.d = x;
    CHECK_FALSE(sign(alg, changed, p.rng, octets("sample")));
  }
}
