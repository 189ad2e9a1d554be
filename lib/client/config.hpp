// ClientConfig: what one login needs to know. Everything has a default but `host` and `provider`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/gss/kerberos.hpp"
#include "lib/keys/identity.hpp"
#include "lib/net/lookup.hpp"
#include "lib/net/options.hpp"
#include "lib/net/proxy.hpp"
#include "lib/trust/host_trust.hpp"

namespace sshauth {

// Whether a key agent (lib/net/agent.hpp) signs, and with which of its keys.
struct AgentUse {
  enum class Mode : std::uint8_t {
    off,
    when_there,  // its keys come before `identities`; an agent that fails is told of and left out
    only,        // its keys alone; without one the login fails before anything is sent
  };
  Mode mode = Mode::off;
  std::string socket;        // path
  std::vector<Blob> wanted;  // the public keys to use; empty: whatever the agent has
  // At most so many of its keys are offered: servers end a login after a few refusals
  // (OpenSSH: 6).
  std::size_t most_keys = 5;
};

struct ClientConfig {
  const ipworksauth_provider* provider = nullptr;

  // ---- the server ----
  std::string host;
  std::uint16_t port = 22;
  SocketOptions socket;
  LookupOptions lookup;
  ProxySettings proxy;
  bool proxy_auto_detect = false;  // where proxy.type is none: the one that the environment names
  std::string proxy_exceptions;    // hosts reached without the proxy, separated by semicolons
  unsigned max_transfer_rate = 0;  // octets a second we send at most; 0: no limit

  // ---- which host key is right ----
  std::shared_ptr<const HostTrust> trust;  // null: nothing is known
  bool accept_any_host_key = false;        // a revoked key is refused all the same
  bool order_host_keys = true;  // algorithms of keys on record first in host_key_algorithms
  // Certificates are asked for, before plain keys, where `trust` has an authority for the host.
  bool sha1_authorities = false;  // whether an authority may sign certificates with SHA-1
  // Seconds since 1970, for the validity of certificates; null: the system's clock.
  std::function<std::int64_t()> wall_clock;

  // ---- the user ----
  std::string user;
  // "none", "password", "publickey", "keyboard-interactive", "gssapi-with-mic", "gssapi-keyex",
  // "custom", in the order to try.
  std::vector<std::string> methods{"password"};
  bool try_all = false;  // a refused method is followed by the next
  std::optional<SecretBytes> password;
  // Public keys alone are allowed: ClientObserver::sign is asked then.
  std::vector<std::shared_ptr<const Identity>> identities;
  AgentUse agent;
  // A certificate of one of them, used in its place, by the algorithms that are named. An identity
  // that brings a certificate of its own is offered with it first and then without.
  Blob user_certificate;
  std::string user_certificate_algorithms;
  bool probe_identities = false;  // ask the server about each key before signing with it
  unsigned password_tries = 1;    // a refused password or round of prompts is asked again
  std::string submethods;         // keyboard-interactive hint
  // Where a method is one of GSSAPI. `host` and `user`, while empty, are those above.
  KerberosOptions kerberos;
  bool delegate = false;  // asks for Kerberos credentials of the user's on the server
  // Whether a keyboard-interactive prompt asks for `password`; null: none does.
  std::function<bool(std::string_view prompt)> is_password_prompt;

  // ---- the protocol ---- ("" and 0 stand for the engine's defaults)
  std::string identification;
  // Whether the server's identification string is acceptable; null: the engine's rule alone.
  std::function<bool(std::string_view identification)> accept_identification;
  std::string kex_algorithms;
  std::string host_key_algorithms;
  std::string ciphers;
  std::string macs;
  std::string compressions;
  std::string sig_algorithms;
  unsigned strict_kex = 1;    // 0 off, 1 offered, 2 no affected algorithm without it, 3 required
  unsigned kex_guess = 1;     // 0 never, 1 when it is known to be right, 2 eager and unflagged
  std::string guess_hint;     // ClientResult::guess_hint of an earlier login to this host
  unsigned group_bits = 0;    // preferred in group exchange; 0: the engine's default
  bool pipelining = true;     // speak as soon as the protocol allows; false: step by step
  unsigned min_rsa_bits = 0;  // of host keys, user keys and authorities
  unsigned max_packet = 0;
  std::uint64_t rekey_octets = 0;
  std::uint64_t keepalive_interval = 0;  // seconds
  unsigned keepalive_count = 0;

  // ---- limits, in seconds; 0: none ----
  unsigned timeout = 60;  // without progress; with absolute_timeout: from start to end
  bool absolute_timeout = false;
  unsigned connection_timeout = 0;  // to the TCP connection and through the proxy; 0: `timeout`
  unsigned login_timeout = 300;     // from start to result, questions not counted

  std::vector<std::string> remarks;         // told as steps when the login begins
  bool wait_for_server_disconnect = false;  // after success the server closes first
  int log_level = 1;                        // 0 nothing, 1 steps, 2 packets, 3 octets

  // Milliseconds on a clock that does not go back; null: the system's. For tests.
  std::function<std::uint64_t()> clock;
};

}  // namespace sshauth
