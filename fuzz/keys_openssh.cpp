// Fuzz target: the container of OpenSSH private keys, without its armour. The passphrase is "p".
// A key that loads must come through writing and reading again unchanged.
#include "fuzz/require.hpp"
#include "lib/keys/generate.hpp"
#include "lib/keys/load.hpp"
#include "lib/keys/openssh_private.hpp"

using namespace sshauth;

namespace {

LoadOptions cheap() {
  LoadOptions options;
  options.passphrase = "p";
  options.limits.bcrypt_rounds = 1;
  return options;
}

void check_loaded(const Identity& id) {
  require(id.has_private() && is_supported_key_type(id.type()) && id.bits() != 0);
  require(check_key_pair(id.type(), *id.private_key()).ok());
  SecretBytes text;
  if (!format_private_key(id, {}, text).ok()) return;  // its comment is too long to be written
  KeyResult again = load_identity(text.reveal());
  require(again.ok() && same_bytes(again->public_blob(), id.public_blob()));
  require(again->comment() == id.comment());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  LoadOptions options = cheap();
  KeyResult result = load_openssh_private({data, size}, options);
  require(result.ok() || !result.error().text.empty());
  if (result.ok()) check_loaded(*result);
  options.passphrase.reset();
  options.public_only = true;
  KeyResult half = load_openssh_private({data, size}, options);
  if (result.ok()) require(half.ok() && same_bytes(half->public_blob(), result->public_blob()));
  return 0;
}
