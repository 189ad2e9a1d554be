// The gate: one decision for every message number in every phase from every sender, made from the
// rows of messages.def before anything in a message is looked at. What no row allows ends the
// connection.
#pragma once

#include <cstdint>

#include "lib/kex/numbers.hpp"

namespace sshauth {

// Where the connection is, as the gate sees it. The first exchange has three phases, then come the
// layers; during a re-exchange one of three re-exchange phases holds beside the layer it
// interrupts.
enum Phase : std::uint16_t {
  p_never = 0,
  p_kexinit = 1,      // first exchange: the peer's KEXINIT is awaited
  p_kex = 2,          // first exchange: the method's message is awaited
  p_newkeys = 4,      // first exchange: the peer's NEWKEYS is awaited
  p_service = 8,      // "ssh-userauth" is not granted yet
  p_auth = 16,        // authentication
  p_open = 32,        // authenticated
  p_rekey_wait = 64,  // our KEXINIT is out, the peer's is awaited; what it sent before may come
  p_rekey_kex = 128,  // both KEXINITs are here
  p_rekey_newkeys = 256,
  p_gss = 512,  // beside p_auth: gssapi-with-mic is under way
  p_first = p_kexinit | p_kex | p_newkeys,
  p_layer = p_service | p_auth | p_open,
  p_rekey = p_rekey_wait | p_rekey_kex | p_rekey_newkeys,
  p_any = p_first | p_layer | p_rekey,
};
constexpr Phase operator|(Phase a, Phase b) noexcept {
  return static_cast<Phase>(static_cast<std::uint16_t>(a) | static_cast<std::uint16_t>(b));
}

enum Sender : std::uint8_t { from_client = 1, from_server = 2, from_both = 3 };

enum class Decision : std::uint8_t {
  refuse,         // ends the connection
  process,        // worked on now
  skip,           // read over in silence
  defer,          // put aside until the re-exchange has ended
  unimplemented,  // answered with SSH_MSG_UNIMPLEMENTED (RFC 4253 §11.4)
};

struct GateState {
  Phase layer = p_never;  // one of p_layer, or p_never during the first exchange
  Phase phase =
      p_kexinit;  // one of p_first or p_rekey while keys are exchanged, else equal to layer
  Sender peer = from_server;
  bool strict = false;  // strict key exchange was agreed
  bool custom = false;  // client: the host speaks a method of its own (60..79 are its business)
  KexNumbers kex = 0;   // which of 30..49 may come now, as the key exchange method says
  bool gss = false;     // gssapi-with-mic is under way
};

Decision decide(std::uint8_t msg, const GateState& state) noexcept;

}  // namespace sshauth
