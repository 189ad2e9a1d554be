// Fuzz target: what a key agent answers, as a list of keys and as a signature.
#include "fuzz/require.hpp"
#include "lib/crypto/public_key.hpp"
#include "lib/keys/agent_messages.hpp"

using namespace sshauth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes in(data, size);
  std::vector<AgentKey> keys;
  const KeyError listed = read_agent_list(in, keys);
  require(listed.ok() || (keys.empty() && !listed.text.empty()));
  require(keys.size() <= kMaxAgentKeys);
  for (const AgentKey& key : keys) {
    require(!key_type_of(key.blob).empty());
    const Blob request = agent_sign_request(key.blob, {"rsa-sha2-512", in, in, in, in});
    require(request.size() == 1 + 4 + key.blob.size() + 4 + in.size() + 4);
  }
  Blob signature;
  const KeyError is_signed = read_agent_signature(in, signature);
  require(is_signed.ok() ? signature.size() + 5 == size : !is_signed.text.empty());
  return 0;
}
