// Key exchange by GSSAPI (RFC 4462 §2, RFC 8732) and gssapi-keyex (RFC 4462 §4) with a mechanism of
// the tests' own, both halves: every method, with a host key and without, and every step that can
// fail.
#include <catch2/catch.hpp>

#include "tests/core/loopback_world.hpp"
#include "tests/core/toy_gss.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

#define SUFFIX "-toWM5Slw5Ew8Mqkay+al2g=="
constexpr const char* kMethods[] = {"gss-curve25519-sha256" SUFFIX, "gss-nistp256-sha256" SUFFIX,
                                    "gss-group14-sha256" SUFFIX,    "gss-group16-sha512" SUFFIX,
                                    "gss-group14-sha1" SUFFIX,      "gss-gex-sha1" SUFFIX};
constexpr const char* kCurve = kMethods[0];

struct KexWorld : World {
  explicit KexWorld(const char* kex = kCurve, bool host_key = true) {
    client.gss = user.row();
    server.gss = host.row();
    client.kex_algorithms = server.kex_algorithms = kex;
    client.methods = "gssapi-keyex";
    server.auth_methods = "gssapi-with-mic,gssapi-keyex,password";
    client_host.passwords = {"secret"};
    server_host.right_principal = "alice@TOY";
    if (host_key) return;
    host_rows.clear();
    server_host.keys.clear();
  }
  ~KexWorld() {
    pair.reset();
    CHECK(user.live == 0);
    CHECK(host.live == 0);
  }
  // What the client failed with.
  std::string failure() {
    run();
    CHECK_FALSE(pair->client.authenticated());
    CHECK_FALSE(pair->server.authenticated());
    for (const std::string& event : server_host.events) CHECK(event.rfind("request", 0) != 0);
    return std::to_string(pair->client.error().code) + " " + pair->client.error().text;
  }

  ToyGss user, host;
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

}  // namespace

TEST_CASE("gss kex: every method, with a host key and without, and gssapi-keyex behind it") {
  for (const char* method : kMethods) {
    for (const bool host_key : {true, false}) {
      for (const Feed feed : {Feed::whole, Feed::random_cuts}) {
        KexWorld w(method, host_key);
        const bool open = w.run(feed).both_open;
        INFO(method << (host_key ? "" : ", null") << ": " << w.errors());
        REQUIRE(open);
        CHECK(w.pair->client.text(IPWORKSAUTH_TEXT_KEX) == method);
        CHECK(w.pair->client.text(IPWORKSAUTH_TEXT_HOST_KEY_ALGORITHM) ==
              (host_key ? "ssh-ed25519" : "null"));
        CHECK(w.pair->client.text(IPWORKSAUTH_TEXT_HOST_KEY).empty() != host_key);
        CHECK(saw(w.client_host, "host-proved"));
        CHECK_FALSE(saw(w.client_host, "host-key"));
        CHECK_FALSE(saw(w.server_host, "sign ssh-ed25519"));
        CHECK(saw(w.client_host, "authenticated gssapi-keyex"));
        CHECK(w.pair->client.facts().attempts == 1);
        CHECK(w.user.live == 0);  // after success nothing of it is kept
        CHECK(w.host.live == 0);
      }
    }
  }
}

TEST_CASE("gss kex: mechanisms of several tokens") {
  for (const unsigned rounds : {2U, 3U, 15U}) {
    for (const bool host_key : {true, false}) {
      KexWorld w(kCurve, host_key);
      w.user.rounds = rounds;
      const bool open = w.run(Feed::one_octet).both_open;
      INFO(rounds << ": " << w.errors());
      CHECK(open);
    }
  }
  KexWorld endless;
  endless.user.rounds = 17;
  CHECK(contains(endless.failure(), "more than 16 tokens"));
}

TEST_CASE("gss kex: gssapi-with-mic, password and none behind it") {
  KexWorld mic;
  mic.client.methods = "gssapi-with-mic";
  CHECK(mic.run().both_open);
  KexWorld password;
  password.client.methods = "password";
  CHECK(password.run().both_open);
}

TEST_CASE("gss kex: a wrong MIC of the server ends it before anything of the user's leaves") {
  for (const bool host_key : {true, false}) {
    KexWorld w(kCurve, host_key);
    w.host.wrong_mic = true;
    CHECK(contains(w.failure(), "-111 GSSAPI: the server's MIC on the exchange hash"));
    CHECK_FALSE(saw(w.client_host, "host-proved"));
  }
  KexWorld none;
  none.host.fail_mic = true;
  none.failure();
  CHECK(contains(none.pair->server.error().text, "the toy makes no MIC"));
}

