// libcrypto's memory, each allocation refused in turn: a row then fails, or works all the same, but
// never says yes to what is wrong (CVE-2025-26465 was a check that an allocation failure turned
// into a yes).
//
// A program of its own: libcrypto's memory functions can be set only before its first use.
#include <openssl/crypto.h>

#include <cstdio>

#include "support.hpp"
#include "test_keys.hpp"

namespace sshauth::test {
namespace {

// Of libcrypto's memory: how much was taken, and which one (from 1) is refused; 0 refuses none.
long taken = 0;
long refuse_at = 0;

bool refused() { return ++taken == refuse_at; }

void* take(std::size_t len, const char*, int) { return refused() ? nullptr : std::malloc(len); }
void* take_again(void* at, std::size_t len, const char*, int) {
  return refused() ? nullptr : std::realloc(at, len);
}
void give_back(void* at, const char*, int) { std::free(at); }

int failures = 0;

void expect(bool good, const char* what, const char* row, long n) {
  if (good) return;
  std::printf("FAILED %s: %s, allocation %ld refused\n", row, what, n);
  ++failures;
}

// Runs `operation` with the first, the second ... allocation refused until one run needs no more.
// It tells whether it succeeded; a run in which nothing was refused has to.
template <class Operation>
void sweep(const char* what, const char* row, Operation operation) {
  for (long n = 1; n < 2000; ++n) {
    taken = 0;
    refuse_at = n;
    const bool done = operation();
    refuse_at = 0;
    if (taken < n) return expect(done, what, row, n);
  }
  expect(false, "takes memory without end", row, 0);
}

void sweep_signatures(const Provider& p) {
  for (const SigAlg* alg : sigs(p)) {
    if (alg->sign == nullptr) continue;
    const KeyPair key = new_key(alg->key_type);
    const Octets message(64, 3), other(64, 4);
    const Octets good = *sign(*alg, key, p.rng, message);
    sweep("verify", alg->name, [&] { return verify(*alg, key, message, good); });
    sweep("verify refuses", alg->name, [&] {
      const bool yes = verify(*alg, key, other, good);
      expect(!yes, "a wrong signature verified", alg->name, taken);
      return !yes;
    });
    sweep("sign", alg->name, [&] {
      const auto made = sign(*alg, key, p.rng, message);
      const long at = refuse_at;
      refuse_at = 0;
      const long counted = taken;
      if (made) expect(verify(*alg, key, message, *made), "a wrong signature made", alg->name, at);
      taken = counted;
      return made.has_value();
    });
  }
}

void sweep_agreements(const Provider& p) {
  for (const AgreementAlg* alg : agreements(p)) {
    Initiator own(*alg, p.rng);
    const Agreed answer = *respond(*alg, p.rng, own.value());
    sweep("init", alg->name, [&] { return Initiator(*alg, p.rng).ok(); });
    sweep("finish", alg->name, [&] {
      const auto secret = own.finish(answer.value);
      if (secret) expect(*secret == answer.secret, "a wrong secret", alg->name, taken);
      return secret.has_value();
    });
    sweep("respond", alg->name, [&] { return respond(*alg, p.rng, own.value()).has_value(); });
    sweep("finish refuses", alg->name, [&] {
      const bool yes = own.finish(Octets(answer.value.size(), 0)).has_value();
      expect(!yes, "a wrong value taken", alg->name, taken);
      return !yes;
    });
  }
}

void sweep_symmetric(const Provider& p) {
  for (const HashAlg* alg : hashes(p)) {
    const Octets expected = *hash(*alg, octets("abc"));
    sweep("hash", alg->name, [&] {
      const auto made = hash(*alg, octets("abc"));
      if (made) expect(*made == expected, "a wrong hash", alg->name, taken);
      return made.has_value();
    });
  }
  for (const MacAlg* alg : macs(p)) {
    const Octets key(64, 1), expected = *mac(*alg, key, 1, octets("abc"));
    sweep("mac", alg->name, [&] {
      const auto made = mac(*alg, key, 1, octets("abc"));
      if (made) expect(*made == expected, "a wrong MAC", alg->name, taken);
      return made.has_value();
    });
  }
  for (const CipherAlg* alg : ciphers(p)) {
    if (alg->tag_len == 0) continue;
    const Octets key(64, 1), iv(12, 2);
    Octets sealed(36, 3);
    if (!Direction(*alg, true, key, iv).seal(1, sealed)) return expect(false, "seal", alg->name, 0);
    sweep("open", alg->name, [&] {
      Direction in(*alg, false, key, iv);
      Octets packet = sealed;
      return in.ok() && in.open(1, packet);
    });
    sweep("open refuses", alg->name, [&] {
      Direction in(*alg, false, key, iv);
      Octets packet = sealed;
      packet.back() ^= 1;
      const bool yes = in.ok() && in.open(1, packet);
      expect(!yes, "a wrong tag taken", alg->name, taken);
      return !yes;
    });
  }
}

}  // namespace
}  // namespace sshauth::test

int main() {
  using namespace sshauth::test;
  if (CRYPTO_set_mem_functions(take, take_again, give_back) != 1) {
    std::printf("skipped: this libcrypto does not let its memory functions be set\n");
    return 77;
  }
  sweep_symmetric(sshauth::openssl_provider());
  sweep_agreements(sshauth::openssl_provider());
  sweep_signatures(sshauth::openssl_provider());
  std::printf("%d failures\n", failures);
  return failures == 0 ? 0 : 1;
}
