// A re-exchange that chooses a cipher of another kind: the packets behind NEWKEYS are protected as
// it says, in both roles, from every kind to every other.
#include <catch2/catch.hpp>

#include "tests/core/loopback_world.hpp"
#include "tests/core/misbehave.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

struct Kind {
  const char* cipher;
  const char* mac;
};
constexpr Kind kKinds[] = {
    {"chacha20-poly1305@openssh.com", "hmac-sha2-256"},
    {"aes256-gcm@openssh.com", "hmac-sha2-256"},
    {"aes128-ctr", "hmac-sha2-256"},
    {"aes128-ctr", "umac-64-etm@openssh.com"},
    {"aes256-cbc", "hmac-sha1-96"},
    {"3des-cbc", "hmac-sha2-512-etm@openssh.com"},
    {"3des-ctr", "hmac-md5"},
    {"arcfour256", "hmac-sha2-512-96"},
    {"cast128-cbc", "hmac-ripemd160"},
};
// What the engine is willing to use.
constexpr const char* kCiphers =
    "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-ctr,aes256-cbc,3des-cbc,3des-ctr,"
    "arcfour256,cast128-cbc";
constexpr const char* kMacs =
    "hmac-sha2-256,umac-64-etm@openssh.com,hmac-sha1-96,hmac-sha2-512-etm@openssh.com,hmac-md5,"
    "hmac-sha2-512-96,hmac-ripemd160";

Ways ways_for(bool client, const Kind& kind) {
  const Identity& key = key_of("ssh-ed25519", 100);
  Ways ways;
  ways.server = client;
  ways.host_key.assign(key.public_blob().begin(), key.public_blob().end());
  ways.private_key = key.private_key();
  ways.ciphers = kind.cipher;
  ways.macs = kind.mac;
  return ways;
}

// An engine and a peer that have exchanged keys for one kind.
struct Scene {
  Scene(bool as_client, const Kind& kind)
      : client(as_client),
        setup(fastest_provider(), as_client ? IPWORKSAUTH_CLIENT : IPWORKSAUTH_SERVER) {
    setup.config.ciphers = kCiphers;
    setup.config.macs = kMacs;
    duel = std::make_unique<Duel>(setup.config, fastest_provider(), ways_for(as_client, kind));
    duel->peer.identify();
    duel->carry();
    exchange();
  }
  void exchange() {
    duel->peer.kexinit();
    duel->carry();
    (client ? duel->peer.kex_reply() : duel->peer.kex_init());
    if (!client) duel->carry();
    duel->peer.newkeys();
    duel->carry();
  }
  void change_to(const Kind& kind) {
    duel->peer.ways.ciphers = kind.cipher;
    duel->peer.ways.macs = kind.mac;
    exchange();
  }
  // Both sides say something, and both understand it.
  void talk() {
    duel->peer.heard.clear();
    if (client) {
      duel->peer.say(ServiceAccept{"ssh-userauth"});
      duel->peer.say(UserauthSuccess{});
      duel->peer.say(GlobalRequest{"keepalive@openssh.com", true, {}});
    } else {
      duel->peer.say(ServiceRequest{"ssh-userauth"});
    }
    duel->carry();
    INFO(duel->subject.why() << duel->peer.broken);
    REQUIRE(duel->subject.ended().empty());
    REQUIRE(duel->peer.broken.empty());
    REQUIRE_FALSE(duel->peer.heard.empty());
  }
  std::string cipher() const { return duel->subject.text(IPWORKSAUTH_TEXT_CIPHER_S2C); }

  bool client;
  Setup setup;
  std::unique_ptr<Duel> duel;
};

}  // namespace

TEST_CASE("a re-exchange goes from every kind of protection to every other") {
  for (const bool client : {true, false})
    for (const Kind& from : kKinds)
      for (const Kind& to : kKinds) {
        INFO((client ? "client, " : "server, ")
             << from.cipher << " " << from.mac << " to " << to.cipher << " " << to.mac);
        Scene s(client, from);
        REQUIRE(s.cipher() == from.cipher);
        s.change_to(to);
        CHECK(s.cipher() == to.cipher);
        CHECK(s.duel->subject.facts().rekeys == 1);
        s.talk();
      }
}
