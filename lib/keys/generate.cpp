#include "lib/keys/generate.hpp"

#include <openssl/core_names.h>

#include "lib/keys/ossl.hpp"
#include "lib/keys/pkey.hpp"

namespace sshauth {
namespace {

constexpr unsigned kMinNewRsaBits = 2048;
constexpr unsigned kDefaultRsaBits = 3072;
constexpr char kFormat[] = "generated";

KeyError bad_size(std::string_view type, std::string_view right) {
  return {KeyErrc::bad_argument,
          "a new " + std::string(type) + " key has " + std::string(right) + " bits"};
}

KeyResult made(EVP_PKEY* raw) {
  const ossl::Pkey pkey(raw);
  if (pkey == nullptr) return KeyError(KeyErrc::crypto_failed, "libcrypto could not make a key");
  return identity_from_pkey(pkey.get(), kFormat);
}

KeyResult make_rsa(unsigned bits) {
  if (bits == 0) bits = kDefaultRsaBits;
  if (bits < kMinNewRsaBits || bits > kMaxRsaBits)
    return bad_size("RSA", std::to_string(kMinNewRsaBits) + " to " + std::to_string(kMaxRsaBits));
  return made(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(bits)));
}

KeyResult make_ec(unsigned bits) {
  if (bits != 256 && bits != 384 && bits != 521) return bad_size("ECDSA", "256, 384 or 521");
  return made(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", ("P-" + std::to_string(bits)).c_str()));
}

// FIPS 186-2: p of 1024 and q of 160 bits, the one size that ssh-dss has (RFC 4253 §6.6).
KeyResult make_dsa() {
  std::size_t p_bits = 1024, q_bits = 160;
  OSSL_PARAM sizes[] = {OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_FFC_PBITS, &p_bits),
                        OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_FFC_QBITS, &q_bits),
                        OSSL_PARAM_construct_end()};
  const ossl::PkeyCtx parameters(EVP_PKEY_CTX_new_from_name(nullptr, "DSA", nullptr));
  EVP_PKEY* raw = nullptr;
  if (parameters == nullptr || EVP_PKEY_paramgen_init(parameters.get()) != 1 ||
      EVP_PKEY_CTX_set_params(parameters.get(), sizes) != 1 ||
      EVP_PKEY_paramgen(parameters.get(), &raw) != 1)
    return made(nullptr);
  const ossl::Pkey group(raw);
  const ossl::PkeyCtx ctx(EVP_PKEY_CTX_new_from_pkey(nullptr, group.get(), nullptr));
  raw = nullptr;
  if (ctx == nullptr || EVP_PKEY_keygen_init(ctx.get()) != 1 ||
      EVP_PKEY_keygen(ctx.get(), &raw) != 1)
    return made(nullptr);
  return made(raw);
}

}  // namespace

KeyResult generate_identity(std::string_view type, unsigned bits) {
  const ossl::ErrorMark mark;
  if (type == "rsa" || type == "ssh-rsa") return make_rsa(bits);
  if (type == "ecdsa") return make_ec(bits == 0 ? 256 : bits);
  for (const unsigned curve : {256u, 384u, 521u})
    if (type == "ecdsa-sha2-nistp" + std::to_string(curve)) {
      if (bits != 0 && bits != curve) return bad_size(type, std::to_string(curve));
      return make_ec(curve);
    }
  if (type == "ed25519" || type == "ssh-ed25519") {
    if (bits != 0 && bits != 256) return bad_size("Ed25519", "256");
    return made(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  }
  if (type == "ed448" || type == "ssh-ed448") {
    if (bits != 0 && bits != 448) return bad_size("Ed448", "448");
    return made(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"));
  }
  if (type == "dsa" || type == "ssh-dss") {
    if (bits != 0 && bits != 1024) return bad_size("DSA", "1024");
    return make_dsa();
  }
  return KeyError(KeyErrc::bad_argument,
                  "there is no key type \"" + printable(type) +
                      "\" to make; ed25519, ed448, ecdsa, rsa and dsa there are");
}

}  // namespace sshauth
