// publickey (RFC 4252 §7): which key, which signature algorithm (RFC 8332 §3.3, RFC 8308 §3.1), who
// signs.
#include <catch2/catch.hpp>

#include "tests/core/loopback_world.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

std::string attempts(const World& w) {
  std::vector<std::string> out;
  for (const std::string& event : w.client_host.events)
    if (event.rfind("attempt ", 0) == 0) out.push_back(event.substr(8));
  return joined(out);
}

World& with_key(World& w, const Identity& key) {
  w.client.methods = "publickey";
  w.add_user_key(key);
  return w;
}

}  // namespace

TEST_CASE("publickey: every type of key") {
  for (const char* type : {"ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
                           "ecdsa-sha2-nistp521", "ssh-rsa"}) {
    World w;
    with_key(w, key_of(type));
    const bool open = w.run().both_open;
    INFO(type << ": " << w.errors());
    REQUIRE(open);
    CHECK(attempts(w) ==
          std::string("publickey ") + (std::string(type) == "ssh-rsa" ? "rsa-sha2-512" : type));
    CHECK(w.pair->client.facts().attempts == 1);
  }
}

TEST_CASE("publickey: RSA signs as server-sig-algs says") {
  const auto signs_as = [](const char* server_algorithms) {
    World w;
    with_key(w, key_of("ssh-rsa"));
    w.server.sig_algorithms = server_algorithms;
    w.run();
    INFO(w.errors());
    return attempts(w) + (w.pair->client.authenticated() ? " ok" : " no");
  };
  CHECK(signs_as("rsa-sha2-256,rsa-sha2-512") == "publickey rsa-sha2-512 ok");
  CHECK(signs_as("rsa-sha2-512") == "publickey rsa-sha2-512 ok");
  CHECK(signs_as("rsa-sha2-256") == "publickey rsa-sha2-256 ok");
  // None in common: nothing is tried, which spares the server (and us) a refused attempt.
  CHECK(signs_as("ssh-ed25519") == " no");
}

// Fed in single octets the client speaks before EXT_INFO is there; what it tried then is not tried
// again, and what EXT_INFO says then is not passed over.
TEST_CASE("publickey: EXT_INFO that comes after the first attempt") {
  const auto signs_as = [](const char* server_algorithms) {
    World w;
    with_key(w, key_of("ssh-rsa"));
    w.server.sig_algorithms = server_algorithms;
    w.run(Feed::one_octet);
    return attempts(w) + (w.pair->client.authenticated() ? " ok" : " no");
  };
  CHECK(signs_as("rsa-sha2-512") == "publickey rsa-sha2-512 ok");
  CHECK(signs_as("rsa-sha2-256") == "publickey rsa-sha2-512 | publickey rsa-sha2-256 ok");
  CHECK(signs_as("ssh-ed25519") == "publickey rsa-sha2-512 no");
}

TEST_CASE("publickey: the configuration's and the identity's own algorithms") {
  World ordered;
  with_key(ordered, key_of("ssh-rsa"));
  ordered.user_rows[0].algorithms = "rsa-sha2-256,rsa-sha2-512";
  CHECK(ordered.run().both_open);
  CHECK(attempts(ordered) == "publickey rsa-sha2-256");

  World allowed;
  with_key(allowed, key_of("ssh-rsa"));
  allowed.client.sig_algorithms = "ssh-ed25519,rsa-sha2-256";
  CHECK(allowed.run().both_open);
  CHECK(attempts(allowed) == "publickey rsa-sha2-256");

  World neither;
  with_key(neither, key_of("ssh-rsa"));
  neither.client.sig_algorithms = "ssh-ed25519";
  neither.run();
  CHECK(neither.pair->client.error().code == IPWORKSAUTH_E_AUTH_FAILED);
  CHECK(attempts(neither).empty());
}

TEST_CASE("publickey: several identities are probed, and only the one that will do signs") {
  World w;
  w.client.methods = "publickey";
  w.add_user_key(key_of("ssh-ed25519", 0), false);
  w.add_user_key(key_of("ecdsa-sha2-nistp256", 0), false);
  w.add_user_key(key_of("ssh-ed25519", 1), true);
  w.add_user_key(key_of("ssh-ed25519", 2), true);
  CHECK(w.run().both_open);
  CHECK(joined(strand(w.client_host, true)) ==
        "attempt publickey ssh-ed25519 probe | refused publickey | "
        "attempt publickey ecdsa-sha2-nistp256 probe | refused publickey | "
        "attempt publickey ssh-ed25519 probe | sign ssh-ed25519 | "
        "attempt publickey ssh-ed25519 | authenticated publickey");
  CHECK(w.pair->client.facts().attempts == 1);  // probes prove nothing
}

TEST_CASE("publickey: one identity is probed when its flag says so") {
  World w;
  with_key(w, key_of("ssh-ed25519"));
  w.user_rows[0].flags = IPWORKSAUTH_IDENTITY_PROBE;
  CHECK(w.run().both_open);
  CHECK(attempts(w) == "publickey ssh-ed25519 probe | publickey ssh-ed25519");
  CHECK(count(w.server_host, "request publickey") == 2);
}

