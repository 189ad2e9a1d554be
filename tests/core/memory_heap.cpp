// The engine takes nothing from the heap after its creation, nor before: its block is all it has.
#include <sodium.h>
#include <catch2/catch.hpp>

#include "tests/core/memory_count.hpp"
#include "tests/core/memory_world.hpp"

using namespace sshauth;
using namespace sshauth::test;

TEST_CASE("the counter counts") {
  const HeapCount heap;
  // Volatile: a compiler may leave out what nobody looks at.
  int* volatile taken = new int(7);
  delete taken;
  void* volatile more = std::malloc(100);
  std::free(more);
  CHECK(heap.taken() >= 2);
}

TEST_CASE("no heap from creation to destroy, with the provider over libsodium") {
  REQUIRE(sodium_init() >= 0);  // once in a process, and it opens a file
  for (const LoginKind& kind : login_kinds()) {
    if (kind.provider != sodium_provider) continue;
    for (const std::size_t trace : {0U, 10'000U}) {
      MemoryWorld w(kind, false);
      w.client.trace_len = w.server.trace_len = trace;
      w.client.trace_octets = w.server.trace_octets = 1;
      BenchLogin& login = w.join();
      std::size_t taken = 0;
      bool open = false;
      {
        const HeapCount heap;
        if (login.create() == 0) {
          login.run();
          ipworksauth_engine_rekey(login.client());
          login.run();
          ipworksauth_engine_rekey(login.server());
          login.run();
          open = login.client_open() && login.server_open();
          ipworksauth_engine_disconnect(login.client(), 11, "bye");
          login.run();
        }
        login.destroy();
        taken = heap.taken();
      }
      INFO(kind.name);
      CHECK(open);
      CHECK(taken == 0);
    }
  }
}
