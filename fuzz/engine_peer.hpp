// What the other side could say: one plausible payload for every message, shaped by a variant
// octet, and the answer that an honest peer would give to the engine's last message.
#pragma once

#include <string>

#include "fuzz/framing.hpp"
#include "ipworksauth/engine.h"

namespace sshauth {

// What a plausible message depends on.
struct PeerView {
  bool we_are_server = true;  // the engine is the client
  std::string kex;            // negotiated method, "" before
  std::string host_key_algorithm;
  Octets last;  // the engine's last payload
};

constexpr unsigned kNumSayings = 26;
// The `which`th payload; empty: the identification line is meant instead.
Octets saying(unsigned which, std::uint8_t variant, const PeerView& view);
// What an honest peer says now: payloads in order.
std::vector<Octets> honest_answer(std::uint8_t variant, const PeerView& view);
std::string identification_line(std::uint8_t variant, bool server);

// The encoding of an Ed25519 public key made of `fill`.
Octets ed25519_blob(std::uint8_t fill);
Octets rsa_blob();
// The encoding of a signature the null provider takes.
Octets signature_blob(std::string_view algorithm);

}  // namespace sshauth
