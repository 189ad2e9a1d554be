#include "lib/keys/kdf.hpp"

#include <openssl/pkcs12.h>

#include "lib/keys/algorithm_id.hpp"

namespace sshauth {
namespace {

using Pbkdf2 = ossl::Owned<PBKDF2PARAM, PBKDF2PARAM_free>;
using Scrypt = ossl::Owned<SCRYPT_PARAMS, SCRYPT_PARAMS_free>;
using Md = ossl::Owned<EVP_MD, EVP_MD_free>;

// libcrypto refuses to take more for scrypt.
constexpr std::uint64_t kMaxScryptMemory = std::uint64_t{32} * 1024 * 1024;
constexpr std::uint64_t kMaxKeyLength = 64;  // every block of a hash costs all iterations again

KeyError malformed(std::string_view why) {
  return {KeyErrc::malformed, "the encryption of the key is malformed: " + std::string(why)};
}
KeyError unsupported() {
  return {KeyErrc::unsupported_type,
          "the key derivation of this key is not supported; PBKDF2 and scrypt are"};
}

struct ScryptCost {
  std::uint64_t n = 0, r = 0, p = 0;
};

// RFC 7914 §6: work grows with N * r * p; memory is 128 octets times r * (N + p).
KeyError spend_scrypt(const SCRYPT_PARAMS& params, bool r_for_p, LoadLimits& limits,
                      ScryptCost& cost) {
  if (!count_of(params.costParameter, cost.n) || !count_of(params.blockSize, cost.r) ||
      !count_of(params.parallelizationParameter, cost.p) || cost.n == 0 || cost.r == 0 ||
      cost.p == 0)
    return malformed("scrypt parameters missing or zero");
  if (r_for_p) cost.p = cost.r;
  const std::uint64_t most = limits.scrypt_work;
  if (cost.n > most || cost.r > most / cost.n || cost.p > most / cost.n / cost.r)
    return {KeyErrc::too_expensive,
            "the key asks for more work from scrypt than is done: N * r * p is at most " +
                std::to_string(most)};
  if (cost.n + cost.p + 2 > kMaxScryptMemory / 128 / cost.r)
    return {KeyErrc::too_expensive,
            "the key asks scrypt for more than the 32 MiB of memory that libcrypto gives it"};
  limits.scrypt_work -= cost.n * cost.r * cost.p;
  return {};
}

// The length that the parameters state, where they do.
bool key_length(const ASN1_INTEGER* stated, std::size_t& len) {
  std::uint64_t out = len;
  if (stated != nullptr && !count_of(stated, out)) return false;
  len = static_cast<std::size_t>(out);
  return out != 0 && out <= kMaxKeyLength;
}

KeyError derive_pbkdf2(const X509_ALGOR* alg, Bytes password, std::size_t len, LoadLimits& limits,
                       SecretBytes& out) {
  const auto params = parameters_of<Pbkdf2>(alg, ASN1_ITEM_rptr(PBKDF2PARAM));
  if (params == nullptr || params->salt == nullptr || params->salt->type != V_ASN1_OCTET_STRING ||
      !key_length(params->keylength, len))
    return malformed("PBKDF2 parameters");
  if (KeyError bad = spend_iterations(params->iter, limits); !bad.ok()) return bad;
  const int prf = params->prf != nullptr ? algorithm_of(params->prf) : NID_hmacWithSHA1;
  int hash = NID_undef;
  if (EVP_PBE_find(EVP_PBE_TYPE_PRF, prf, nullptr, &hash, nullptr) != 1) return unsupported();
  const Md md(EVP_MD_fetch(nullptr, OBJ_nid2sn(hash), nullptr));
  if (md == nullptr) return unsupported();
  const Bytes salt = octets_of(params->salt->value.octet_string);
  out = SecretBytes(len);
  const int iterations = static_cast<int>(ASN1_INTEGER_get(params->iter));
  if (PKCS5_PBKDF2_HMAC(as_text(password).data(), static_cast<int>(password.size()), salt.data(),
                        static_cast<int>(salt.size()), iterations, md.get(), static_cast<int>(len),
                        out.write().data()) != 1)
    return {KeyErrc::crypto_failed, "libcrypto could not derive the key's key"};
  return {};
}

KeyError derive_scrypt(const X509_ALGOR* alg, Bytes password, std::size_t len, LoadLimits& limits,
                       SecretBytes& out, bool r_for_p) {
  const auto params = parameters_of<Scrypt>(alg, ASN1_ITEM_rptr(SCRYPT_PARAMS));
  ScryptCost cost;
  if (params == nullptr || !key_length(params->keyLength, len))
    return malformed("scrypt parameters");
  if (KeyError bad = spend_scrypt(*params, r_for_p, limits, cost); !bad.ok()) return bad;
  const Bytes salt = octets_of(params->salt);
  out = SecretBytes(len);
  if (EVP_PBE_scrypt(as_text(password).data(), password.size(), salt.data(), salt.size(), cost.n,
                     cost.r, cost.p, kMaxScryptMemory, out.write().data(), len) != 1)
    return malformed("scrypt parameters");
  return {};
}

}  // namespace

KeyError spend_iterations(const ASN1_INTEGER* number, LoadLimits& limits) {
  std::uint64_t iterations = 0;
  if (!count_of(number, iterations) || iterations == 0) return malformed("no iteration count");
  if (iterations > limits.pbkdf2_iterations)
    return {KeyErrc::too_expensive, "the key asks for " + std::to_string(iterations) +
                                        " iterations of its key derivation; at most " +
                                        std::to_string(limits.pbkdf2_iterations) +
                                        " are done. openssl pkcs8 -topk8 -iter makes it cheaper"};
  limits.pbkdf2_iterations -= static_cast<std::uint32_t>(iterations);
  return {};
}

KeyError spend_kdf(const X509_ALGOR* alg, LoadLimits& limits) {
  const int kdf = algorithm_of(alg);
  if (kdf == NID_id_pbkdf2) {
    const auto pbkdf2 = parameters_of<Pbkdf2>(alg, ASN1_ITEM_rptr(PBKDF2PARAM));
    return pbkdf2 != nullptr ? spend_iterations(pbkdf2->iter, limits)
                             : malformed("PBKDF2 parameters");
  }
  if (kdf != NID_id_scrypt) return unsupported();
  const auto scrypt = parameters_of<Scrypt>(alg, ASN1_ITEM_rptr(SCRYPT_PARAMS));
  ScryptCost cost;
  return scrypt != nullptr ? spend_scrypt(*scrypt, false, limits, cost)
                           : malformed("scrypt parameters");
}

KeyError derive_key(const X509_ALGOR* alg, Bytes password, std::size_t len, LoadLimits& limits,
                    SecretBytes& out, bool r_for_p) {
  switch (algorithm_of(alg)) {
    case NID_id_pbkdf2: return derive_pbkdf2(alg, password, len, limits, out);
    case NID_id_scrypt: return derive_scrypt(alg, password, len, limits, out, r_for_p);
    default: return unsupported();
  }
}

SecretBytes password_in_utf16(std::string_view password) {
  unsigned char* text = nullptr;
  int len = 0;
  const char* from = password.empty() ? "" : password.data();
  if (OPENSSL_utf82uni(from, static_cast<int>(password.size()), &text, &len) == nullptr || len < 2)
    return SecretBytes(2);
  SecretBytes out(Bytes(text, static_cast<std::size_t>(len)));
  OPENSSL_clear_free(text, static_cast<std::size_t>(len));
  return out;
}

}  // namespace sshauth
