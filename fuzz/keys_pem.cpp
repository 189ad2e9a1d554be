// Fuzz target: PEM text of any kind; and the same octets as DER of PKCS#8, plain and encrypted, and
// of each private key in it. The passphrase is "p".
#include <openssl/objects.h>

#include "fuzz/require.hpp"
#include "lib/keys/der_private.hpp"
#include "lib/keys/load.hpp"
#include "lib/keys/pkcs8.hpp"

using namespace sshauth;

namespace {

LoadOptions cheap() {
  LoadOptions options;
  options.passphrase = "p";
  options.limits = {.file_octets = std::size_t{64} * 1024,
                    .bcrypt_rounds = 1,
                    .pbkdf2_iterations = 100,
                    .scrypt_work = 1024};
  return options;
}

void check(KeyResult result) {
  if (!result.ok()) {
    require(!result.error().text.empty());
    return;
  }
  PublicKeyView view;
  require(decode_public_blob(result->public_blob(), view).ok() && view.type == result->type());
  if (result->has_private()) require(check_key_pair(result->type(), *result->private_key()).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes in(data, size);
  LoadOptions options = cheap();
  check(load_identity(in, options));
  check(load_pkcs8(in));
  check(load_pkcs8_encrypted(in, options));
  check(load_rsa_der(in, "DER"));
  check(load_ec_der(in, nullptr, "DER"));
  check(load_edwards_der(in, *edwards_type(NID_ED25519), "DER"));
  check(load_dsa_der(in, "DER"));
  return 0;
}
