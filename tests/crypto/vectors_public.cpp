// Agreements and signatures against published vectors, on every provider that has the row.
#include <catch2/catch.hpp>

#include "support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

struct EdVector {
  const char* seed;
  const char* key;
  const char* message;
  const char* signature;
};

// RFC 8032 §7.1, tests 1, 2, 3 and SHA(abc).
constexpr EdVector kEd25519[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
     "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"},
};

struct EcVector {
  const char* name;
  const char* d;
  const char* point;
  const char* signature;
};

// RFC 6979 §A.2.5-§A.2.7: the message "sample" under the curve's own hash.
constexpr EcVector kEcdsa[] = {
    {"ecdsa-sha2-nistp256", "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
     "04"
     "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
     "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299",
     "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
     "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"},
    {"ecdsa-sha2-nistp384",
     "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D8"
     "96D5724E4C70A825F872C9EA60D2EDF5",
     "04"
     "EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64"
     "DEF8F0EA9055866064A254515480BC13"
     "8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1"
     "288B231C3AE0D4FE7344FD2533264720",
     "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C"
     "81A648152E44ACF96E36DD1E80FABE46"
     "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94F"
     "A329C145786E679E7B82C71A38628AC8"},
    {"ecdsa-sha2-nistp521",
     "00FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75"
     "CAA896EB32F1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B8"
     "3538",
     "04"
     "01894550D0785932E00EAA23B694F213F8C3121F86DC97A04E5A7167DB4E5BCD"
     "371123D46E45DB6B5D5370A7F20FB633155D38FFA16D2BD761DCAC474B9A2F50"
     "23A4"
     "00493101C962CD4D2FDDF782285E64584139C2F91B47F87FF82354D6630F746A"
     "28A0DB25741B5B34A828008B22ACC23F924FAAFBD4D33F81EA66956DFEAA2BFD"
     "FCF5",
     "00C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F"
     "174E25A1EE9017B5D450606ADD152B534931D7D4E8455CC91F9B15BF05EC36E3"
     "77FA"
     "00617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF"
     "282623EAA63E5B5C0723D8B8C37FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4"
     "A67A"},
};

}  // namespace

// RFC 7748 §6.1.
TEST_CASE("x25519 gives the values of RFC 7748") {
  const Octets a_private =
      unhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
  const Octets b_private =
      unhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
  const char* a_public = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
  const char* b_public = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
  const char* shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
  for (const Provider* p : all_providers()) {
    INFO(p->name);
    const AgreementAlg& alg = *find(agreements(*p), "x25519");
    FixedRng a(a_private), b(b_private);
    Initiator initiator(alg, *a.get());
    REQUIRE(initiator.ok());
    CHECK(hex(initiator.value()) == a_public);
    const auto answer = respond(alg, *b.get(), initiator.value());
    REQUIRE(answer);
    CHECK(hex(answer->value) == b_public);
    CHECK(hex(answer->secret) == shared);
    CHECK(hex(*initiator.finish(answer->value)) == shared);
  }
}

TEST_CASE("Ed25519 signs and verifies as RFC 8032 says") {
  for (const Provider* p : all_providers())
    for (const EdVector& v : kEd25519) {
      INFO(p->name << " " << v.message);
      const SigAlg& alg = *find(sigs(*p), "ssh-ed25519");
      KeyPair key;
      key.first = unhex(v.key);
      key.d = unhex(v.seed);
      const auto signature = sign(alg, key, p->rng, unhex(v.message));
      REQUIRE(signature);
      CHECK(hex(*signature) == v.signature);
      CHECK(verify(alg, key, unhex(v.message), unhex(v.signature)));
    }
}

TEST_CASE("ECDSA verifies RFC 6979's signatures, and signs with its keys") {
  for (const Provider* p : all_providers())
    for (const EcVector& v : kEcdsa) {
      const SigAlg* alg = find(sigs(*p), v.name);
      if (alg == nullptr) continue;
      INFO(v.name << " by " << p->name);
      KeyPair key;
      key.first = unhex(v.point);
      key.d = unhex(v.d);
      CHECK(verify(*alg, key, octets("sample"), unhex(v.signature)));
      CHECK_FALSE(verify(*alg, key, octets("Sample"), unhex(v.signature)));
      const auto signature = sign(*alg, key, p->rng, octets("sample"));
      REQUIRE(signature);
      CHECK(signature->size() == unhex(v.signature).size());
      CHECK(verify(*alg, key, octets("sample"), *signature));
    }
}
