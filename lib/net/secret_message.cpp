#include "lib/net/secret_message.hpp"

namespace sshauth {

SecretMessage& SecretMessage::octet(unsigned value) noexcept {
  const auto one = static_cast<std::uint8_t>(value);
  return add(Bytes(&one, 1));
}

SecretMessage& SecretMessage::add(Bytes octets) noexcept {
  const MutBytes room = block_.write().subspan(len_);
  if (octets.size() > room.size()) return *this;
  copy_bytes(room.data(), octets);
  len_ += octets.size();
  return *this;
}

}  // namespace sshauth
