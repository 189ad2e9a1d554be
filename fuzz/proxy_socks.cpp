// Fuzz target: a SOCKS proxy's answers. The first octet says which SOCKS, how they are cut, and
// whether there is a login.
#include "fuzz/proxy_play.hpp"

using namespace sshauth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr ProxyType kTypes[] = {ProxyType::socks5, ProxyType::socks4, ProxyType::socks4a,
                                  ProxyType::socks5};
  const ProxyType type = kTypes[data[0] % 4];
  const std::size_t part = data[0] < 0x80 ? std::size_t{1} + data[0] % 7U : size;
  play_proxy(fuzzed_proxy(type, (data[0] & 0x40) != 0), Bytes(data + 1, size - 1), part);
  return 0;
}
