// One login whose memory can be looked at: both engines' blocks, and providers that watch.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "tests/core/loopback_world.hpp"
#include "tools/bench_login_pair.hpp"
#include "tools/bench_login_watch.hpp"

namespace sshauth::test {

inline constexpr std::string_view kPassword = "Tr0ub4dor&3-correct-horse-battery";

inline constexpr std::uint8_t kUntouched = 0x5a;

// What varies between logins.
struct LoginKind {
  const char* name;
  const Provider& (*provider)();
  const char* methods;
  const char* ciphers;
  const char* macs;
  const char* compressions;
  const char* kex;
  const char* key_type;  // of host and user
  std::uint32_t guess;
};

// Logins that between them call every kind of row there is.
inline const std::vector<LoginKind>& login_kinds() {
  static const std::vector<LoginKind> kinds = {
      {"sodium, password", sodium_provider, "password", "chacha20-poly1305@openssh.com", nullptr,
       "none", "curve25519-sha256", "ssh-ed25519", 1},
      {"sodium, publickey, eager", sodium_provider, "publickey", "chacha20-poly1305@openssh.com",
       nullptr, "none", "curve25519-sha256", "ssh-ed25519", 3},
      {"sodium, keyboard-interactive, zlib", sodium_provider, "keyboard-interactive",
       "chacha20-poly1305@openssh.com", nullptr, "zlib", "curve25519-sha256", "ssh-ed25519", 1},
      {"openssl, publickey, etm", openssl_provider, "publickey", "aes256-ctr",
       "hmac-sha2-512-etm@openssh.com", "zlib@openssh.com", "ecdh-sha2-nistp521",
       "ecdsa-sha2-nistp384", 1},
      {"openssl, password, encrypt-and-MAC", openssl_provider, "password", "aes128-ctr",
       "hmac-sha2-256", "zlib", "diffie-hellman-group14-sha256", "ssh-rsa", 1},
      {"openssl, keyboard-interactive, gcm", openssl_provider, "keyboard-interactive",
       "aes128-gcm@openssh.com", nullptr, "none", "curve25519-sha256", "ssh-ed25519", 1},
      {"openssl, password, chacha", openssl_provider, "password", "chacha20-poly1305@openssh.com",
       nullptr, "zlib@openssh.com", "ecdh-sha2-nistp256", "ecdsa-sha2-nistp256", 1},
  };
  return kinds;
}

class MemoryWorld {
 public:
  // `watched`: over the watches (which are reset), else over the bare provider.
  explicit MemoryWorld(const LoginKind& kind, bool watched = true)
      : host_key(key_of(kind.key_type, 100)), user_key(key_of(kind.key_type, 0)) {
    for (const unsigned slot : {0U, 1U}) watch(slot).reset();
    const Provider& p = kind.provider();
    client = client_config(watched ? watched_provider(p, 0) : p);
    server = server_config(watched ? watched_provider(p, 1) : p, host_rows);
    user_row = as_row(user_key);
    host_rows.push_back(as_row(host_key));
    server.host_keys = host_rows.data();
    server.num_host_keys = 1;
    client.identities = &user_row;
    client.num_identities = 1;
    client.methods = kind.methods;
    client.kex_guess = kind.guess;
    for (auto* config : {&client, &server}) {
      config->kex_algorithms = kind.kex;
      config->ciphers = kind.ciphers;
      config->macs = kind.macs;
      config->compressions = kind.compressions;
    }
    hosts.host_key = host_key.private_key();
    hosts.user_key = user_key.private_key();
    hosts.password = kPassword;
  }
  MemoryWorld(const MemoryWorld&) = delete;
  MemoryWorld& operator=(const MemoryWorld&) = delete;

  // Takes the blocks; engines are made by login->create().
  BenchLogin& join() {
    for (const unsigned side : {0U, 1U}) {
      const std::size_t need = ipworksauth_engine_size(side == 0 ? &client : &server);
      memory[side].assign(need / sizeof(std::max_align_t) + 1, {});
      std::memset(memory[side].data(), kUntouched,
                  block(side).size());  // a block need not be clean
    }
    login = std::make_unique<BenchLogin>(client, block(0), server, block(1), hosts);
    return *login;
  }
  MutBytes block(unsigned side) {
    return {reinterpret_cast<std::uint8_t*>(memory[side].data()),
            memory[side].size() * sizeof(std::max_align_t)};
  }
  // Whether these octets, or the first 16 of them, are anywhere in the block of that side.
  bool holds(unsigned side, Bytes secret) {
    const Bytes needle = secret.first(std::min<std::size_t>(secret.size(), 16));
    const MutBytes all = block(side);
    return needle.size() >= 8 && as_text(all).find(as_text(needle)) != std::string_view::npos;
  }
  // What secrets a side's block holds, in words; "" for none. `keys`: session keys and shared
  // secrets too.
  std::string found(unsigned side, bool keys) {
    std::string out;
    if (holds(side, as_bytes(kPassword))) out += " password";
    const Identity& own = side == 0 ? user_key : host_key;
    if (holds(side, {own.private_key()->d, own.private_key()->d_len})) out += " private-key";
    for (const unsigned slot : {0U, 1U})
      for (const WatchOctets& secret : watch(slot).secrets)
        if (keys && holds(side, secret)) out += " key-of-" + std::to_string(secret.size());
    return out;
  }

  const Identity& host_key;
  const Identity& user_key;
  ipworksauth_identity user_row{};
  std::vector<ipworksauth_identity> host_rows;
  ipworksauth_engine_config client{}, server{};
  BenchHosts hosts;
  std::vector<std::max_align_t> memory[2];
  std::unique_ptr<BenchLogin> login;
};

}  // namespace sshauth::test