TEST_CASE("gss kex: without mutual authentication, or without integrity, there is no exchange") {
  KexWorld mutual;
  mutual.user.grants = IPWORKSAUTH_GSS_INTEGRITY;
  mutual.failure();
  CHECK(contains(mutual.pair->server.error().text, "did not prove the server"));
  KexWorld integrity;
  integrity.user.grants = IPWORKSAUTH_GSS_MUTUAL;
  integrity.failure();
  CHECK(contains(integrity.pair->server.error().text, "no integrity protection"));
}

TEST_CASE("gss kex: who has no ticket offers none of it") {
  KexWorld alone;
  alone.user.fail_at = 1;
  CHECK(contains(alone.failure(), "-210 GSSAPI: the toy was told to fail"));

  const std::string both = std::string(kCurve) + ",curve25519-sha256";
  KexWorld other(both.c_str());
  other.client.methods = "gssapi-keyex,password";
  other.user.fail_at = 1;
  const bool open = other.run().both_open;
  INFO(other.errors());
  CHECK(open);
  CHECK(other.pair->client.text(IPWORKSAUTH_TEXT_KEX) == "curve25519-sha256");
  CHECK(saw(other.client_host, "host-key"));
  KexWorld keyex(both.c_str());
  keyex.user.fail_at = 1;
  CHECK(contains(keyex.failure(), "GSSAPI: the toy was told to fail"));
}

TEST_CASE("gss kex: a mechanism that fails midway, on either side") {
  for (const unsigned step : {2U, 3U}) {
    KexWorld w;
    w.user.rounds = 3;
    w.user.fail_at = step;
    CHECK(contains(w.failure(), "-210 GSSAPI: the toy was told to fail"));
  }
  for (const unsigned step : {1U, 2U, 3U}) {
    for (const bool host_key : {true, false}) {
      KexWorld w(kCurve, host_key);
      w.user.rounds = 3;
      w.host.fail_at = step;
      CHECK(contains(w.failure(),
                     "-210 the server's GSSAPI mechanism says: the toy was told to fail"));
    }
  }
}

TEST_CASE("gss kex: tokens as long as may be") {
  for (const std::size_t more : {0U, 1U}) {
    KexWorld w;
    // A value and its length beside the token, and the room that every message leaves.
    w.host.token_len = 35'000 - 512 + more;
    w.user.rounds = 2;
    const bool open = w.run().both_open;
    INFO(w.errors());
    CHECK(open == (more == 0));
  }
}

TEST_CASE(
    "gss kex: re-exchange from it to itself and to others, and keyex keeps the first context") {
  const std::string all = std::string(kMethods[1]) + "," + kMethods[5] + ",curve25519-sha256";
  for (const bool ours : {true, false}) {
    for (int nth = 3; nth <= 8; ++nth) {
      KexWorld w(all.c_str());
      Pair& pair = w.join();
      int flights = 0;
      pair.tamper = [&](bool, std::vector<std::uint8_t>&) {
        if (++flights == nth) ipworksauth_engine_rekey((ours ? pair.client : pair.server).engine());
      };
      const bool open = w.run().both_open;
      INFO((ours ? "client" : "server") << " at flight " << nth << ": " << w.errors());
      CHECK(open);
    }
  }
  // With other methods alone in the second exchange: the context of the first is there all the
  // same.
  KexWorld w(all.c_str());
  w.client.pipelining = 2;
  CHECK(w.run().both_open);
  REQUIRE(ipworksauth_engine_rekey(w.pair->client.engine()) == 0);
  w.pair->run();
  CHECK(w.pair->client.facts().rekeys == 1);
  CHECK(w.pair->client.error().code == 0);
}

TEST_CASE("gss kex: gssapi-keyex with a wrong MIC, or for somebody else, is refused") {
  KexWorld wrong;
  wrong.user.wrong_mic = true;
  CHECK(contains(wrong.failure(), "-114"));
  KexWorld other;
  other.user.name = "mallory@TOY";
  other.run();
  CHECK(other.pair->client.error().code == IPWORKSAUTH_E_AUTH_FAILED);
  CHECK(contains(other.pair->client.error().text, "does not let this GSSAPI identity in"));
}

TEST_CASE("gss kex: without a host key in common only methods that need none are chosen") {
  const std::string both = std::string("curve25519-sha256,") + kCurve;
  KexWorld w(both.c_str(), false);
  const bool open = w.run().both_open;
  INFO(w.errors());
  CHECK(open);
  CHECK(w.pair->client.text(IPWORKSAUTH_TEXT_KEX) == kCurve);
  KexWorld plain(both.c_str(), false);
  plain.client.kex_algorithms = "curve25519-sha256";
  CHECK(contains(plain.failure(), "-106"));
}

