// Plays a proxy against a handshake, without any network.
#pragma once

#include <string>
#include <vector>

#include "lib/net/proxy.hpp"

namespace sshauth::test {

// The default provider, but that every random octet is 0x11.
const Provider& proxy_provider();

ProxySettings settings_of(ProxyType type, const std::string& user = "",
                          const std::string& password = "", const std::string& headers = "");

// What a proxy hears and says, one entry a turn; it may hang up after it.
struct Turn {
  std::string heard, said;
  bool closes = false;
};

struct Outcome {
  bool done = false, failed = false;
  unsigned connections = 1;
  std::string error, rest;
};

// Plays the turns, each answer cut in two at `cut`; `after` follows the last answer at once.
Outcome play(const ProxySettings& settings, const std::string& host, std::uint16_t port,
             const std::vector<Turn>& turns, std::size_t cut, const std::string& after = "SSH-");

// Every cut ends in success, over so many connections, and leaves SSH its octets.
void plays_at_every_cut(const ProxySettings& settings, const std::string& host, std::uint16_t port,
                        const std::vector<Turn>& turns, unsigned connections = 1);

// The sentence with which the last answer is refused, at every cut the same.
std::string refusal_after(const ProxySettings& settings, const std::vector<Turn>& turns);
// The same for a first answer; besides, no prefix of it alone is a success.
std::string refusal(const ProxySettings& settings, const std::string& heard,
                    const std::string& said);

// Why no handshake can be made; empty when one can.
std::string not_made(const ProxySettings& settings, const std::string& host);

bool has(const std::string& text, const std::string& part);

}  // namespace sshauth::test
