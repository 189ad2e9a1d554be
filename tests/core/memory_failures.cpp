// A provider that fails at its nth call, for every n: the login ends in an error, no success is
// reported by the side that failed, no secret stays in a block and no context is left alive.
#include <catch2/catch.hpp>

#include "tests/core/memory_world.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

struct Failure {
  unsigned slot;
  std::uint64_t at;
  int with;
  bool after;
  bool rekey;  // the server asks for new keys in the middle
};

// A flight after the client's first request has arrived.
struct Middle {
  int flight = 0;
  static void rekey(BenchLogin& login, void* context) {
    if (static_cast<Middle*>(context)->flight++ == 5) ipworksauth_engine_rekey(login.server());
  }
};

int error_of(ipworksauth_engine* e) {
  ipworksauth_engine_error_info info{};
  REQUIRE(ipworksauth_engine_error(e, &info) == 0);
  CHECK((info.code == 0) == (*info.text == '\0'));
  return info.code;
}

// False when the login has no such call.
bool check_failure(const LoginKind& kind, const Failure& f) {
  MemoryWorld w(kind);
  Watch& failing = watch(f.slot);
  failing.fail_at = f.at;
  failing.fail_with = f.with;
  failing.fail_after = f.after;
  BenchLogin& login = w.join();
  Middle middle;
  login.at_flight = f.rekey ? Middle::rekey : nullptr;
  login.context = &middle;
  const int made = login.create();
  if (made == 0) login.run();
  INFO(kind.name << ", side " << f.slot << ", call " << f.at << " of kind "
                 << static_cast<int>(failing.failed_what) << " fails with " << f.with
                 << (f.after ? " after its work" : "") << (f.rekey ? ", with a re-exchange" : ""));
  if (!failing.failed) {
    CHECK(login.client_open());
    CHECK(login.server_open());
    return false;
  }
  CHECK_FALSE((f.slot == 0 ? login.client_open() : login.server_open()));
  if (made == 0) {
    // Both ended; the one that failed knows why, the other was told or lost the connection.
    CHECK(error_of(login.client()) <= -100);
    CHECK(error_of(login.server()) <= -100);
    ipworksauth_engine_facts facts{};
    for (ipworksauth_engine* e : {login.client(), login.server()}) {
      REQUIRE(ipworksauth_engine_get_facts(e, &facts) == 0);
      CHECK(facts.stage == IPWORKSAUTH_STAGE_ENDED);
      CHECK(facts.question == 0);
    }
  } else {
    CHECK(made <= -200);
    CHECK(login.client() == nullptr);
  }
  CHECK(w.found(0, true) == "");
  CHECK(w.found(1, true) == "");
  login.destroy();
  for (const unsigned slot : {0U, 1U}) {
    CHECK(watch(slot).living.empty());
    CHECK_FALSE(watch(slot).started_twice);
  }
  return true;
}

}  // namespace

TEST_CASE("every call of the provider may fail") {
  // Anything but 1 is failure (provider.h).
  constexpr int kWith[] = {0, -1, 2};
  for (const LoginKind& kind : login_kinds()) {
    for (const unsigned slot : {0U, 1U}) {
      for (const bool after : {false, true}) {
        std::uint64_t at = 1;
        while (check_failure(kind, {slot, at, kWith[at % 3], after, false})) ++at;
        INFO(kind.name);
        CHECK(at > 40);
      }
    }
  }
}

TEST_CASE("every call of the provider may fail in a re-exchange before success") {
  for (const LoginKind& kind : login_kinds()) {
    if (std::string_view(kind.methods) != "keyboard-interactive") continue;  // the longest
    for (const unsigned slot : {0U, 1U}) {
      std::uint64_t at = 1;
      while (check_failure(kind, {slot, at, 0, at % 2 == 0, true})) ++at;
      INFO(kind.name);
      CHECK(at > 60);
    }
  }
}
