// Fuzz target: keys in XML.
#include "lib/keys/xml_key.hpp"

#include "fuzz/keys_formats.hpp"

using namespace sshauth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  LoadOptions options;
  KeyList keys(options.limits.keys);
  const KeyError error = read_xml_keys({data, size}, options, keys);
  require(error.ok() || !error.text.empty());
  for (Identity& id : keys.keys()) check_identity(id);
  return 0;
}
