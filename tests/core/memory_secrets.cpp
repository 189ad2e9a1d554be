// What stays behind in an engine's block: after success neither password nor private key nor shared
// secret, after the end no session key either, after destroy nothing at all.
#include <catch2/catch.hpp>

#include "tests/core/memory_world.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

// A compressor that works before authentication remembers what went through it; that is how it
// compresses. It is wiped at the end like the keys.
bool remembers(const LoginKind& kind) { return std::string_view(kind.compressions) == "zlib"; }

void check_nothing_left(MemoryWorld& w) {
  CHECK(w.found(0, true) == "");
  CHECK(w.found(1, true) == "");
}

void spoil(MemoryWorld& w, unsigned side) {
  ipworksauth_engine* const e = side == 0 ? w.login->client() : w.login->server();
  const std::vector<std::uint8_t> noise(400, 0xa5);
  std::size_t used = 0;
  CHECK(ipworksauth_engine_receive(e, noise.data(), noise.size(), &used) == 0);
}

}  // namespace

TEST_CASE("the search finds what is there") {
  MemoryWorld w(login_kinds()[0]);
  BenchLogin& login = w.join();
  REQUIRE(login.create() == 0);
  login.run();
  REQUIRE(login.client_open());
  // libsodium's cipher has its key in its context, which is in the block.
  CHECK(w.found(0, true).find("key-of-64") != std::string::npos);
  CHECK(w.found(1, true).find("key-of-64") != std::string::npos);
  const MutBytes block = w.block(0);
  copy_bytes(block.data() + block.size() - 64, as_bytes(kPassword));
  CHECK(w.found(0, false) == " password");
}

TEST_CASE("after success: no password, no private key, no shared secret") {
  for (const LoginKind& kind : login_kinds()) {
    INFO(kind.name);
    MemoryWorld w(kind);
    BenchLogin& login = w.join();
    REQUIRE(login.create() == 0);
    login.run();
    REQUIRE(login.client_open());
    REQUIRE(login.server_open());
    if (!remembers(kind)) {
      CHECK(w.found(0, false) == "");
      CHECK(w.found(1, false) == "");
    }
    for (const unsigned slot : {0U, 1U}) {
      REQUIRE(watch(slot).shared_secrets.size() == 1);
      for (const unsigned side : {0U, 1U})
        CHECK_FALSE(w.holds(side, watch(slot).shared_secrets[0]));
    }
  }
}

TEST_CASE("after a re-exchange: none of the keys before it") {
  for (const LoginKind& kind : login_kinds()) {
    INFO(kind.name);
    MemoryWorld w(kind);
    BenchLogin& login = w.join();
    REQUIRE(login.create() == 0);
    login.run();
    REQUIRE(login.client_open());
    const std::size_t before[2] = {watch(0).secrets.size(), watch(1).secrets.size()};
    REQUIRE(ipworksauth_engine_rekey(login.client()) == 0);
    login.run();
    ipworksauth_engine_facts facts{};
    ipworksauth_engine_get_facts(login.server(), &facts);
    REQUIRE(facts.rekeys == 1);
    for (const unsigned side : {0U, 1U}) {
      REQUIRE(before[side] > 2);
      for (std::size_t i = 0; i < before[side]; ++i)
        CHECK_FALSE(w.holds(side, watch(side).secrets[i]));
    }
  }
}

TEST_CASE("after the end, however it came: nothing") {
  for (const LoginKind& kind : login_kinds()) {
    INFO(kind.name);
    for (int way = 0; way < 4; ++way) {
      INFO("way " << way);
      MemoryWorld w(kind);
      BenchLogin& login = w.join();
      REQUIRE(login.create() == 0);
      login.run();
      REQUIRE(login.client_open());
      if (way == 0) ipworksauth_engine_disconnect(login.client(), 11, nullptr);
      if (way == 1) ipworksauth_engine_disconnect(login.server(), 11, nullptr);
      if (way >= 2) spoil(w, static_cast<unsigned>(way - 2));
      login.run();
      check_nothing_left(w);
      login.destroy();
      // Whatever was written was wiped.
      for (const unsigned side : {0U, 1U}) {
        std::size_t left = 0;
        for (const std::uint8_t octet : w.block(side))
          left += octet != 0 && octet != kUntouched ? 1 : 0;
        CHECK(left == 0);
      }
      CHECK(watch(0).living.empty());
      CHECK(watch(1).living.empty());
    }
  }
}

namespace {

// Ends one side, or asks it for new keys, when the nth flight is due.
struct Interruption {
  int at, flight = 0;
  unsigned side;
  bool rekey;  // the other side asks for new keys, a flight before the end
  static void now(BenchLogin& login, void* context) {
    auto& self = *static_cast<Interruption*>(context);
    ipworksauth_engine* const e = self.side == 0 ? login.client() : login.server();
    if (self.rekey && self.flight + 1 == self.at) ipworksauth_engine_rekey(e);
    if (self.flight++ == self.at) ipworksauth_engine_disconnect(e, 11, nullptr);
  }
};

}  // namespace

TEST_CASE("an end in the middle: nothing is left, whatever was on its way") {
  for (const LoginKind& kind : login_kinds()) {
    for (const unsigned side : {0U, 1U}) {
      for (const bool rekey : {false, true}) {
        for (int at = 0;; ++at) {
          MemoryWorld w(kind);
          BenchLogin& login = w.join();
          REQUIRE(login.create() == 0);
          Interruption when{at, 0, side, rekey};
          login.at_flight = Interruption::now;
          login.context = &when;
          login.run();
          if (when.flight <= at) break;
          login.run();  // when the last flight was the one
          INFO(kind.name << ", side " << side << ", flight " << at << ", rekey " << rekey);
          check_nothing_left(w);
          login.destroy();
          CHECK(watch(0).living.empty());
          CHECK(watch(1).living.empty());
        }
      }
    }
  }
}

TEST_CASE("responses that cannot be sent leave nothing behind") {
  World w;
  w.client.methods = "keyboard-interactive";
  w.server_host.rounds = {std::vector<ipworksauth_prompt>(64, {"?", 0})};
  bool asked = false;
  std::string block;
  w.client_host.hook = [&](ipworksauth_engine* e, const ipworksauth_event& ev) {
    if (ev.kind != IPWORKSAUTH_EVENT_PROMPTS) return false;
    asked = true;
    std::vector<std::uint8_t> text(4096, 'x');
    copy_bytes(text.data(), as_bytes(kPassword));
    const std::vector<ipworksauth_octets> all(64, {text.data(), text.size()});
    CHECK(ipworksauth_engine_answer_prompts(e, all.data(), all.size()) == IPWORKSAUTH_E_ARGUMENT);
    // The engine is the beginning of its block.
    const std::size_t len = ipworksauth_engine_size(&w.client);
    block.assign(reinterpret_cast<const char*>(e), len);
    return false;
  };
  w.run();
  REQUIRE(asked);
  CHECK(block.find(kPassword) == std::string::npos);
}
