// bench_login: what one authentication costs, and what the same primitives cost alone. Run by
// tools/measure.sh under callgrind, which counts the functions bench_client, bench_server (the
// engines) and bench_primitives by name.
//
//   bench_login login SUITE METHOD TIMES       TIMES logins of both engines in memory
//   bench_login primitives SUITE METHOD TIMES  the calls that the client's provider saw in one of
//                                              them, without an engine, TIMES times
//   bench_login both-primitives ...            those that both providers saw
//
//   bench_login heap SUITE METHOD              heap allocations of one login
//
// A KEX behind TIMES names another method than curve25519-sha256; else each login is that,
// ssh-ed25519, chacha20-poly1305@openssh.com. SUITE: the provider, fastest, sodium or openssl.
// METHOD: publickey, password.
#include <sodium.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "lib/crypto/providers.hpp"
#include "lib/keys/generate.hpp"
#include "tools/bench_login_pair.hpp"
#include "tools/bench_login_watch.hpp"

using namespace sshauth;

extern "C" __attribute__((noinline)) bool bench_primitives(Replay& replay) noexcept {
  return replay.run();
}

// glibc's own functions under these names; ours count and pass on, for every library.
extern "C" {
void* __libc_malloc(std::size_t len);
void* __libc_calloc(std::size_t num, std::size_t len);
void* __libc_realloc(void* at, std::size_t len);
}

namespace {

std::size_t taken = 0;

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "bench_login: %s\n", what.c_str());
  std::exit(1);
}

Identity make_key() {
  KeyResult made = generate_identity("ssh-ed25519");
  if (!made.ok()) die("no key could be made");
  return std::move(*made);
}

const Provider& provider_of(const std::string& suite) {
  if (suite == "fastest") return fastest_provider();
  if (suite == "sodium") return sodium_provider();
  if (suite == "openssl") return openssl_provider();
  die("no suite " + suite);
}

ipworksauth_identity as_row(const Identity& key) {
  return {key.public_blob().data(), key.public_blob().size(), nullptr, 0};
}

class Bench {
 public:
  Bench(const Provider& client, const Provider& server, const char* method, const char* kex)
      : host_key_(make_key()), user_key_(make_key()) {
    host_row_ = as_row(host_key_);
    user_row_ = as_row(user_key_);
    client_.role = IPWORKSAUTH_CLIENT;
    client_.provider = &client;
    client_.user = "alice";
    client_.methods = method;
    client_.identities = &user_row_;
    client_.num_identities = 1;
    server_.role = IPWORKSAUTH_SERVER;
    server_.provider = &server;
    server_.host_keys = &host_row_;
    server_.num_host_keys = 1;
    for (ipworksauth_engine_config* config : {&client_, &server_}) {
      config->struct_size = sizeof *config;
      config->kex_algorithms = kex;
      config->ciphers = "chacha20-poly1305@openssh.com";
    }
    hosts_.host_key = host_key_.private_key();
    hosts_.user_key = user_key_.private_key();
    hosts_.password = "correct horse battery staple";
    client_block_.resize(ipworksauth_engine_size(&client_) / sizeof(std::max_align_t) + 1);
    server_block_.resize(ipworksauth_engine_size(&server_) / sizeof(std::max_align_t) + 1);
  }

  void login() {
    BenchLogin login(client_, octets(client_block_), server_, octets(server_block_), hosts_);
    if (login.create() != 0) die("an engine could not be made");
    login.run();
    if (!login.client_open() || !login.server_open()) die("the login failed");
  }

 private:
  static MutBytes octets(std::vector<std::max_align_t>& block) {
    return {reinterpret_cast<std::uint8_t*>(block.data()), block.size() * sizeof block[0]};
  }

  Identity host_key_, user_key_;
  ipworksauth_identity host_row_{}, user_row_{};
  ipworksauth_engine_config client_{}, server_{};
  BenchHosts hosts_;
  std::vector<std::max_align_t> client_block_, server_block_;
};

void run_logins(const Provider& p, const char* method, const char* kex, int times) {
  Bench bench(p, p, method, kex);
  for (int i = 0; i < times; ++i) bench.login();
}

void run_primitives(const Provider& p, const char* method, const char* kex, int times, bool both) {
  std::vector<WatchedCall> log[2];
  watch(0).log = &log[0];
  watch(1).log = &log[1];
  Bench bench(watched_provider(p, 0), watched_provider(p, 1), method, kex);
  bench.login();
  for (unsigned side = 0; side < (both ? 2U : 1U); ++side) {
    Replay replay(log[side], p.rng);
    for (int i = 0; i < times; ++i)
      if (!bench_primitives(replay)) die("a primitive failed");
  }
}

void count_heap(const Provider& p, const char* method, const char* kex) {
  Bench bench(p, p, method, kex);
  bench.login();  // libraries take what they keep for ever
  taken = 0;
  bench.login();
  std::printf("%zu\n", taken);
}

}  // namespace

extern "C" {
// The names of libc's own parameters are reserved ones.
// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name)
void* malloc(std::size_t len) {
  ++taken;
  return __libc_malloc(len);
}
void* calloc(std::size_t num, std::size_t len) {
  ++taken;
  return __libc_calloc(num, len);
}
void* realloc(void* at, std::size_t len) {
  ++taken;
  return __libc_realloc(at, len);
}
// NOLINTEND(readability-inconsistent-declaration-parameter-name)
}

int main(int argc, char** argv) {
  if (argc < 4)
    die("usage: bench_login login|primitives|both-primitives|heap SUITE METHOD TIMES KEX");
  const std::string what = argv[1];
  const Provider& p = provider_of(argv[2]);
  const int times = argc > 4 ? static_cast<int>(std::strtol(argv[4], nullptr, 10)) : 1;
  const char* kex = argc > 5 ? argv[5] : "curve25519-sha256";
  if (sodium_init() < 0) die("libsodium does not start");
  if (what == "login")
    run_logins(p, argv[3], kex, times);
  else if (what == "primitives" || what == "both-primitives")
    run_primitives(p, argv[3], kex, times, what == "both-primitives");
  else if (what == "heap")
    count_heap(p, argv[3], kex);
  else
    die("no mode " + what);
  return 0;
}
