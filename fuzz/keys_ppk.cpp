// Fuzz target: PPK files. The passphrase is "p".
#include "fuzz/keys_formats.hpp"
#include "lib/keys/ppk.hpp"

using namespace sshauth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes in(data, size);
  LoadOptions options = cheap_options();
  check_result(load_ppk(in, options));
  options = cheap_options();
  options.passphrase.reset();
  options.public_only = true;
  check_result(load_ppk(in, options));
  return 0;
}