TEST_CASE("gss kex: it needs a mechanism, and Kerberos' name") {
  World without;
  without.client.kex_algorithms = kCurve;
  CHECK(ipworksauth_engine_size(&without.client) == 0);
  KexWorld other;
  ipworksauth_gss row = *other.user.row();
  const std::uint8_t oid[] = {0x06, 0x03, 0x2a, 0x03, 0x04};
  row.oid = oid;
  row.oid_len = sizeof oid;
  other.client.gss = &row;
  CHECK(ipworksauth_engine_size(&other.client) == 0);
  other.client.kex_algorithms = nullptr;
  CHECK(ipworksauth_engine_size(&other.client) != 0);
}

TEST_CASE("gss kex: a list that is left out has it only where gssapi-keyex is wanted") {
  for (const char* methods : {"password", "gssapi-with-mic"}) {
    KexWorld w(nullptr);
    w.client.methods = methods;
    const bool open = w.run().both_open;
    INFO(methods << ": " << w.errors());
    CHECK(open);
    CHECK(saw(w.client_host, "host-key"));
    CHECK_FALSE(contains(w.pair->client.text(IPWORKSAUTH_TEXT_KEX), "gss-"));
  }
  KexWorld keyex(nullptr);
  const bool open = keyex.run().both_open;
  INFO(keyex.errors());
  CHECK(open);
  CHECK(keyex.pair->client.text(IPWORKSAUTH_TEXT_KEX) == kCurve);
  CHECK(saw(keyex.client_host, "authenticated gssapi-keyex"));
  KexWorld server(kCurve);
  server.server.kex_algorithms = nullptr;
  server.server.auth_methods = "gssapi-with-mic,password";
  CHECK(contains(server.failure(), "-106"));
}

TEST_CASE("gss kex: no context is made for a re-exchange by another method") {
  const std::string both = std::string(kCurve) + ",curve25519-sha256";
  for (const bool by_gss : {false, true}) {
    KexWorld w(by_gss ? kCurve : "curve25519-sha256");
    w.client.kex_algorithms = both.c_str();
    w.client.methods = "password";
    w.server_host.right_principal = "";
    REQUIRE(w.run().both_open);
    const int first = w.user.steps;
    CHECK(first == (by_gss ? 2 : 1));  // the first token has to be there before it is offered
    REQUIRE(ipworksauth_engine_rekey(w.pair->client.engine()) == 0);
    w.pair->run();
    REQUIRE(w.pair->client.facts().rekeys == 1);
    CHECK(w.user.steps == first + (by_gss ? 2 : 0));
    REQUIRE(ipworksauth_engine_rekey(w.pair->server.engine()) == 0);
    w.pair->run();
    REQUIRE(w.pair->client.facts().rekeys == 2);
    CHECK(w.user.steps == first + (by_gss ? 4 : 0));
    CHECK(w.pair->client.error().code == 0);
  }
}

TEST_CASE("gss kex: the mechanism is told that its context proves the host, and others are not") {
  for (const bool delegate : {false, true}) {
    const std::uint32_t with = delegate ? std::uint32_t{IPWORKSAUTH_GSS_DELEGATE} : 0U;
    KexWorld kex;
    kex.client.gss_delegate = delegate ? 1 : 0;
    REQUIRE(kex.run().both_open);
    CHECK(kex.user.wanted == (IPWORKSAUTH_GSS_MUTUAL | IPWORKSAUTH_GSS_INTEGRITY |
                              IPWORKSAUTH_GSS_PROVES_HOST | with));
    KexWorld mic("curve25519-sha256");
    mic.client.methods = "gssapi-with-mic";
    mic.client.gss_delegate = delegate ? 1 : 0;
    REQUIRE(mic.run().both_open);
    CHECK(mic.user.wanted == (IPWORKSAUTH_GSS_MUTUAL | IPWORKSAUTH_GSS_INTEGRITY | with));
  }
}

TEST_CASE("gss kex: a trace shows no token, of either side") {
  for (const char* method : kMethods) {
    KexWorld w(method);
    w.user.rounds = 3;
    w.host.token_len = 64;  // filled up with dots
    for (auto* config : {&w.client, &w.server}) {
      config->trace_len = 200'000;
      config->trace_octets = 1;
    }
    REQUIRE(w.run().both_open);
    for (ipworksauth_engine* e : {w.pair->client.engine(), w.pair->server.engine()}) {
      std::string all, kinds;
      ipworksauth_trace_record record{};
      while (ipworksauth_engine_trace(e, &record) == 1) {
        all += text_of(record.payload);
        if (record.message >= 30 && record.message <= 33)
          kinds += std::to_string(record.message) + " ";
        if (record.message == 31 && contains(record.name, "KEXGSS"))
          CHECK(text_of(record.payload).find_first_not_of('*', 5) == std::string::npos);
      }
      INFO(method);
      CHECK(kinds == "30 33 31 31 31 31 32 ");
      for (const char* part : {"alice@TOY", "ok1.........", "ok3........."})
        CHECK_FALSE(contains(all, part));
      CHECK(contains(all, "ssh-ed25519"));
    }
  }
}
