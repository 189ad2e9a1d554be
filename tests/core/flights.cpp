// The engine speaks as soon as the protocol allows: flights of the client until success.
#include <catch2/catch.hpp>

#include "lib/crypto/providers.hpp"
#include "lib/keys/generate.hpp"
#include "tests/core/pair.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

struct World {
  KeyResult host_key = generate_identity("ssh-ed25519");
  KeyResult user_key = generate_identity("ssh-ed25519");
  std::vector<ipworksauth_identity> host_rows, user_rows;
  Host client, server;
  World() {
    REQUIRE(host_key.ok());
    REQUIRE(user_key.ok());
    host_rows.push_back(as_row(*host_key));
    user_rows.push_back(as_row(*user_key));
    server.keys = {&*host_key};
    client.keys = {&*user_key};
    client.passwords = {"secret"};
    const Bytes blob = user_key->public_blob();
    server.authorized.emplace_back(blob.begin(), blob.end());
  }
};

}  // namespace

TEST_CASE("password takes three flights cold, two with a right guess") {
  World w;
  auto client = client_config(fastest_provider());
  client.methods = "password";
  const auto server = server_config(fastest_provider(), w.host_rows);
  std::string hint;
  {
    Pair pair(client, w.client, server, w.server);
    const PairResult result = pair.run();
    INFO(pair.client.error().text);
    INFO(pair.server.error().text);
    REQUIRE(result.both_open);
    CHECK(result.client_flights == 3);
    hint = pair.client.text(IPWORKSAUTH_TEXT_GUESS_HINT);
    CHECK(pair.client.text(IPWORKSAUTH_TEXT_SESSION_ID) ==
          pair.server.text(IPWORKSAUTH_TEXT_SESSION_ID));
  }
  World again;
  client.guess_hint = hint.c_str();
  const auto server2 = server_config(fastest_provider(), again.host_rows);
  Pair pair(client, again.client, server2, again.server);
  const PairResult result = pair.run();
  INFO(hint);
  INFO(pair.client.error().text);
  INFO(pair.server.error().text);
  REQUIRE(result.both_open);
  CHECK(result.client_flights == 2);
}

TEST_CASE("publickey takes three flights cold, and a challenge one more") {
  World w;
  auto client = client_config(fastest_provider());
  client.methods = "publickey";
  client.identities = w.user_rows.data();
  client.num_identities = 1;
  const auto server = server_config(fastest_provider(), w.host_rows);
  Pair pair(client, w.client, server, w.server);
  const PairResult result = pair.run();
  INFO(pair.client.error().text);
  INFO(pair.server.error().text);
  REQUIRE(result.both_open);
  CHECK(result.client_flights == 3);

  World k;
  k.client.responses = {{"one", "two"}, {}, {"three"}};
  k.server.rounds = {{{"1?", 0}, {"2?", 1}}, {}, {{"3?", 0}}};
  k.server.right_responses = {{"one", "two"}, {}, {"three"}};
  auto kbd = client_config(fastest_provider());
  kbd.methods = "keyboard-interactive";
  const auto kserver = server_config(fastest_provider(), k.host_rows);
  Pair kpair(kbd, k.client, kserver, k.server);
  const PairResult kresult = kpair.run();
  INFO(kpair.client.error().text);
  INFO(kpair.server.error().text);
  REQUIRE(kresult.both_open);
  CHECK(kresult.client_flights == 3 + 3);  // three rounds of questions
}
