// Fuzz target: a server engine, its application and its client, by a control stream.
#include "fuzz/engine_driver.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sshauth::Reader ops({data, size});
  const std::uint8_t config = ops.u8(), more = ops.u8();
  sshauth::EngineDriver driver(IPWORKSAUTH_SERVER, config, more);
  while (ops.more()) {
    driver.step(ops);
    driver.check();
  }
  return 0;
}
