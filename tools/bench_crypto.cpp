// bench_crypto: what each row costs, provider beside provider. Run by tools/bench_crypto.py, which
// puts instruction counts beside the times.
//
//   bench_crypto            operation, provider, nanoseconds (the least of several batches)
//   bench_crypto --count    the same operations, ten times each inside bench_measured, untimed:
//                           what callgrind counts there is the cost of ten
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "lib/crypto/providers.hpp"

namespace {

using namespace sshauth;
using Operation = std::function<bool()>;

constexpr int kCounted = 10;

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "bench_crypto: %s failed\n", what);
  std::exit(1);
}

}  // namespace

// By name, so that callgrind can be told where to count.
extern "C" __attribute__((noinline)) void bench_measured(const Operation& operation, int times) {
  for (int i = 0; i < times; ++i)
    if (!operation()) die("an operation");
}

namespace {

// A context for as long as the program runs an operation.
template <class Alg>
struct Held {
  explicit Held(const Alg& row) : alg(row), octets(row.ctx_len + 16) {}
  void* ctx() {
    const auto at = reinterpret_cast<std::uintptr_t>(octets.data());
    return octets.data() + (16 - at % 16) % 16;
  }
  void clear() {
    alg.wipe(ctx());
    std::fill(octets.begin(), octets.end(), std::uint8_t{0});
  }
  const Alg& alg;
  std::vector<std::uint8_t> octets;
};

struct Bench {
  bool count = false;

  void operator()(const std::string& name, const char* provider, const Operation& operation) const {
    for (int i = 0; i < 3; ++i)
      if (!operation()) die(name.c_str());
    if (count) {
      bench_measured(operation, kCounted);
      std::printf("%s\t%s\t%d\n", name.c_str(), provider, kCounted);
    } else {
      std::printf("%s\t%s\t%.0f\n", name.c_str(), provider, nanoseconds(operation));
    }
    std::fflush(stdout);
  }

  static double nanoseconds(const Operation& operation) {
    using Clock = std::chrono::steady_clock;
    double best = 1e18;
    int times = 1;
    for (int batch = 0; batch < 12; ++batch) {
      const auto from = Clock::now();
      bench_measured(operation, times);
      const std::chrono::duration<double, std::nano> took = Clock::now() - from;
      best = std::min(best, took.count() / times);
      times = std::clamp(static_cast<int>(4e6 / best), 1, 100000);
    }
    return best;
  }
};

void bench_hash(const Bench& bench, const char* provider, const HashAlg& alg) {
  for (const std::size_t len : {100, 1600}) {
    Held<HashAlg> held(alg);
    const std::vector<std::uint8_t> in(len, 7);
    std::array<std::uint8_t, 64> out{};
    bench(std::string(alg.name) + " " + std::to_string(len), provider, [&] {
      const bool done = alg.init(held.ctx()) == 1 &&
                        alg.update(held.ctx(), in.data(), in.size()) == 1 &&
                        alg.finish(held.ctx(), out.data()) == 1;
      held.clear();
      return done;
    });
  }
}

void bench_mac(const Bench& bench, const char* provider, const MacAlg& alg) {
  Held<MacAlg> held(alg);
  const std::vector<std::uint8_t> key(alg.key_len, 7), in(64, 9);
  std::array<std::uint8_t, 64> out{};
  bench(std::string(alg.name) + " key", provider, [&] {
    held.clear();
    return alg.init(held.ctx(), key.data()) == 1;
  });
  bench(std::string(alg.name) + " 64", provider,
        [&] { return alg.compute(held.ctx(), 1, in.data(), in.size(), out.data()) == 1; });
  held.clear();
}

void bench_aead(const Bench& bench, const char* provider, const CipherAlg& alg) {
  Held<CipherAlg> held(alg);
  const std::vector<std::uint8_t> key(alg.key_len, 7), iv(alg.iv_len + 1, 8);
  std::vector<std::uint8_t> packet(32768 + 4, 9);
  std::array<std::uint8_t, 16> tag{};
  bench(std::string(alg.name) + " key", provider, [&] {
    held.clear();
    return alg.init(held.ctx(), 1, key.data(), iv.data()) == 1;
  });
  for (const std::size_t len : {64, 1024, 32768})
    bench(std::string(alg.name) + " seal " + std::to_string(len), provider,
          [&, len] { return alg.seal(held.ctx(), 1, packet.data(), len + 4, tag.data()) == 1; });
  held.clear();
}

void bench_agreement(const Bench& bench, const char* provider, const Rng& rng,
                     const AgreementAlg& alg) {
  Held<AgreementAlg> held(alg), other(alg);
  std::vector<std::uint8_t> value(alg.init_len), answer(alg.reply_len), secret(alg.secret_len);
  std::size_t value_len = 0, answer_len = 0, len = 0;
  bench(std::string(alg.name) + " init", provider, [&] {
    held.clear();
    return alg.init(held.ctx(), &rng, value.data(), &value_len) == 1;
  });
  bench(std::string(alg.name) + " respond", provider, [&] {
    other.clear();
    return alg.respond(other.ctx(), &rng, value.data(), value_len, answer.data(), &answer_len,
                       secret.data(), &len) == 1;
  });
  bench(std::string(alg.name) + " finish", provider, [&] {
    return alg.finish(held.ctx(), answer.data(), answer_len, secret.data(), &len) == 1;
  });
  held.clear();
}

// Ed25519 is the one signature that both libraries have; its numbers are RFC 8032's first test.
constexpr std::uint8_t kSeed[32] = {
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
    0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};
constexpr std::uint8_t kPublic[32] = {
    0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
    0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a};

void bench_ed25519(const Bench& bench, const char* provider, const Rng& rng, const SigAlg& alg) {
  ipworksauth_private_key key = {};
  key.pub.first = kPublic, key.pub.first_len = sizeof kPublic;
  key.d = kSeed;
  key.d_len = sizeof kSeed;
  const std::vector<std::uint8_t> message(200, 5);
  std::array<std::uint8_t, 64> signature{};
  bench(std::string(alg.name) + " sign", provider, [&] {
    std::size_t len = signature.size();
    return alg.sign(&key, &rng, message.data(), message.size(), signature.data(), &len) == 1;
  });
  bench(std::string(alg.name) + " verify", provider, [&] {
    return alg.verify(&key.pub, message.data(), message.size(), signature.data(),
                      signature.size()) == 1;
  });
}

void bench_provider(const Bench& bench, const Provider& p) {
  for (const HashAlg* row : hashes(p)) bench_hash(bench, p.name, *row);
  for (const MacAlg* row : macs(p))
    if (row->etm == 0) bench_mac(bench, p.name, *row);
  for (const CipherAlg* row : ciphers(p))
    if (row->tag_len != 0) bench_aead(bench, p.name, *row);
  for (const AgreementAlg* row : agreements(p)) bench_agreement(bench, p.name, p.rng, *row);
  bench_ed25519(bench, p.name, p.rng, *find(sigs(p), "ssh-ed25519"));
  std::array<std::uint8_t, 32> random{};
  bench("random 32", p.name, [&] { return fill_random(p.rng, random); });
}

}  // namespace

int main(int argc, char** argv) {
  Bench bench;
  if (argc == 2 && std::strcmp(argv[1], "--count") == 0)
    bench.count = true;
  else if (argc != 1) {
    std::fprintf(stderr, "usage: bench_crypto [--count]; see tools/bench_crypto.py\n");
    return 2;
  }
  bench_provider(bench, openssl_provider());
  bench_provider(bench, sodium_provider());
}
