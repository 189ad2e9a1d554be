// Key re-exchange at every moment of a login that has everything in it: whoever starts it, and even
// when both do, the login goes on as if nothing had happened (RFC 4253 §9).
//
// A moment is an event of either side, before it is answered, or a flight on its way. The moments
// are counted in a run without re-exchange, then one run per moment is made.
#include <catch2/catch.hpp>

#include "tests/core/loopback_world.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

enum Who : unsigned { kClient = 1, kServer = 2, kBoth = 3 };

struct Scene {
  Who who = kClient;
  std::uint32_t strict = 2;
  const char* compressions = "none";
  const char* ciphers = "chacha20-poly1305@openssh.com";
  std::uint32_t pipelining = 1;
  Feed feed = Feed::whole;
};

std::string describe(const Scene& s) {
  return "started by " + std::to_string(s.who) + ", strict " + std::to_string(s.strict) + ", " +
         s.compressions + ", " + s.ciphers + ", pipelining " + std::to_string(s.pipelining) +
         ", feed " + std::to_string(static_cast<int>(s.feed));
}

// A banner; a key that is refused and one that is not, both probed; two rounds of questions; a
// wrong password, then one that must be changed.
class RichLogin {
 public:
  explicit RichLogin(const Scene& scene) : scene_(scene) {
    World& w = world;
    for (auto* config : {&w.client, &w.server}) {
      config->strict_kex = scene.strict;
      config->compressions = scene.compressions;
      config->ciphers = scene.ciphers;
    }
    w.client.methods = "publickey,keyboard-interactive,password";
    w.client.try_all = 1;
    w.client.password_tries = 2;
    w.client.pipelining = scene.pipelining;
    w.server.banner = "welcome";
    w.server_host.steps = {"publickey", "keyboard-interactive", "password"};
    w.add_user_key(key_of("ssh-ed25519", 0), false);
    w.add_user_key(key_of("ssh-ed25519", 1), true);
    w.client_host.responses = {{"one", "two"}, {"three"}};
    w.server_host.right_responses = {{"one", "two"}, {"three"}};
    w.server_host.rounds = {{{"1?", 0}, {"2?", 1}}, {{"3?", 0}}};
    w.client_host.passwords = {"wrong", "secret"};
    w.server_host.change_password = true;
    w.client_host.hook = [this](ipworksauth_engine* e, const ipworksauth_event& ev) {
      pass_moment();
      if (ev.kind != IPWORKSAUTH_EVENT_NEW_PASSWORD) return false;
      REQUIRE(ipworksauth_engine_answer_new_password(e, "secret", 6, "new", 3) == 0);
      return true;
    };
    w.server_host.hook = [this](ipworksauth_engine*, const ipworksauth_event&) {
      pass_moment();
      return false;
    };
    w.join().tamper = [this](bool, std::vector<std::uint8_t>&) { pass_moment(); };
  }

  bool run(int at) {
    at_ = at;
    return world.run(scene_.feed, static_cast<std::uint32_t>(at + 7)).both_open;
  }

  World world;
  int moments = 0;
  bool started = false;

 private:
  void pass_moment() {
    if (moments++ != at_) return;
    if ((scene_.who & kClient) != 0) start(world.pair->client);
    if ((scene_.who & kServer) != 0) start(world.pair->server);
  }
  void start(const Side& side) {
    const int result = ipworksauth_engine_rekey(side.engine());
    CHECK((result == 0 || result == IPWORKSAUTH_E_STATE));
    started = started || result == 0;
  }

  Scene scene_;
  int at_ = -1;
};

// The server signs once more in each re-exchange.
std::vector<std::string> without_rekeys(const Host& host) {
  std::vector<std::string> out;
  bool signed_once = false;
  for (const std::string& event : host.events) {
    const bool sign = event.rfind("sign", 0) == 0;
    if (event == "renegotiated" || event == "rekeyed" || (sign && signed_once)) continue;
    signed_once = signed_once || sign;
    out.push_back(event);
  }
  return out;
}

void check_every_moment(const Scene& scene) {
  INFO(describe(scene));
  RichLogin plain(scene);
  const bool open = plain.run(-1);
  INFO(plain.world.errors());
  REQUIRE(open);
  REQUIRE(saw(plain.world.client_host, "new-password"));
  REQUIRE(plain.moments > 50);
  int starts = 0;
  for (int at = 0; at < plain.moments; ++at) {
    RichLogin login(scene);
    const bool again = login.run(at);
    INFO("moment " << at << ": " << login.world.errors());
    REQUIRE(again);
    const Side& client = login.world.pair->client;
    const Side& server = login.world.pair->server;
    CHECK(client.facts().rekeys == server.facts().rekeys);
    CHECK(client.facts().rekeys >= (login.started ? 1U : 0U));
    CHECK(client.facts().rekeys <= 2);
    starts += login.started ? 1 : 0;
    CHECK(client.text(IPWORKSAUTH_TEXT_SESSION_ID) == server.text(IPWORKSAUTH_TEXT_SESSION_ID));
    // The host key is the accepted one: nobody is asked again.
    CHECK(count(login.world.client_host, "host-key") == 1);
    CHECK(joined(strand(login.world.client_host, true)) ==
          joined(strand(plain.world.client_host, true)));
    CHECK(joined(without_rekeys(login.world.server_host)) ==
          joined(without_rekeys(plain.world.server_host)));
  }
  CHECK(starts > plain.moments / 2);
}

}  // namespace

TEST_CASE("re-exchange at every moment, strict") {
  for (const Who who : {kClient, kServer, kBoth})
    for (const Feed feed : {Feed::whole, Feed::one_octet, Feed::random_cuts})
      check_every_moment({who, 2, "none", "chacha20-poly1305@openssh.com", 1, feed});
}

TEST_CASE("re-exchange at every moment, not strict") {
  for (const Who who : {kClient, kServer, kBoth})
    for (const char* cipher : {"chacha20-poly1305@openssh.com", "aes128-ctr"})
      check_every_moment({who, 1, "none", cipher, 1, Feed::whole});
}

TEST_CASE("re-exchange at every moment with compression") {
  for (const Who who : {kClient, kServer, kBoth})
    for (const char* compression : {"zlib", "zlib@openssh.com"})
      for (const Feed feed : {Feed::whole, Feed::one_octet})
        check_every_moment({who, 2, compression, "aes128-gcm@openssh.com", 1, feed});
}

TEST_CASE("re-exchange at every moment of a login step by step") {
  for (const Who who : {kClient, kServer, kBoth})
    check_every_moment({who, 2, "none", "aes256-ctr", 2, Feed::whole});
}
