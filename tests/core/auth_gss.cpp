// gssapi-with-mic (RFC 4462 §3) with a mechanism of the tests' own, both halves: every number of
// tokens, every step that can fail, and what must not be believed.
#include <catch2/catch.hpp>

#include "tests/core/loopback_world.hpp"
#include "tests/core/toy_gss.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

struct GssWorld : World {
  explicit GssWorld(const char* methods = "gssapi-with-mic") {
    client.gss = user.row();
    server.gss = host.row();
    client.methods = methods;
    server.auth_methods = "gssapi-with-mic,gssapi-keyex,password";
    client_host.passwords = {"secret"};
    server_host.right_principal = "alice@TOY";
  }
  ~GssWorld() {
    pair.reset();
    CHECK(user.live == 0);
    CHECK(host.live == 0);
  }
  std::string why() const { return pair->client.error().text; }
  std::string auth() const { return joined(strand(client_host, true)); }

  ToyGss user, host;
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

}  // namespace

TEST_CASE("gssapi-with-mic: one token and more, with an answer to the last and without") {
  for (const unsigned rounds : {1U, 2U, 3U, 15U}) {
    for (const bool mutual : {true, false}) {
      for (const Feed feed : {Feed::whole, Feed::one_octet, Feed::random_cuts}) {
        GssWorld w;
        w.user.rounds = rounds;
        if (!mutual) w.user.grants = IPWORKSAUTH_GSS_INTEGRITY;
        const bool open = w.run(feed).both_open;
        INFO(w.errors());
        REQUIRE(open);
        CHECK(w.auth() == "attempt gssapi-with-mic | authenticated gssapi-with-mic");
        CHECK(w.pair->client.facts().attempts == 1);
        CHECK(w.pair->server.text(IPWORKSAUTH_TEXT_METHOD) == "gssapi-with-mic");
        // After success nothing of it is kept.
        CHECK(w.user.live == 0);
        CHECK(w.host.live == 0);
      }
    }
  }
}

TEST_CASE("gssapi-with-mic: the server's host is told who it is, and about delegation") {
  for (const bool delegate : {true, false}) {
    GssWorld w;
    w.client.gss_delegate = delegate ? 1 : 0;
    std::string name;
    std::uint32_t flags = 0;
    w.server_host.hook = [&](ipworksauth_engine*, const ipworksauth_event& ev) {
      if (ev.kind != IPWORKSAUTH_EVENT_REQUEST) return false;
      name = text_of(ev.name);
      flags = ev.flags;
      return false;
    };
    CHECK(w.run().both_open);
    CHECK(name == "alice@TOY");
    CHECK(flags == (delegate ? std::uint32_t{IPWORKSAUTH_FLAG_DELEGATED} : 0U));
  }
}

TEST_CASE("gssapi-with-mic: who is somebody else is not let in") {
  GssWorld w;
  w.user.name = "mallory@TOY";
  w.run();
  INFO(w.errors());
  CHECK_FALSE(w.pair->client.authenticated());
  CHECK(w.pair->client.error().code == IPWORKSAUTH_E_AUTH_FAILED);
  CHECK(contains(w.why(), "does not let this GSSAPI identity in as this user"));
}

TEST_CASE("gssapi-with-mic: without a ticket no request leaves, and the next method has its turn") {
  GssWorld alone;
  alone.user.fail_at = 1;
  alone.run();
  CHECK(alone.pair->client.error().code == IPWORKSAUTH_E_AUTH_FAILED);
  CHECK(contains(alone.why(), "GSSAPI: the toy was told to fail"));
  CHECK(alone.auth() == "gss-error GSSAPI: the toy was told to fail | ended -114");
  CHECK(count(alone.server_host, "request gssapi-with-mic") == 0);
  CHECK(alone.pair->client.facts().attempts == 0);

  GssWorld next("gssapi-with-mic,password");
  next.user.fail_at = 1;
  const bool open = next.run().both_open;
  INFO(next.errors());
  CHECK(open);
  CHECK(next.auth() ==
        "gss-error GSSAPI: the toy was told to fail | password | attempt password | authenticated "
        "password");
}

