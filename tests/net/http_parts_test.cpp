// Parts of HTTP: the grammar of challenges, and Digest against the examples of its RFCs.
#include <catch2/catch.hpp>

#include "lib/crypto/providers.hpp"
#include "lib/net/http_challenge.hpp"
#include "lib/net/http_digest.hpp"
#include "proxy_play.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

// "Scheme token name=value,name=value; Scheme ..."; "?" when it follows no grammar.
std::string read(const std::string& field) {
  std::vector<HttpChallenge> challenges;
  if (!parse_challenges(field, challenges)) return "?";
  std::string out;
  for (const HttpChallenge& c : challenges) {
    out += (out.empty() ? "" : "; ") + c.scheme + (c.token.empty() ? "" : " " + c.token);
    const char* before = " ";
    for (const auto& p : c.parameters) {
      out += before + p.name + "=" + p.value;
      before = ",";
    }
  }
  return out;
}

std::string respond(const std::string& challenge, const DigestRequest& request) {
  std::vector<HttpChallenge> challenges;
  REQUIRE(parse_challenges(challenge, challenges));
  DigestChallenge c;
  CHECK(read_digest(challenges.at(0), default_provider(), c).empty());
  const SecretBytes out = digest_answer(c, "Mufasa", as_bytes("Circle of Life"), request);
  return std::string(as_text(out.reveal()));
}

}  // namespace

TEST_CASE("Challenges: one field may hold several, each with parameters or one token") {
  struct Row {
    std::string field, wanted;
  };
  for (const Row& row : {
           Row{"", ""},
           {"Basic", "Basic"},
           {" , Basic ,, ", "Basic"},
           {"Basic realm=\"a, b\"", "Basic realm=a, b"},
           {"Basic realm = \"x\" , charset=UTF-8", "Basic realm=x,charset=UTF-8"},
           {"Negotiate, NTLM", "Negotiate; NTLM"},
           {"Negotiate YWJj==, Basic realm=x", "Negotiate YWJj==; Basic realm=x"},
           {"Negotiate YWJj", "Negotiate YWJj"},
           {"Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic "
            "realm=\"simple\"",
            "Newauth realm=apps,type=1,title=Login to \"apps\"; Basic realm=simple"},
           {"A a=1,B,C c=\"\",,D d=4", "A a=1; B; C c=; D d=4"},
           {"Digest REALM=x", "Digest realm=x"},
           {"Basic realm=\"x", "?"},
           {"Basic realm=\"x\\", "?"},
           {"Basic realm=\"x\"y", "?"},
           {"Basic realm=", "Basic realm="},  // by the grammar, a token
           {"Basic realm=x, charset=", "?"},
           {"Basic realm=,", "Basic realm="},
           {"Basic a=1 b=2", "?"},
           {"Basic a=1, A=2", "?"},
           {"a=1", "?"},
           {"=", "?"},
           {"Basic; x", "?"},
           {"Basic\"x\"", "?"},
           {"Basic a b", "?"},
       }) {
    INFO(row.field);
    CHECK(read(row.field) == row.wanted);
  }
}

TEST_CASE("Challenges: their number and that of their parameters is bounded") {
  std::string few, many, parameters = "A a=1";
  for (std::size_t i = 0; i < kMaxChallenges; ++i) few += "A,";
  many = few + "A";
  CHECK(read(few) != "?");
  CHECK(read(many) == "?");
  for (std::size_t i = 1; i < kMaxChallengeParameters; ++i)
    parameters += ",p" + std::to_string(i) + "=x";
  CHECK(read(parameters) != "?");
  CHECK(read(parameters + ",last=x") == "?");
}

TEST_CASE("Digest: the examples of RFC 7616 and RFC 2617") {
  const DigestRequest request{"GET", "/dir/index.html",
                              "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", 1};
  const std::string rfc7616 =
      "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", "
      "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
      "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", algorithm=";
  CHECK(has(respond(rfc7616 + "MD5", request), "response=\"8ca523f5e9506fed4657c9700eebdbec\""));
  CHECK(has(respond(rfc7616 + "SHA-256", request),
            "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""));
  const std::string rfc2617 =
      "Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
      "qop=\"auth,auth-int\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";
  std::vector<HttpChallenge> challenges;
  REQUIRE(parse_challenges(rfc2617, challenges));
  DigestChallenge c;
  REQUIRE(read_digest(challenges[0], default_provider(), c).empty());
  const SecretBytes out = digest_answer(c, "Mufasa", as_bytes("Circle Of Life"),
                                        {"GET", "/dir/index.html", "0a4f113b", 1});
  CHECK(as_text(out.reveal()) ==
        "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", "
        "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", "
        "response=\"6629fae49393a05397450978507c4ef1\", "
        "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\", qop=auth, nc=00000001, cnonce=\"0a4f113b\"");
}

TEST_CASE("Digest: a provider without the hash, or one whose hash fails") {
  Provider none = default_provider();
  none.num_hashes = 0;
  std::vector<HttpChallenge> challenges;
  REQUIRE(parse_challenges("Digest realm=r, nonce=n", challenges));
  DigestChallenge c;
  CHECK(has(read_digest(challenges[0], none, c), "MD5, which the crypto provider here does not"));
  REQUIRE(read_digest(challenges[0], default_provider(), c).empty());
  HashAlg broken = *c.hash;
  broken.finish = [](void*, std::uint8_t*) { return 0; };
  c.hash = &broken;
  CHECK(digest_answer(c, "u", as_bytes("p"), {"CONNECT", "h:22", "c", 1}).size() == 0);
}
