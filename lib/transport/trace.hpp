// Trace: a bounded record of the packets that went by, for logs. Secret fields are overwritten
// before a payload is stored, so no secret is ever in it.
#pragma once

#include "ipworksauth/engine.h"
#include "lib/base/bytes.hpp"

namespace sshauth {

class Trace {
 public:
  // `memory` may be empty: then nothing is recorded.
  void start(MutBytes memory, bool octets) noexcept {
    memory_ = memory;
    octets_ = octets;
  }
  bool on() const noexcept { return !memory_.empty(); }
  // `title`: what the message is called; it lives as long as the program. `mask` overwrites what is
  // secret in it for another reason than the table of messages has; null: nothing.
  using Mask = void (*)(MutBytes payload) noexcept;
  void add(bool outgoing, std::uint32_t seq, Bytes payload, const char* title, Mask mask) noexcept;
  // Takes the oldest record; its payload is valid until the next call.
  bool take(ipworksauth_trace_record& out) noexcept;
  std::uint64_t lost() const noexcept { return lost_; }
  void wipe() noexcept;

 private:
  struct Head {
    std::uint32_t outgoing, seq, len, kept;
    const char* title;
  };

  MutBytes memory_;
  bool octets_ = false;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace sshauth