TEST_CASE("gssapi-with-mic: an initiator that fails midway says so and goes on with the next") {
  for (const bool error_token : {true, false}) {
    for (const unsigned step : {2U, 3U}) {
      GssWorld w("gssapi-with-mic,password");
      w.user.rounds = 3;
      w.user.fail_at = step;
      w.user.error_token = error_token;
      const bool open = w.run().both_open;
      INFO(w.errors());
      CHECK(open);
      CHECK(saw(w.client_host, "gss-error GSSAPI: the toy was told to fail"));
      // RFC 4462 §3.9: the server does not answer what was given up.
      CHECK(count(w.client_host, "refused gssapi-with-mic") == 0);
      CHECK(saw(w.client_host, "authenticated password"));
    }
  }
}

TEST_CASE("gssapi-with-mic: an acceptor that fails is a refusal with the mechanism's own words") {
  for (const bool error_token : {true, false}) {
    for (const unsigned step : {1U, 2U, 3U}) {
      GssWorld w("gssapi-with-mic,password");
      w.client.try_all = 1;
      w.user.rounds = 3;
      w.host.fail_at = step;
      w.host.error_token = error_token;
      const bool open = w.run().both_open;
      INFO(w.errors());
      CHECK(open);
      CHECK(saw(w.client_host,
                "gss-error from-peer the server's GSSAPI mechanism says: the toy was "
                "told to fail"));
      CHECK(saw(w.client_host,
                "gss-error from-peer GSSAPI: the acceptor has no use for this token") ==
            error_token);
      CHECK(saw(w.client_host, "refused gssapi-with-mic"));
      CHECK(saw(w.client_host, "authenticated password"));
    }
  }
  GssWorld alone;
  alone.host.secret = "another";
  alone.run();
  CHECK(alone.pair->client.error().code == IPWORKSAUTH_E_AUTH_FAILED);
  CHECK(contains(alone.why(), "the initiator's token is forged"));
  CHECK(contains(alone.why(), "refused the GSSAPI mechanism or its token"));
}

TEST_CASE("gssapi-with-mic: a MIC that is wrong, that is not made, that cannot be made") {
  GssWorld wrong;
  wrong.user.wrong_mic = true;
  wrong.run();
  CHECK(wrong.pair->client.error().code == IPWORKSAUTH_E_AUTH_FAILED);
  CHECK(count(wrong.server_host, "request gssapi-with-mic") == 0);  // nobody is asked about it
  CHECK(saw(wrong.client_host, "refused gssapi-with-mic"));

  GssWorld none;
  none.user.fail_mic = true;
  none.run();
  CHECK(contains(none.why(), "the toy makes no MIC"));
  CHECK(none.pair->client.facts().attempts == 0);

  // RFC 4462 §3.6 would let a mechanism without integrity pass; here nothing passes without a MIC.
  GssWorld weak;
  weak.user.grants = IPWORKSAUTH_GSS_MUTUAL;
  weak.run();
  INFO(weak.errors());
  CHECK(weak.pair->client.error().code == IPWORKSAUTH_E_AUTH_FAILED);
  CHECK(contains(weak.why(), "no integrity protection"));
  CHECK_FALSE(weak.pair->server.authenticated());
}

