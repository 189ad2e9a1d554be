// Fuzz target: an HTTP proxy's answers. The first octet says how they are cut and whether there is
// a login to answer challenges with.
#include "fuzz/proxy_play.hpp"

using namespace sshauth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t part = data[0] < 0x80 ? std::size_t{1} + data[0] % 0x40U : size;
  play_proxy(fuzzed_proxy(ProxyType::http, data[0] % 2 == 0), Bytes(data + 1, size - 1), part);
  return 0;
}
