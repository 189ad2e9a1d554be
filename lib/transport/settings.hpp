// Settings: the configuration of engine.h, checked, completed with its defaults and copied into the
// arena. Views live as long as the engine.
#pragma once

#include "ipworksauth/engine.h"
#include "lib/base/arena.hpp"
#include "lib/base/errc.hpp"
#include "lib/base/role.hpp"
#include "lib/crypto/gss.hpp"
#include "lib/crypto/rows.hpp"
#include "lib/kex/run.hpp"

namespace sshauth {

inline constexpr std::size_t kMaxIdentities = 64;

struct IdentityRow {
  Bytes key;
  std::string_view type;
  std::string_view algorithms;  // "" : all that fit
  std::uint32_t flags = 0;
  bool weak = false;  // RSA of fewer than min_rsa_bits
};

enum class Strict : std::uint8_t { off, offered, protect, required };
enum class Guess : std::uint8_t { when_known, never, eager };

struct Settings {
  bool client = true;
  bool is_client() const noexcept { return !kBothRoles || client; }
  const Provider* provider = nullptr;
  std::string_view identification;
  bool kex_by_gss = false;  // one of `kex`, which while measuring may be gone
  std::string_view kex, host_key_algorithms, ciphers, macs, compressions;
  Strict strict = Strict::offered;
  Guess guess = Guess::when_known;
  std::string_view guess_hint;
  bool pipelining = true;
  GroupWishes groups;  // client

  std::uint32_t max_packet = 35'000;
  std::uint64_t rekey_octets = std::uint64_t{1} << 30;
  std::uint64_t rekey_packets = std::uint64_t{1} << 31;
  std::uint64_t rekey_time = 3'600'000;
  std::uint64_t login_timeout = 0;
  std::uint64_t keepalive_interval = 0;
  std::uint32_t keepalive_count = 5;
  std::uint32_t max_rekeys = 16;
  const Gss* gss = nullptr;
  bool gss_delegate = false;
  std::size_t trace_len = 0;
  bool trace_octets = false;
  std::uint32_t min_rsa_bits = 2048;

  std::string_view user, service, methods, sig_algorithms, submethods;
  bool try_all = false;
  std::uint32_t password_tries = 1;
  std::span<IdentityRow> identities;  // client: user keys; server: host keys

  std::string_view banner, auth_methods;
  std::uint32_t max_attempts = 6;
};

// Of a packet, beside what it carries: padding and what is fixed.
inline constexpr std::size_t kPacketRest = 512;

// The longest token of a mechanism that fits a packet.
inline std::size_t gss_token_len(const Settings& s) noexcept {
  return s.gss != nullptr ? s.max_packet - kPacketRest : 0;
}

// Checks `config` and fills `out`; copies go to `arena`, which may only be measuring (the views in
// `out` then still point into the configuration). `why` tells what was wrong.
Errc read_settings(const ipworksauth_engine_config& config, Arena& arena, Settings& out,
                   const char*& why) noexcept;

}  // namespace sshauth