TEST_CASE("publickey: a key that cannot sign makes room for the next") {
  World w;
  w.client.methods = "publickey";
  w.add_user_key(key_of("ssh-ed25519", 0));
  w.add_user_key(key_of("ssh-ed25519", 1));
  w.client_host.hook = [](ipworksauth_engine* e, const ipworksauth_event& ev) {
    return ev.kind == IPWORKSAUTH_EVENT_SIGN && ev.index == 0 &&
           ipworksauth_engine_answer_signature(e, nullptr, 0) == 0;
  };
  CHECK(w.run().both_open);
  CHECK(count(w.client_host, "sign ssh-ed25519") == 2);
  CHECK(w.pair->client.facts().attempts == 1);
}

TEST_CASE("publickey: where no key can sign the next method has its turn") {
  World w;
  w.client.methods = "publickey,password";
  w.client_host.passwords = {"secret"};
  w.add_user_key(key_of("ssh-ed25519", 0));
  w.client_host.keys = {nullptr};
  CHECK(w.run().both_open);
  CHECK(joined(strand(w.client_host, true)) ==
        "sign ssh-ed25519 | password | attempt password | authenticated password");
}

// Agents have been known to sign with SHA-1 when asked for SHA-2.
TEST_CASE("publickey: a signature of another algorithm than the one asked for is not sent") {
  World w;
  with_key(w, key_of("ssh-rsa"));
  int refused = 0;
  w.client_host.hook = [&](ipworksauth_engine* e, const ipworksauth_event& ev) {
    if (ev.kind != IPWORKSAUTH_EVENT_SIGN) return false;
    CHECK(text_of(ev.algorithm) == "rsa-sha2-512");
    const Bytes data(ev.data.data, ev.data.len);
    Blob signature;
    for (const char* algorithm : {"rsa-sha2-256", "rsa-sha2-512"}) {
      REQUIRE(key_of("ssh-rsa").sign(algorithm, data, fastest_provider(), signature).ok());
      const int result = ipworksauth_engine_answer_signature(e, signature.data(), signature.size());
      refused += result == IPWORKSAUTH_E_ARGUMENT ? 1 : 0;
    }
    return true;
  };
  CHECK(w.run().both_open);
  CHECK(refused == 1);
  CHECK(attempts(w) == "publickey rsa-sha2-512");
}

TEST_CASE("publickey: answers that are no signature leave the question open") {
  World w;
  with_key(w, key_of("ssh-ed25519"));
  w.client_host.hook = [](ipworksauth_engine* e, const ipworksauth_event& ev) {
    if (ev.kind != IPWORKSAUTH_EVENT_SIGN) return false;
    const std::vector<std::uint8_t> noise(5000, 7);
    for (const std::size_t len : {1U, 4U, 83U, 5000U})
      CHECK(ipworksauth_engine_answer_signature(e, noise.data(), len) == IPWORKSAUTH_E_ARGUMENT);
    CHECK(ipworksauth_engine_answer_password(e, "x", 1) == IPWORKSAUTH_E_STATE);
    const ipworksauth_private_key nothing{};
    CHECK(ipworksauth_engine_answer_private_key(e, &nothing) == IPWORKSAUTH_E_ARGUMENT);
    return false;
  };
  CHECK(w.run().both_open);
}

TEST_CASE("publickey: a wrong signature is refused by the server, and the host is never asked") {
  World w;
  with_key(w, key_of("ssh-ed25519", 0));
  w.client_host.keys = {&key_of("ssh-ed25519", 1)};  // signs for another
  w.run();
  INFO(w.errors());
  CHECK(w.pair->client.error().code == IPWORKSAUTH_E_AUTH_FAILED);
  CHECK(count(w.server_host, "request publickey") == 0);
  CHECK(count(w.server_host, "refused publickey") == 1);
}

TEST_CASE("publickey: a signature holds for its session and its user only") {
  // Taken from one login, given in another.
  Blob stolen;
  World first;
  with_key(first, key_of("ssh-ed25519"));
  first.client_host.hook = [&](ipworksauth_engine*, const ipworksauth_event& ev) {
    if (ev.kind == IPWORKSAUTH_EVENT_SIGN)
      REQUIRE(key_of("ssh-ed25519")
                  .sign("ssh-ed25519", {ev.data.data, ev.data.len}, fastest_provider(), stolen)
                  .ok());
    return false;
  };
  REQUIRE(first.run().both_open);
  World second;
  with_key(second, key_of("ssh-ed25519"));
  second.client_host.hook = [&](ipworksauth_engine* e, const ipworksauth_event& ev) {
    return ev.kind == IPWORKSAUTH_EVENT_SIGN &&
           ipworksauth_engine_answer_signature(e, stolen.data(), stolen.size()) == 0;
  };
  second.run();
  CHECK(second.pair->client.error().code == IPWORKSAUTH_E_AUTH_FAILED);
  CHECK(count(second.server_host, "request publickey") == 0);
}

TEST_CASE("publickey: an identity of which nothing fits is left out") {
  World w;
  w.client.methods = "publickey";
  w.client.sig_algorithms = "ssh-ed25519";
  w.add_user_key(key_of("ssh-rsa"));
  w.add_user_key(key_of("ecdsa-sha2-nistp384"));
  w.add_user_key(key_of("ssh-ed25519"));
  CHECK(w.run().both_open);
  CHECK(attempts(w) == "publickey ssh-ed25519 probe | publickey ssh-ed25519");
}
