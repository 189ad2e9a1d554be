#include "lib/keys/pbe.hpp"

#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>

#include "lib/keys/legacy.hpp"

namespace sshauth {
namespace {

using Pbe = ossl::Owned<PBEPARAM, PBEPARAM_free>;
using Pbe2 = ossl::Owned<PBE2PARAM, PBE2PARAM_free>;
using Pbkdf2 = ossl::Owned<PBKDF2PARAM, PBKDF2PARAM_free>;
using Scrypt = ossl::Owned<SCRYPT_PARAMS, SCRYPT_PARAMS_free>;

// libcrypto refuses to take more for scrypt.
constexpr std::uint64_t kMaxScryptMemory = std::uint64_t{32} * 1024 * 1024;

KeyError malformed(std::string_view why) {
  return {KeyErrc::malformed, "the encryption of the key is malformed: " + std::string(why)};
}

// The parameters of an AlgorithmIdentifier as their ASN.1 type, null when they are of another.
template <class T>
T unpack(const X509_ALGOR* alg, const ASN1_ITEM* item) {
  const ASN1_OBJECT* oid = nullptr;
  int kind = 0;
  const void* value = nullptr;
  X509_ALGOR_get0(&oid, &kind, &value, alg);
  if (kind != V_ASN1_SEQUENCE || value == nullptr) return nullptr;
  return T(static_cast<typename T::pointer>(
      ASN1_item_unpack(static_cast<const ASN1_STRING*>(value), item)));
}

int algorithm_of(const X509_ALGOR* alg) {
  const ASN1_OBJECT* oid = nullptr;
  X509_ALGOR_get0(&oid, nullptr, nullptr, alg);
  return OBJ_obj2nid(oid);
}

// False for numbers that are negative or have more than 64 bits: no such count is right.
bool count_of(const ASN1_INTEGER* number, std::uint64_t& out) {
  return number != nullptr && ASN1_INTEGER_get_uint64(&out, number) == 1;
}

KeyError spend_scrypt(const SCRYPT_PARAMS& params, LoadLimits& limits) {
  std::uint64_t n = 0, r = 0, p = 0;
  if (!count_of(params.costParameter, n) || !count_of(params.blockSize, r) ||
      !count_of(params.parallelizationParameter, p))
    return malformed("scrypt parameters missing");
  return sshauth::spend_scrypt(n, r, p, limits);
}

KeyError spend_pbes2(const X509_ALGOR* alg, LoadLimits& limits) {
  const auto params = unpack<Pbe2>(alg, ASN1_ITEM_rptr(PBE2PARAM));
  if (params == nullptr) return malformed("PBES2 parameters");
  const int kdf = algorithm_of(params->keyfunc);
  if (kdf == NID_id_pbkdf2) {
    const auto pbkdf2 = unpack<Pbkdf2>(params->keyfunc, ASN1_ITEM_rptr(PBKDF2PARAM));
    return pbkdf2 != nullptr ? spend_iterations(pbkdf2->iter, limits)
                             : malformed("PBKDF2 parameters");
  }
  if (kdf == NID_id_scrypt) {
    const auto scrypt = unpack<Scrypt>(params->keyfunc, ASN1_ITEM_rptr(SCRYPT_PARAMS));
    return scrypt != nullptr ? spend_scrypt(*scrypt, limits) : malformed("scrypt parameters");
  }
  return {KeyErrc::unsupported_type,
          "the key derivation of this key is not supported; PBKDF2 and scrypt are"};
}

// What is not PBES2 and has the parameters of PBES1, is PBES1 or a PKCS#12 scheme; libcrypto may
// know it or not. Anything else is refused here, so that no work goes uncounted.
KeyError spend(const X509_ALGOR* alg, LoadLimits& limits) {
  if (algorithm_of(alg) == NID_pbes2) return spend_pbes2(alg, limits);
  const auto params = unpack<Pbe>(alg, ASN1_ITEM_rptr(PBEPARAM));
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

KeyError spend_iterations(std::uint64_t number, LoadLimits& limits) {
  if (number == 0) return malformed("no iteration count");
  if (number > limits.pbkdf2_iterations)
    return {KeyErrc::too_expensive, "the key asks for " + std::to_string(number) +
                                        " iterations of its key derivation; at most " +
                                        std::to_string(limits.pbkdf2_iterations) +
                                        " are done. openssl pkcs8 -topk8 -iter makes it cheaper"};
  limits.pbkdf2_iterations -= static_cast<std::uint32_t>(number);
  return {};
}

KeyError spend_iterations(const ASN1_INTEGER* number, LoadLimits& limits) {
  std::uint64_t iterations = 0;
  if (!count_of(number, iterations)) return malformed("no iteration count");
  return spend_iterations(iterations, limits);
}

// RFC 7914 §6: work grows with N * r * p; memory is 128 octets times r * (N + p).
KeyError spend_scrypt(std::uint64_t n, std::uint64_t r, std::uint64_t p, LoadLimits& limits) {
  if (n == 0 || r == 0 || p == 0) return malformed("scrypt parameters that are zero");
  const std::uint64_t most = limits.scrypt_work;
  if (n > most || r > most / n || p > most / n / r)
    return {KeyErrc::too_expensive,
            "the key asks for more work from scrypt than is done: N * r * p is at most " +
                std::to_string(most)};
  if (n + p + 2 > kMaxScryptMemory / 128 / r)
    return {KeyErrc::too_expensive,
            "the key asks scrypt for more than the 32 MiB of memory that libcrypto gives it"};
  limits.scrypt_work -= n * r * p;
  return {};
}

KeyError pbe_decrypt(const X509_ALGOR* alg, const ASN1_OCTET_STRING* octets, LoadOptions& options,
                     SecretBytes& out) {
  if (KeyError bad = spend(alg, options.limits); !bad.ok()) return bad;
  if (!options.passphrase.has_value()) return needs_passphrase();
  const std::string_view passphrase = *options.passphrase;
  unsigned char* plain = nullptr;
  int len = 0;
  const char* pass = passphrase.empty() ? "" : passphrase.data();  // a null one means another thing
  if (PKCS12_pbe_crypt_ex(alg, pass, static_cast<int>(passphrase.size()),
                          ASN1_STRING_get0_data(octets), ASN1_STRING_length(octets), &plain, &len,
                          0, legacy_library(), nullptr) == nullptr ||
      len < 0)
    return why_not();
  out = SecretBytes(Bytes(plain, static_cast<std::size_t>(len)));
  OPENSSL_clear_free(plain, static_cast<std::size_t>(len));
  return {};
}

}  // namespace sshauth
