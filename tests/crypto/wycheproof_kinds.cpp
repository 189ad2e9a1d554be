#include "ec_pair.hpp"
#include "lib/crypto/builtin/mlkem.hpp"
#include "wycheproof.hpp"

namespace sshauth::test {
namespace {

template <class Each>
void for_each_test(const Json& file, Each each) {
  for (const Json& group : file["testGroups"])
    for (const Json& test : group["tests"]) each(group, test);
}

// The row's sequence number is the first four octets of the message, and a key shorter than the
// row's is the same key with zeros behind it (RFC 2104 §2).
bool run_hmac(const Provider& provider, const Json& file, Tally& tally, const char* row) {
  const MacAlg* alg = find(macs(provider), row);
  if (alg == nullptr) return false;
  for_each_test(file, [&](const Json&, const Json& test) {
    Octets key = field(test, "key"), message = field(test, "msg"), tag = field(test, "tag");
    if (key.size() > alg->key_len) return tally.skip("key longer than SSH's");
    if (message.size() < 4) return tally.skip("message shorter than a sequence number");
    key.resize(alg->key_len);
    const auto made = mac(*alg, key, load_u32(message.data()), Bytes(message).subspan(4));
    const bool same =
        made && tag.size() <= made->size() && same_bytes(tag, Bytes(*made).first(tag.size()));
    tally.check(test, verdict_fits(test, same));
  });
  return true;
}

using openssl::Pkey;

// DER, as Wycheproof has it, to r and s side by side, as SSH's rows have it. Nothing when it is
// not the one DER encoding of two numbers that fit.
std::optional<Octets> bare_ecdsa(const Octets& der, std::size_t field_len) {
  using Sig = openssl::Owned<ECDSA_SIG, ECDSA_SIG_free>;
  const openssl::ErrorMark mark;
  const std::uint8_t* at = der.data();
  const Sig sig(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (!sig || at != der.data() + der.size()) return std::nullopt;
  std::uint8_t* again = nullptr;
  const int len = i2d_ECDSA_SIG(sig.get(), &again);
  const bool same = len > 0 && same_bytes(der, Bytes(again, static_cast<std::size_t>(len)));
  OPENSSL_free(again);
  const BIGNUM* r = ECDSA_SIG_get0_r(sig.get());
  const BIGNUM* s = ECDSA_SIG_get0_s(sig.get());
  Octets out(2 * field_len);
  const int half = static_cast<int>(field_len);
  if (!same || BN_is_negative(r) != 0 || BN_is_negative(s) != 0 ||
      BN_bn2binpad(r, out.data(), half) != half || BN_bn2binpad(s, out.data() + half, half) != half)
    return std::nullopt;
  return out;
}

Octets without_zeros(Octets number) {
  while (!number.empty() && number[0] == 0) number.erase(number.begin());
  return number;
}

}  // namespace

// The rows' AAD is packet_length, always four octets, so their tags cannot be those of the
// vectors; the enciphered text does not depend on the AAD and must be the same.
bool run_aes_gcm(const Provider& provider, const Json& file, Tally& tally) {
  bool found = false;
  for_each_test(file, [&](const Json& group, const Json& test) {
    const std::string name =
        "aes" + std::to_string(group["keySize"].get<int>()) + "-gcm@openssh.com";
    const CipherAlg* alg = find(ciphers(provider), name);
    if (alg == nullptr) return tally.skip("no row with that key length");
    found = true;
    if (group["ivSize"] != 96) return tally.skip("nonce not of 12 octets");
    if (test["result"] != "valid") return tally.skip("tag over an AAD not of 4 octets");
    const Octets text = field(test, "msg"), sealed = field(test, "ct");
    Octets packet(4 + text.size());
    copy_bytes(&packet[4], text);
    Direction out(*alg, true, field(test, "key"), field(test, "iv"));
    tally.check(test,
                out.seal(0, packet) && same_bytes(Bytes(packet).subspan(4, text.size()), sealed));
  });
  return found;
}

bool run_hmac_sha256(const Provider& provider, const Json& file, Tally& tally) {
  return run_hmac(provider, file, tally, "hmac-sha2-256");
}
bool run_hmac_sha512(const Provider& provider, const Json& file, Tally& tally) {
  return run_hmac(provider, file, tally, "hmac-sha2-512");
}

bool run_x25519(const Provider& provider, const Json& file, Tally& tally) {
  const AgreementAlg* alg = find(agreements(provider), "x25519");
  if (alg == nullptr) return false;
  for_each_test(file, [&](const Json&, const Json& test) {
    FixedRng scalar(field(test, "private"));
    const Octets expected = field(test, "shared");
    Initiator initiator(*alg, *scalar.get());
    const auto secret = initiator.finish(field(test, "public"));
    // RFC 8731 §3: an all-zero secret is refused, whatever the vector thinks of it.
    const bool zero = ct_is_zero(expected);
    tally.check(test, zero ? !secret : secret && *secret == expected);
  });
  return true;
}

// The hybrids' rows take two halves at once, so the vectors go to the mechanism beneath them.
bool run_mlkem768(const Provider& provider, const Json& file, Tally& tally) {
  using mlkem::MlKem768;
  for_each_test(file, [&](const Json&, const Json& test) {
    const Octets seed = field(test, "seed");
    if (seed.size() != 64) return tally.skip("seed not of 64 octets");
    FixedRng rng(seed);
    MlKem768::PrivateKey key;
    Octets secret(MlKem768::kSecretLen);
    const bool made = MlKem768::generate(key, *rng.get());
    const bool same_key =
        made && (!test.contains("ek") || same_bytes(field(test, "ek"), key.public_key));
    if (!test.contains("c")) return tally.check(test, verdict_fits(test, same_key));
    const bool opened = made && MlKem768::decapsulate(key, field(test, "c"), secret.data());
    const bool valid = test["result"] == "valid";
    tally.check(test, same_key && opened == valid && (!valid || secret == field(test, "K")));
  });
  return &provider == &openssl_provider();
}

// The rows draw their own scalars, so the vectors' go to the function beneath the rows.
bool run_ecdh(const Provider& provider, const Json& file, Tally& tally) {
  for_each_test(file, [&](const Json& group, const Json& test) {
    const std::string name = group["curve"];
    const openssl::Curve& curve = name == "secp256r1"   ? openssl::kP256
                                  : name == "secp384r1" ? openssl::kP384
                                                        : openssl::kP521;
    const openssl::ErrorMark mark;
    const Pkey own = ec_pair(curve, field(test, "private"));
    Octets secret(curve.field_len);
    std::size_t len = 0;
    const bool agreed =
        own && openssl::agree_ec(curve, own.get(), field(test, "public"), secret.data(), &len);
    const bool same = agreed && secret == field(test, "shared");
    tally.check(test, agreed ? same && test["result"] != "invalid" : test["result"] != "valid");
  });
  return &provider == &openssl_provider();
}

bool run_ecdsa(const Provider& provider, const Json& file, Tally& tally) {
  const std::string curve = file["testGroups"][0]["publicKey"]["curve"];
  const std::string row = "ecdsa-sha2-nistp" + curve.substr(4, 3);
  const SigAlg* alg = find(sigs(provider), row);
  if (alg == nullptr) return false;
  for_each_test(file, [&](const Json& group, const Json& test) {
    KeyPair key;
    key.first = field(group["publicKey"], "uncompressed");
    const auto bare = bare_ecdsa(field(test, "sig"), (key.first.size() - 1) / 2);
    tally.check(test, verdict_fits(test, bare && verify(*alg, key, field(test, "msg"), *bare)));
  });
  return true;
}

bool run_ed25519(const Provider& provider, const Json& file, Tally& tally) {
  const SigAlg* alg = find(sigs(provider), "ssh-ed25519");
  if (alg == nullptr) return false;
  for_each_test(file, [&](const Json& group, const Json& test) {
    KeyPair key;
    key.first = field(group["publicKey"], "pk");
    tally.check(test,
                verdict_fits(test, verify(*alg, key, field(test, "msg"), field(test, "sig"))));
  });
  return true;
}

bool run_rsa(const Provider& provider, const Json& file, Tally& tally) {
  const std::string sha = file["testGroups"][0]["sha"];
  const SigAlg* alg = find(sigs(provider), "rsa-sha2-" + sha.substr(4));
  if (alg == nullptr) return false;
  for_each_test(file, [&](const Json& group, const Json& test) {
    KeyPair key;
    key.first = without_zeros(field(group["publicKey"], "publicExponent"));
    key.second = without_zeros(field(group["publicKey"], "modulus"));
    tally.check(test,
                verdict_fits(test, verify(*alg, key, field(test, "msg"), field(test, "sig"))));
  });
  return true;
}

}  // namespace sshauth::test
