// A family of key exchange methods: which messages they exchange, in which order, and what goes
// into the exchange hash. One file per family, both halves; a method is a row of methods.def that
// names its family.
//
// A family keeps nothing of its own: what a run needs to remember is in its KexRun. It says with
// `expect` which of the numbers 30 to 49 may come next (RFC 4250 §4.1.2: they belong to the
// method); the gate lets no other in, and none twice, because every message takes the expectation
// away.
#pragma once

#include "lib/base/role.hpp"
#include "lib/kex/run.hpp"

namespace sshauth {

// What comes of a message.
enum class KexStep : std::uint8_t {
  wait,     // for the peer's next message
  send,     // a message was written and is to be sent; then as `wait`
  again,    // a message was written and is to be sent; then the same message is taken once more
  refused,  // a message was written and is to be sent; then the exchange has failed
  agreed    // the exchange hash is there: a client verifies `run.reply`, a server signs
};

struct KexClientHalf {
  // Writes the first message. It may be called before the peer's KEXINIT is here, as a guess.
  Errc (*open)(KexRun& run, Writer& w) noexcept;
  Errc (*take)(KexRun& run, Bytes payload, Writer& w, KexStep& step) noexcept;
};

struct KexServerHalf {
  KexNumbers first;  // what may come first
  Errc (*take)(KexRun& run, Bytes payload, Writer& w, KexStep& step) noexcept;
  // Writes the last message, with the signature on the exchange hash.
  void (*reply)(const KexRun& run, Writer& w, Bytes signature) noexcept;
};

struct KexFamily {
  // The provider has the rows that the method needs.
  bool (*served)(const Provider& provider, const KexMethod& method) noexcept;
  // Begins a run: sets its agreement, or leaves that for later.
  Errc (*begin)(KexRun& run) noexcept;
  // What the method calls the message of that number, or null: as messages.def has it.
  const char* (*title)(std::uint8_t msg) noexcept;
  std::size_t memory_len;  // octets of `run.memory`
  // The first message can be written without knowing who the server is, so it may be guessed
  // (RFC 4253 §7).
  bool guessable;
  bool gss;  // wants `run.gss`, and the host is proved by a MIC in place of a signature
  KexClientHalf client;
  const KexServerHalf* server;  // null in a build for clients
  // Overwrites what no log may show of a message of the method; null: nothing has to be.
  void (*mask)(MutBytes payload) noexcept = nullptr;
};

// What a family's server half is in this build.
constexpr const KexServerHalf* if_both_roles(const KexServerHalf& half) noexcept {
  return kBothRoles ? &half : nullptr;
}

// Profile tiny has the first alone (methods_tiny.cpp).
extern const KexFamily one_round_family;       // one_round.cpp
extern const KexFamily group_exchange_family;  // group_exchange.cpp
extern const KexFamily gss_family;             // gss.cpp
extern const KexFamily gss_gex_family;         // gss.cpp

}  // namespace sshauth
