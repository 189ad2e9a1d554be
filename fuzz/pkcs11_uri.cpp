// Fuzz target: PKCS#11 URIs. What is read can be written and read again.
#include "lib/keys/pkcs11_uri.hpp"
#include "fuzz/require.hpp"

using namespace sshauth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Pkcs11Uri uri;
  const KeyError error = parse_pkcs11_uri(as_text({data, size}), uri);
  if (!error.ok()) {
    require(!error.text.empty());
    return 0;
  }
  if (!uri.object) return 0;
  Pkcs11Uri again;
  require(
      parse_pkcs11_uri("pkcs11:object=" + pkcs11_escape(uri.object->substr(0, 2000)), again).ok());
  require(again.object == uri.object->substr(0, 2000));
  return 0;
}
