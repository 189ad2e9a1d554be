#include "lib/keys/pbe.hpp"

#include <openssl/pkcs12.h>

#include "lib/keys/algorithm_id.hpp"
#include "lib/keys/kdf.hpp"
#include "lib/keys/legacy.hpp"

namespace sshauth {
namespace {

using Pbe = ossl::Owned<PBEPARAM, PBEPARAM_free>;
using Pbe2 = ossl::Owned<PBE2PARAM, PBE2PARAM_free>;

// What is not PBES2 and has the parameters of PBES1, is PBES1 or a PKCS#12 scheme; libcrypto may
// know it or not. Anything else is refused here, so that no work goes uncounted.
KeyError spend(const X509_ALGOR* alg, LoadLimits& limits) {
  if (algorithm_of(alg) == NID_pbes2) {
    const auto params = parameters_of<Pbe2>(alg, ASN1_ITEM_rptr(PBE2PARAM));
    if (params != nullptr) return spend_kdf(params->keyfunc, limits);
    return {KeyErrc::malformed, "the encryption of the key is malformed: PBES2 parameters"};
  }
  const auto params = parameters_of<Pbe>(alg, ASN1_ITEM_rptr(PBEPARAM));
  if (params != nullptr) return spend_iterations(params->iter, limits);
  return {KeyErrc::unsupported_type, "the encryption of this key is not supported"};
}

// A wrong passphrase shows as wrong padding, which libcrypto reports apart from not knowing the
// cipher.
KeyError why_not() {
  const unsigned long why = ERR_peek_last_error();
  if (ERR_GET_LIB(why) == ERR_LIB_PKCS12 &&
      ERR_GET_REASON(why) == PKCS12_R_PKCS12_CIPHERFINAL_ERROR)
    return wrong_passphrase();
  return {KeyErrc::unsupported_type,
          "libcrypto cannot decipher this key: its encryption is not supported"};
}

}  // namespace

KeyError wrong_passphrase() {
  return {KeyErrc::wrong_passphrase, "the passphrase does not open this key"};
}
KeyError needs_passphrase() {
  return {KeyErrc::needs_passphrase, "the key is encrypted and needs its passphrase"};
}

KeyError pbe_decrypt(const X509_ALGOR* alg, const ASN1_OCTET_STRING* octets,
                     const PbePassword& password, LoadLimits& limits, SecretBytes& out) {
  if (KeyError bad = spend(alg, limits); !bad.ok()) return bad;
  unsigned char* plain = nullptr;
  int len = 0;
  if (PKCS12_pbe_crypt_ex(alg, password.text, password.len, ASN1_STRING_get0_data(octets),
                          ASN1_STRING_length(octets), &plain, &len, 0, legacy_library(),
                          nullptr) == nullptr ||
      len < 0)
    return why_not();
  out = SecretBytes(Bytes(plain, static_cast<std::size_t>(len)));
  OPENSSL_clear_free(plain, static_cast<std::size_t>(len));
  return {};
}

KeyError pbe_decrypt(const X509_ALGOR* alg, const ASN1_OCTET_STRING* octets, LoadOptions& options,
                     SecretBytes& out) {
  if (options.passphrase.has_value()) {
    const std::string_view word = *options.passphrase;
    return pbe_decrypt(alg, octets,
                       {word.empty() ? "" : word.data(), static_cast<int>(word.size())},
                       options.limits, out);
  }
  LoadLimits limits = options.limits;  // what could never be paid for is not asked for
  if (KeyError bad = spend(alg, limits); !bad.ok()) return bad;
  return needs_passphrase();
}

}  // namespace sshauth
