// PKCS#8: plain (RFC 5958) and encrypted (RFC 8018, scrypt of RFC 7914), decoded and deciphered by
// libcrypto. Ours is to bound the work that the file may ask of the key derivation, before any of
// it is done.
#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>

#include "lib/keys/der_private.hpp"
#include "lib/keys/ossl.hpp"
#include "lib/keys/pem.hpp"
#include "lib/keys/pkcs8_v2.hpp"

namespace sshauth {
namespace {

using Sig = ossl::Owned<X509_SIG, X509_SIG_free>;
using Pbe = ossl::Owned<PBEPARAM, PBEPARAM_free>;
using Pbe2 = ossl::Owned<PBE2PARAM, PBE2PARAM_free>;
using Pbkdf2 = ossl::Owned<PBKDF2PARAM, PBKDF2PARAM_free>;
using Scrypt = ossl::Owned<SCRYPT_PARAMS, SCRYPT_PARAMS_free>;

// libcrypto refuses to take more for scrypt.
constexpr std::uint64_t kMaxScryptMemory = std::uint64_t{32} * 1024 * 1024;

constexpr char kPlain[] = "PKCS#8";
constexpr char kEncrypted[] = "PKCS#8 encrypted";

KeyError malformed(std::string_view why) {
  return {KeyErrc::malformed, "the PKCS#8 key is malformed: " + std::string(why)};
}

KeyError too_expensive(std::string_view what, std::uint64_t asked, std::uint64_t most) {
  return {KeyErrc::too_expensive, "the key asks for " + std::to_string(asked) + " " +
                                      std::string(what) + "; at most " + std::to_string(most) +
                                      " are done. openssl pkcs8 -topk8 -iter makes it cheaper"};
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

KeyError check_iterations(const ASN1_INTEGER* number, const LoadLimits& limits) {
  std::uint64_t iterations = 0;
  if (!count_of(number, iterations) || iterations == 0) return malformed("no iteration count");
  if (iterations > limits.pbkdf2_iterations)
    return too_expensive("iterations of its key derivation", iterations, limits.pbkdf2_iterations);
  return {};
}

// RFC 7914 §6: work grows with N * r * p; memory is 128 octets times r * (N + p).
KeyError check_scrypt(const SCRYPT_PARAMS& params, const LoadLimits& limits) {
  std::uint64_t n = 0, r = 0, p = 0;
  if (!count_of(params.costParameter, n) || !count_of(params.blockSize, r) ||
      !count_of(params.parallelizationParameter, p) || n == 0 || r == 0 || p == 0)
    return malformed("scrypt parameters missing or zero");
  const std::uint64_t most = limits.scrypt_work;
  if (n > most || r > most / n || p > most / n / r)
    return {KeyErrc::too_expensive,
            "the key asks for more work from scrypt than is done: N * r * "
            "p is at most " +
                std::to_string(most)};
  if (n + p + 2 > kMaxScryptMemory / 128 / r)
    return {KeyErrc::too_expensive,
            "the key asks scrypt for more than the 32 MiB of memory that libcrypto gives it"};
  return {};
}

KeyError check_pbes2(const X509_ALGOR* alg, const LoadLimits& limits) {
  const auto params = unpack<Pbe2>(alg, ASN1_ITEM_rptr(PBE2PARAM));
  if (params == nullptr) return malformed("PBES2 parameters");
  const int kdf = algorithm_of(params->keyfunc);
  if (kdf == NID_id_pbkdf2) {
    const auto pbkdf2 = unpack<Pbkdf2>(params->keyfunc, ASN1_ITEM_rptr(PBKDF2PARAM));
    return pbkdf2 != nullptr ? check_iterations(pbkdf2->iter, limits)
                             : malformed("PBKDF2 parameters");
  }
  if (kdf == NID_id_scrypt) {
    const auto scrypt = unpack<Scrypt>(params->keyfunc, ASN1_ITEM_rptr(SCRYPT_PARAMS));
    return scrypt != nullptr ? check_scrypt(*scrypt, limits) : malformed("scrypt parameters");
  }
  return {KeyErrc::unsupported_type,
          "the key derivation of this PKCS#8 key is not supported; PBKDF2 and scrypt are"};
}

// What is not PBES2 and has the parameters of PBES1, is PBES1 or a PKCS#12 scheme; libcrypto may
// know it or not. Anything else is refused here, so that no work goes uncounted.
KeyError check_cost(const X509_ALGOR* alg, const LoadLimits& limits) {
  if (algorithm_of(alg) == NID_pbes2) return check_pbes2(alg, limits);
  const auto params = unpack<Pbe>(alg, ASN1_ITEM_rptr(PBEPARAM));
  if (params != nullptr) return check_iterations(params->iter, limits);
  return {KeyErrc::unsupported_type, "the encryption of this PKCS#8 key is not supported"};
}

KeyError wrong_passphrase() {
  return {KeyErrc::wrong_passphrase, "the passphrase does not open this key"};
}

// Deciphers the octets of `sig`. A wrong passphrase shows as wrong padding, which libcrypto reports
// apart from not knowing the cipher.
KeyError decipher(const X509_SIG* sig, std::string_view passphrase, SecretBytes& out) {
  const X509_ALGOR* alg = nullptr;
  const ASN1_OCTET_STRING* octets = nullptr;
  X509_SIG_get0(sig, &alg, &octets);
  unsigned char* plain = nullptr;
  int len = 0;
  const char* pass = passphrase.empty() ? "" : passphrase.data();  // a null one means another thing
  if (PKCS12_pbe_crypt(alg, pass, static_cast<int>(passphrase.size()),
                       ASN1_STRING_get0_data(octets), ASN1_STRING_length(octets), &plain, &len,
                       0) == nullptr ||
      len < 0) {
    const unsigned long why = ERR_peek_last_error();
    if (ERR_GET_LIB(why) == ERR_LIB_PKCS12 &&
        ERR_GET_REASON(why) == PKCS12_R_PKCS12_CIPHERFINAL_ERROR)
      return wrong_passphrase();
    return {
        KeyErrc::unsupported_type,
        "libcrypto cannot decipher this PKCS#8 key: its encryption is not supported. Ciphers that "
        "it gave up: openssl pkcs8 -provider legacy -provider default converts the key"};
  }
  out = SecretBytes(Bytes(plain, static_cast<std::size_t>(len)));
  OPENSSL_clear_free(plain, static_cast<std::size_t>(len));
  return {};
}

using Info = ossl::Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;

Info parse_info(Bytes der) {
  const std::uint8_t* at = der.data();
  Info info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  return at == der.data() + der.size() ? std::move(info) : nullptr;
}

KeyResult from_info(const PKCS8_PRIV_KEY_INFO* info, const char* format) {
  const ASN1_OBJECT* oid = nullptr;
  const std::uint8_t* at = nullptr;
  int len = 0;
  const X509_ALGOR* alg = nullptr;
  if (PKCS8_pkey_get0(&oid, &at, &len, &alg, info) != 1) return malformed("no key inside");
  const Bytes der(at, static_cast<std::size_t>(len));
  switch (OBJ_obj2nid(oid)) {
    case NID_rsaEncryption: return load_rsa_der(der, format);
    case NID_X9_62_id_ecPublicKey: return load_ec_der(der, alg->parameter, format);
    case NID_ED25519: return load_ed25519_der(der, format);
    default:
      return KeyError(KeyErrc::unsupported_type,
                      "the type of this PKCS#8 key is not supported; RSA, EC and Ed25519 are");
  }
}

// PrivateKeyInfo, or the newer form with the public key, which then must be the right one.
KeyResult from_der(Bytes der, const char* format) {
  if (const Info info = parse_info(der)) return from_info(info.get(), format);
  SecretBytes v1;
  Blob stated;
  Info info;
  if (!pkcs8_without_public_key(der, v1, stated) || !(info = parse_info(v1.reveal())))
    return malformed("not a PrivateKeyInfo");
  KeyResult result = from_info(info.get(), format);
  if (!result.ok() || result->type() == "ssh-rsa") return result;  // RSA's bit string is DER again
  const ipworksauth_public_key& derived = result->private_key()->pub;
  if (!same_bytes(stated, {derived.first, derived.first_len}))
    return malformed("the public key in it is not the one that follows from the private one");
  return result;
}

}  // namespace

KeyResult load_pkcs8(Bytes der) { return from_der(der, kPlain); }

KeyResult load_pkcs8_encrypted(Bytes der, const LoadOptions& options) {
  const std::uint8_t* at = der.data();
  const Sig sig(d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (sig == nullptr || at != der.data() + der.size())
    return malformed("not an EncryptedPrivateKeyInfo");
  const X509_ALGOR* alg = nullptr;
  X509_SIG_get0(sig.get(), &alg, nullptr);
  if (KeyError bad = check_cost(alg, options.limits); !bad.ok()) return bad;
  if (!options.passphrase.has_value())
    return KeyError(KeyErrc::needs_passphrase, "the key is encrypted and needs its passphrase");
  SecretBytes plain;
  if (KeyError bad = decipher(sig.get(), *options.passphrase, plain); !bad.ok()) return bad;
  // One wrong passphrase in 256 leaves padding that looks right, and nonsense before it.
  if (!is_sequence(plain.reveal())) return wrong_passphrase();
  KeyResult result = from_der(plain.reveal(), kEncrypted);
  if (result.ok()) result->set_encrypted(true);
  return result;
}

}  // namespace sshauth
