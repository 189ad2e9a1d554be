// SecretMessage: a message that may hold secrets, built in one block that is wiped.
#pragma once

#include <string_view>

#include "lib/keys/secret_bytes.hpp"

namespace sshauth {

class SecretMessage {
 public:
  explicit SecretMessage(std::size_t room) : block_(room) {}

  SecretMessage& octet(unsigned value) noexcept;
  SecretMessage& u16(std::uint16_t value) noexcept {
    return octet(value >> 8).octet(value & 0xffU);
  }
  SecretMessage& add(Bytes octets) noexcept;
  SecretMessage& add(std::string_view text) noexcept { return add(as_bytes(text)); }
  // What did not fit was left out: callers count their room first.
  SecretBytes take() noexcept {
    block_.shrink(len_);
    return std::move(block_);
  }

 private:
  SecretBytes block_;
  std::size_t len_ = 0;
};

}  // namespace sshauth
