// The rows over libsodium and zlib, and bcrypt_pbkdf, take no heap: every state is in its context.
// malloc and its kin are this program's own here, and count.
#include <cstdio>
#include <cstdlib>

#include "lib/crypto/builtin/bcrypt_pbkdf.hpp"
#include "lib/crypto/providers.hpp"

extern "C" {
void* __libc_malloc(std::size_t len);
void* __libc_calloc(std::size_t count, std::size_t len);
void* __libc_realloc(void* at, std::size_t len);
}

namespace {

unsigned long allocations = 0;

}  // namespace

extern "C" void* malloc(std::size_t len) {
  ++allocations;
  return __libc_malloc(len);
}
extern "C" void* calloc(std::size_t count, std::size_t len) {
  ++allocations;
  return __libc_calloc(count, len);
}
extern "C" void* realloc(void* at, std::size_t len) {
  ++allocations;
  return __libc_realloc(at, len);
}

namespace {

using namespace sshauth;

alignas(16) std::uint8_t context[128 * 1024];
int failures = 0;

// Runs `operation` twice (the library's own start comes with the first) and looks at the second.
template <class Operation>
void expect_none(const char* what, Operation operation) {
  for (int run = 0; run < 2; ++run) {
    std::memset(context, 0, sizeof context);
    const unsigned long before = allocations;
    const bool done = operation();
    const unsigned long took = allocations - before;
    if (run == 0 || (done && took == 0)) continue;
    std::printf("FAILED %s: %s, %lu allocations\n", what, done ? "works" : "does not work", took);
    ++failures;
  }
}

std::uint8_t buffer[4][4096];

bool use(const HashAlg& alg) {
  return alg.init(context) == 1 && alg.update(context, buffer[0], 500) == 1 &&
         alg.finish(context, buffer[1]) == 1;
}
bool use(const MacAlg& alg) {
  return alg.init(context, buffer[0]) == 1 &&
         alg.compute(context, 1, buffer[1], 500, buffer[2]) == 1;
}
bool use(const CipherAlg& alg) {
  return alg.init(context, 1, buffer[0], buffer[0]) == 1 &&
         alg.seal(context, 1, buffer[1], 500, buffer[2]) == 1;
}
bool use(const AgreementAlg& alg) {
  std::size_t len = 0, answer_len = 0, secret_len = 0;
  const Rng& rng = sodium_provider().rng;
  return alg.init(context, &rng, buffer[0], &len) == 1 &&
         alg.respond(context + 65536, &rng, buffer[0], len, buffer[1], &answer_len, buffer[2],
                     &secret_len) == 1 &&
         alg.finish(context, buffer[1], answer_len, buffer[2], &secret_len) == 1;
}
bool use(const CompressionAlg& alg) {
  for (const int compress : {1, 0}) {
    std::memset(context, 0, sizeof context);
    std::size_t len = sizeof buffer[1];
    if (alg.init(context, compress) != 1 ||
        (compress == 1 && alg.run(context, buffer[0], 500, buffer[1], &len) != 1))
      return false;
  }
  return true;
}
// Any seed and key make a signature.
bool use(const SigAlg& alg) {
  ipworksauth_private_key key = {};
  key.pub.first = buffer[0], key.pub.first_len = 32;
  key.d = buffer[1];
  key.d_len = 32;
  std::size_t len = sizeof buffer[3];
  return alg.sign(&key, &sodium_provider().rng, buffer[2], 100, buffer[3], &len) == 1 &&
         alg.verify(&key.pub, buffer[2], 100, buffer[3], len) != 1;
}

template <class Alg>
void expect_none_of(Rows<Alg> rows) {
  for (const Alg* row : rows) {
    expect_none(row->name, [row] { return use(*row); });
    if constexpr (requires { row->wipe; }) row->wipe(context);
  }
}

}  // namespace

int main() {
  const Provider& p = sodium_provider();
  expect_none_of(hashes(p));
  expect_none_of(macs(p));
  expect_none_of(ciphers(p));
  expect_none_of(agreements(p));
  expect_none_of(sigs(p));
  expect_none_of(compressions(p));
  expect_none("bcrypt_pbkdf", [] {
    return bcrypt_pbkdf(Bytes(buffer[0]).first(8), Bytes(buffer[0]).first(16), 1,
                        MutBytes(buffer[1]).first(48));
  });
  // That malloc counts at all: a program that cannot see one would always pass.
  void* volatile at = std::malloc(1);
  std::free(at);
  if (allocations == 0) {
    std::printf("FAILED: malloc is not counted\n");
    ++failures;
  }
  std::printf("%d failures\n", failures);
  return failures == 0 ? 0 : 1;
}
