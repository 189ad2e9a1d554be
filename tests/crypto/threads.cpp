// Rows from several threads at once, each on its own contexts: same results, and no race that
// ThreadSanitizer can see. libsodium's own start happens inside.
#include <catch2/catch.hpp>
#include <thread>

#include "support.hpp"
#include "test_keys.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

// One of everything that a login does; false where something came out wrong.
bool login_work(const Provider& p, const KeyPair& key, unsigned seed) {
  const Octets text(100 + seed, static_cast<std::uint8_t>(seed));
  const AgreementAlg& x25519 = *find(agreements(p), "x25519");
  Initiator initiator(x25519, p.rng);
  const auto answer = respond(x25519, p.rng, initiator.value());
  if (!answer || initiator.finish(answer->value) != answer->secret) return false;
  const SigAlg& ed25519 = *find(sigs(p), "ssh-ed25519");
  const auto signature = sign(ed25519, key, p.rng, text);
  if (!signature || !verify(ed25519, key, text, *signature)) return false;
  const auto digest = hash(*find(hashes(p), "sha512"), text);
  if (!digest) return false;
  const CipherAlg& cipher = *find(ciphers(p), "chacha20-poly1305@openssh.com");
  Direction out(cipher, true, *digest, {}), in(cipher, false, *digest, {});
  Octets packet = text;
  const auto tag = mac(*find(macs(p), "hmac-sha2-256"), *digest, seed, text);
  return tag && out.seal(seed, packet) && in.open(seed, packet) &&
         same_bytes(Bytes(packet).subspan(4), Bytes(text).subspan(4));
}

}  // namespace

TEST_CASE("rows work in several threads at once") {
  const KeyPair key = new_key("ssh-ed25519");
  std::array<bool, 6> good{};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < good.size(); ++t)
    threads.emplace_back([&key, &good, t] {
      const Provider& p = *all_providers()[t % 3];
      bool all = true;
      for (unsigned i = 0; i < 20; ++i) all = all && login_work(p, key, t * 20 + i);
      good[t] = all;
    });
  for (std::thread& thread : threads) thread.join();
  for (const bool each : good) CHECK(each);
}