TEST_CASE("gssapi-with-mic: a token of max_packet less 512 octets is the longest") {
  for (const std::uint32_t max_packet : {2048U, 35'000U}) {
    for (const std::size_t more : {0U, 1U}) {
      GssWorld w;
      w.client.max_packet = w.server.max_packet = max_packet;
      w.user.token_len = w.host.token_len = max_packet - 512;
      w.user.rounds = 2;
      if (more != 0) ++w.user.token_len;
      const bool open = w.run().both_open;
      INFO(w.errors());
      CHECK(open == (more == 0));
      if (more != 0) CHECK(contains(w.why(), "longer than may be"));
    }
  }
}

TEST_CASE("gssapi-with-mic: more than 16 tokens are too many") {
  GssWorld w;
  w.client.kex_algorithms = "curve25519-sha256";  // one by GSSAPI would make a token too
  w.user.rounds = 17;
  w.run();
  INFO(w.errors());
  CHECK_FALSE(w.pair->client.authenticated());
  CHECK(contains(w.why(), "more than 16 tokens"));
  CHECK(w.user.steps == 16);
}

TEST_CASE("gssapi-with-mic: a server that does not know the mechanism, or the method") {
  GssWorld w("gssapi-with-mic,password");
  w.client.try_all = 1;
  w.server.gss = nullptr;
  w.server.auth_methods = "password";
  CHECK(w.run().both_open);
  CHECK(saw(w.client_host, "refused gssapi-with-mic"));

  GssWorld alone;
  alone.server.gss = nullptr;
  alone.server.auth_methods = "password";
  alone.run();
  CHECK(alone.pair->client.error().code == IPWORKSAUTH_E_AUTH_FAILED);
}

TEST_CASE("gssapi-with-mic: as one step of several it is taken once") {
  GssWorld w("gssapi-with-mic,password");
  w.server_host.steps = {"gssapi-with-mic", "password"};
  CHECK(w.run().both_open);
  CHECK(saw(w.client_host, "refused gssapi-with-mic partial"));

  GssWorld twice;
  twice.server_host.steps = {"gssapi-with-mic", "gssapi-with-mic"};
  twice.run();
  INFO(twice.errors());
  CHECK(twice.pair->client.error().code == IPWORKSAUTH_E_AUTH_FAILED);
  CHECK(count(twice.client_host, "attempt gssapi-with-mic") == 1);
}

TEST_CASE("gssapi-with-mic: keys are exchanged anew between any two of its messages") {
  for (const bool ours : {true, false}) {
    for (int nth = 1; nth <= 12; ++nth) {
      GssWorld w;
      w.user.rounds = 4;
      Pair& pair = w.join();
      int flights = 0;
      pair.tamper = [&](bool from_client, std::vector<std::uint8_t>&) {
        if (++flights == nth) ipworksauth_engine_rekey((ours ? pair.client : pair.server).engine());
        static_cast<void>(from_client);
      };
      const bool open = w.run().both_open;
      INFO((ours ? "client" : "server") << " at flight " << nth << ": " << w.errors());
      CHECK(open);
    }
  }
}

TEST_CASE("gssapi-keyex: without a key exchange by GSSAPI it is not tried") {
  GssWorld w("gssapi-keyex,password");
  w.client.kex_algorithms = "curve25519-sha256";
  CHECK(w.run().both_open);
  CHECK(w.auth() == "password | attempt password | authenticated password");
  GssWorld alone("gssapi-keyex");
  alone.client.kex_algorithms = "curve25519-sha256";
  alone.run();
  CHECK(alone.pair->client.error().code == IPWORKSAUTH_E_AUTH_FAILED);
  CHECK(contains(alone.why(), "needs a first key exchange by GSSAPI"));
}

TEST_CASE("gss: what is not a mechanism is refused at creation") {
  const auto refused = [](auto change, std::string_view reason) {
    GssWorld w;
    ipworksauth_gss row = *w.user.row();
    change(row);
    w.client.gss = &row;
    CHECK(ipworksauth_engine_size(&w.client) == 0);
    std::max_align_t block[16];
    ipworksauth_engine* e = nullptr;
    const char* why = "";
    CHECK(ipworksauth_engine_create(&e, block, sizeof block, &w.client, &why) ==
          IPWORKSAUTH_E_ARGUMENT);
    INFO(why);
    CHECK(contains(why, "the GSSAPI mechanism (gss)"));
    CHECK(contains(why, reason));
  };
  refused([](ipworksauth_gss& row) { row.struct_size = 8; }, "another version");
  refused([](ipworksauth_gss& row) { row.oid = nullptr; }, "not named");
  refused([](ipworksauth_gss& row) { row.oid_len = 3; }, "not named");
  refused([](ipworksauth_gss& row) { row.initiate = nullptr; }, "lacks a function");
  refused([](ipworksauth_gss& row) { row.get_mic = nullptr; }, "lacks a function");
  refused([](ipworksauth_gss& row) { row.wipe = nullptr; }, "lacks a function");
  World without;
  without.client.methods = "gssapi-with-mic";
  CHECK(ipworksauth_engine_size(&without.client) == 0);
}
