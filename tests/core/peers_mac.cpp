// The engine under real keys, with a peer whose packets were changed on their way: nothing of them
// is worked on, the error is the integrity check's, and the DISCONNECT that leaves can be read.
#include <catch2/catch.hpp>

#include "tests/core/loopback_world.hpp"
#include "tests/core/misbehave.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

struct Pick {
  const char* cipher;
  const char* mac;
};
constexpr Pick kPicks[] = {
    {"chacha20-poly1305@openssh.com", "hmac-sha2-256"},
    {"aes256-gcm@openssh.com", "hmac-sha2-256"},
    {"aes128-gcm@openssh.com", "hmac-sha2-256"},
    {"aes128-ctr", "hmac-sha2-256"},
    {"aes256-ctr", "hmac-sha2-512"},
    {"aes192-ctr", "hmac-sha2-256-etm@openssh.com"},
    {"aes256-ctr", "hmac-sha2-512-etm@openssh.com"},
    {"aes128-cbc", "hmac-sha1"},
    {"3des-cbc", "hmac-sha2-256-etm@openssh.com"},
    {"3des-ctr", "hmac-md5-96"},
    {"arcfour128", "umac-64@openssh.com"},
};

// A client with a password request outstanding, and a server that can answer it.
struct Login {
  explicit Login(const Pick& pick) : setup(fastest_provider(), IPWORKSAUTH_CLIENT) {
    setup.config.ciphers = pick.cipher;
    setup.config.macs = pick.mac;
    const Identity& key = key_of("ssh-ed25519", 100);
    Ways ways;
    ways.host_key.assign(key.public_blob().begin(), key.public_blob().end());
    ways.private_key = key.private_key();
    ways.ciphers = pick.cipher;
    ways.macs = pick.mac;
    duel = std::make_unique<Duel>(setup.config, fastest_provider(), ways);
    duel->peer.identify();
    duel->carry();
    duel->peer.kexinit();
    duel->carry();
    duel->peer.kex_reply();
    duel->peer.newkeys();
    duel->peer.say(ServiceAccept{"ssh-userauth"});
    duel->carry();
    duel->outcome();
  }
  Setup setup;
  std::unique_ptr<Duel> duel;
};

}  // namespace

TEST_CASE(
    "a changed octet of any packet under real keys ends the login, and SUCCESS is not believed") {
  for (const Pick& pick : kPicks) {
    std::size_t len = 1;
    for (std::size_t at = 0; at < len; ++at) {
      Login login(pick);
      Duel& d = *login.duel;
      d.peer.say(UserauthSuccess{});
      Octets packet = d.peer.take();
      len = packet.size();
      packet[at] ^= static_cast<std::uint8_t>(1U << at % 8);
      packet.resize(40'000);  // the length may have become a longer one
      d.subject.hear(packet);
      d.carry();
      INFO(pick.cipher << " " << pick.mac << ", octet " << at << " of " << len << ": "
                       << d.subject.why());
      CHECK_FALSE(d.subject.has("authenticated"));
      REQUIRE(d.peer.broken.empty());
      REQUIRE(d.peer.heard.size() == 1);
      Disconnect bye;
      REQUIRE(decode(d.peer.heard[0], bye) == Errc::ok);
      // RFC 4253 §11.1: 5 is MAC error, 2 protocol error: the length that travels in the clear.
      const bool clear_length = at < 4 && d.subject.ended() == "bad_length";
      CHECK(bye.reason == (clear_length ? 2U : 5U));
      CHECK(d.subject.ended() == (clear_length ? "bad_length" : "bad_mac"));
    }
    Login untouched(pick);
    untouched.duel->peer.say(UserauthSuccess{});
    untouched.duel->carry();
    CHECK(untouched.duel->subject.has("authenticated"));
  }
}

// Prefix truncation (CVE-2023-48795): a packet that is taken away from behind the keys is missed.
TEST_CASE("a packet that was taken away, repeated or moved under real keys ends the login") {
  enum class What { away, twice, moved };
  for (const Pick& pick : kPicks) {
    for (const What what : {What::away, What::twice, What::moved}) {
      Login login(pick);
      Duel& d = *login.duel;
      d.peer.say(Ignore{as_bytes("some chaff that has a length of its own")});
      const Octets first = d.peer.take();
      d.peer.say(UserauthSuccess{});
      const Octets second = d.peer.take();
      Octets sent;
      const auto add = [&sent](const Octets& o) { sent.insert(sent.end(), o.begin(), o.end()); };
      if (what == What::twice) add(first), add(first);
      if (what != What::twice) add(second);
      if (what == What::moved) add(first);
      sent.resize(40'000);
      d.subject.hear(sent);
      d.carry();
      INFO(pick.cipher << " " << pick.mac << ", " << static_cast<int>(what));
      CHECK_FALSE(d.subject.has("authenticated"));
      CHECK(d.subject.ended() == "bad_mac");
    }
  }
}
