// bench_login_object: heap allocations of one login of the SSHAuth object against the loopback
// server, which runs in a thread of its own and is not counted. For tools/measure.sh.
//
//   bench_login_object password|publickey      allocations from create to destroy, and of these
//                                              those inside authenticate; of the second login
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include "ipworksauth/sshauth.h"
#include "lib/client/auth_server.hpp"
#include "lib/crypto/providers.hpp"
#include "lib/keys/generate.hpp"

using namespace sshauth;

// glibc's own functions under these names; ours count and pass on, for every library.
extern "C" {
void* __libc_malloc(std::size_t len);
void* __libc_calloc(std::size_t num, std::size_t len);
void* __libc_realloc(void* at, std::size_t len);
}

namespace {

thread_local std::size_t taken = 0;

void check(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "bench_login_object: %s\n", what);
  std::exit(1);
}

struct Count {
  std::size_t all = 0, authenticating = 0;
};

Count log_in(unsigned port, const std::string& key) {
  const std::size_t before = taken;
  void* const o = ipworksauth_sshauth_create(nullptr, nullptr, nullptr, 0);
  check(o != nullptr, "no object");
  ipworksauth_sshauth_config(o, "SSHAcceptAnyServerHostKey=true");
  ipworksauth_sshauth_config(o, "SSHKeyExchangeAlgorithms=curve25519-sha256");
  bool set =
      ipworksauth_sshauth_setsshhost(o, "127.0.0.1") == 0 &&
      ipworksauth_sshauth_setsshport(o, static_cast<int>(port)) == 0 &&
      ipworksauth_sshauth_setsshencryptionalgorithms(o, "chacha20-poly1305@openssh.com") == 0 &&
      ipworksauth_sshauth_setuser(o, "alice") == 0;
  if (key.empty())
    set = set && ipworksauth_sshauth_setpassword(o, "secret") == 0;
  else
    set = set && ipworksauth_sshauth_setauthmode(o, IPWORKSAUTH_AM_PUBLIC_KEY) == 0 &&
          ipworksauth_sshauth_setsshcertstoretype(o, IPWORKSAUTH_CST_PEM_KEY_BLOB) == 0 &&
          ipworksauth_sshauth_setsshcertstore(o, key.data(), static_cast<int>(key.size())) == 0 &&
          ipworksauth_sshauth_setsshcertsubject(o, "*") == 0;
  check(set, ipworksauth_sshauth_getlasterror(o));
  const std::size_t start = taken;
  check(ipworksauth_sshauth_authenticate(o) == 0, ipworksauth_sshauth_getlasterror(o));
  const std::size_t end = taken;
  check(ipworksauth_sshauth_destroy(o) == 0, "destroy failed");
  return {taken - before, end - start};
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
  check(argc == 2, "usage: bench_login_object password|publickey");
  KeyResult host_key = generate_identity("ssh-ed25519");
  KeyResult user_key = generate_identity("ssh-ed25519");
  SecretBytes text;
  check(host_key.ok() && user_key.ok() && format_private_key(*user_key, std::nullopt, text).ok(),
        "no keys");
  ServerUser user;
  user.name = "alice";
  user.password = "secret";
  const Bytes blob = user_key->public_blob();
  user.authorized_keys.emplace_back(blob.begin(), blob.end());
  AuthServerConfig config;
  config.provider = &default_provider();
  config.host_keys.push_back(std::make_shared<const Identity>(std::move(*host_key)));
  config.users.push_back(std::move(user));
  AuthServer server(std::move(config));
  check(server.listen().ok(), "the server does not listen");
  std::thread thread([&server] { server.run(); });
  const bool publickey = std::strcmp(argv[1], "publickey") == 0;
  const std::string key(publickey ? as_text(text.write()) : std::string_view());
  log_in(server.port(), key);  // libraries take what they keep for ever
  const Count second = log_in(server.port(), key);
  std::printf("%zu, of these inside authenticate %zu\n", second.all, second.authenticating);
  server.stop();
  thread.join();
  return 0;
}
