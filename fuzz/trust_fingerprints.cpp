// Fuzz target: what users pin: lists of fingerprints, keys. A list accepts only the key whose
// fingerprint it holds, so with a key of zeros nothing that a fuzzer finds can accept.
#include "fuzz/require.hpp"
#include "lib/crypto/providers.hpp"
#include "lib/trust/pinned.hpp"

using namespace sshauth;

namespace {

Blob zeros() {
  const Blob point(32, 0);
  ipworksauth_public_key key{};
  key.first = point.data(), key.first_len = point.size();
  return encode_public_blob("ssh-ed25519", key);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in = as_text({data, size});
  const Provider& provider = openssl_provider();
  PinnedKeys fingerprints;
  const bool added = fingerprints.add_fingerprints(in).ok();
  require(added != fingerprints.empty());
  require(fingerprints.check(zeros(), provider).verdict ==
          (added ? HostKeyVerdict::mismatch : HostKeyVerdict::unknown));
  PinnedKeys keys;
  if (keys.add_key(in).ok()) require(keys.key_types().size() == 1);
  PinnedKeys either;
  const KeyError error = either.add(in);
  require(error.ok() != either.empty() && error.ok() == error.text.empty());
  return 0;
}
