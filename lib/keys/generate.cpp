#include "lib/keys/generate.hpp"

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
  return KeyError(KeyErrc::bad_argument, "there is no key type \"" + printable(type) +
                                             "\" to make; ed25519, ecdsa and rsa there are");
}

}  // namespace sshauth
