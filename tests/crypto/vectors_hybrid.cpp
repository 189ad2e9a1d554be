// Keccak against FIPS 202's examples, ML-KEM against accumulated vectors, Streamlined NTRU Prime
// against its known-answer file, and the hybrids against their parts.
#include <catch2/catch.hpp>

#include "lib/crypto/builtin/keccak.hpp"
#include "lib/crypto/builtin/mlkem.hpp"
#include "lib/crypto/builtin/sntrup761.hpp"
#include "lib/crypto/openssl/mlkem.hpp"
#include "support.hpp"

using namespace sshauth;
using namespace sshauth::test;
using mlkem::MlKem1024;
using mlkem::MlKem768;

namespace {

Octets keccak(Keccak::Kind kind, Bytes in, std::size_t len) {
  Octets out(len);
  Keccak(kind).absorb(in).squeeze(out);
  return out;
}

// Hands out the octets of SHAKE128 of nothing, in one row.
class Stream {
 public:
  const Rng& rng() const { return rng_; }
  Octets next(std::size_t len) {
    Octets out(len);
    shake_.squeeze(out);
    return out;
  }

 private:
  static int fill(void* self, std::uint8_t* out, std::size_t len) {
    static_cast<Stream*>(self)->shake_.squeeze({out, len});
    return 1;
  }
  Keccak shake_{Keccak::kShake128};
  Rng rng_{this, fill};
};

// CTR_DRBG with AES-256 and no derivation function (SP 800-90A §10.2.1), which the known-answer
// files of NIST's post-quantum process draw from: every request is followed by an update.
class CtrDrbg {
 public:
  explicit CtrDrbg(const Octets& seed) { update(seed); }
  const Rng& rng() const { return rng_; }

 private:
  static int fill(void* self, std::uint8_t* out, std::size_t len) {
    auto& drbg = *static_cast<CtrDrbg*>(self);
    copy_bytes(out, drbg.stream(len));
    drbg.update(Octets(48));
    return 1;
  }
  void count_up() {
    for (std::size_t i = 16; i > 0 && ++v_[i - 1] == 0;) --i;
  }
  Octets stream(std::size_t len) {
    const CipherAlg& ctr = *find(ciphers(openssl_provider()), "aes256-ctr");
    count_up();
    Octets out((len + 15) / 16 * 16);
    Direction direction(ctr, true, key_, v_);
    REQUIRE(direction.crypt(out));
    for (std::size_t block = 16; block < out.size(); block += 16) count_up();
    out.resize(len);
    return out;
  }
  void update(const Octets& with) {
    Octets next = stream(48);
    for (std::size_t i = 0; i < 48; ++i) next[i] ^= with[i];
    key_.assign(next.begin(), next.begin() + 32);
    v_.assign(next.begin() + 32, next.end());
  }

  Octets key_ = Octets(32), v_ = Octets(16);
  Rng rng_{this, fill};
};

std::string upper_hex(Bytes octets) {
  std::string out = hex(octets);
  for (char& c : out)
    if (c >= 'a') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

// The specification's encoding of small polynomials: four coefficients in an octet.
std::string upper_hex(const std::int8_t (&small)[Sntrup761::kP]) {
  Octets out(Sntrup761::kSmallLen);
  for (std::size_t i = 0; i < Sntrup761::kP; ++i)
    out[i / 4] = static_cast<std::uint8_t>(out[i / 4] | (small[i] + 1) << 2 * (i % 4));
  return upper_hex(out);
}

template <class Kem>
struct Drawn {
  typename Kem::PrivateKey key;
  Octets ciphertext, secret;
};

// A key pair and an encapsulation to it, from the stream.
template <class Kem>
void draw(Stream& in, Drawn<Kem>& out) {
  out.ciphertext.resize(Kem::kCipherLen);
  out.secret.resize(Kem::kSecretLen);
  REQUIRE(Kem::generate(out.key, in.rng()));
  REQUIRE(Kem::encapsulate(in.rng(), out.key.public_key, out.ciphertext.data(), out.secret.data()));
}

template <class Kem>
std::optional<Octets> opened(const Drawn<Kem>& with, Bytes ciphertext) {
  Octets secret(Kem::kSecretLen);
  if (!Kem::decapsulate(with.key, ciphertext, secret.data())) return std::nullopt;
  return secret;
}

// Public keys, ciphertexts, secrets and the secrets of ciphertexts that are none, in one hash.
template <class Kem>
std::string accumulated(int rounds) {
  Stream in;
  Keccak all(Keccak::kShake128);
  for (int i = 0; i < rounds; ++i) {
    Drawn<Kem> drawn;
    draw(in, drawn);
    REQUIRE(opened(drawn, drawn.ciphertext) == drawn.secret);
    all.absorb(drawn.key.public_key).absorb(drawn.ciphertext).absorb(drawn.secret);
    all.absorb(*opened(drawn, in.next(Kem::kCipherLen)));
  }
  Octets out(32);
  all.squeeze(out);
  return hex(out);
}

}  // namespace

// The values of NIST's example files for FIPS 202, and of inputs that end at the rate's edges.
TEST_CASE("Keccak gives the published values") {
  CHECK(hex(keccak(Keccak::kSha3_256, {}, 32)) ==
        "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
  CHECK(hex(keccak(Keccak::kSha3_256, octets("abc"), 32)) ==
        "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
  CHECK(hex(keccak(Keccak::kSha3_512, octets("abc"), 64)) ==
        "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
        "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0");
  CHECK(hex(keccak(Keccak::kShake128, {}, 32)) ==
        "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26");
  CHECK(hex(keccak(Keccak::kShake256, {}, 32)) ==
        "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f");
  // 200 octets 0xa3: more than one block of each kind.
  CHECK(hex(keccak(Keccak::kSha3_256, Octets(200, 0xa3), 32)) ==
        "79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787");
}

TEST_CASE("Keccak is the same however its input and output are cut") {
  const Octets in = *random_octets(openssl_provider(), 500);
  const Octets whole = keccak(Keccak::kShake128, in, 500);
  for (const std::size_t cut : {0u, 1u, 7u, 167u, 168u, 169u, 336u, 499u, 500u}) {
    Keccak parts(Keccak::kShake128);
    parts.absorb(Bytes(in).first(cut)).absorb(Bytes(in).subspan(cut));
    Octets out(500);
    parts.squeeze(MutBytes(out).first(cut));
    parts.squeeze(MutBytes(out).subspan(cut));
    CHECK(out == whole);
  }
}

// The digest of a hundred rounds for ML-KEM-768 is the one that Go's crypto/mlkem and others
// publish; that for ML-KEM-1024 was computed by a literal transcription of FIPS 203 in Python,
// which gives the published one for ML-KEM-768.
TEST_CASE("ML-KEM gives the accumulated values of a hundred keys") {
  CHECK(accumulated<MlKem768>(100) ==
        "1114b1b6699ed191734fa339376afa7e285c9e6acf6ff0177d346696ce564415");
  CHECK(accumulated<MlKem1024>(100) ==
        "800018fec3e2723f73f1d657fe239b4d5d8782efaade297e8cd448e54cc2ac00");
}

// FIPS 203 §7.2: lengths and coefficients of the encapsulation key.
TEMPLATE_TEST_CASE("ML-KEM refuses an encapsulation key that is none", "", MlKem768, MlKem1024) {
  Stream in;
  Drawn<TestType> drawn;
  draw(in, drawn);
  Octets out(TestType::kCipherLen), secret(TestType::kSecretLen);
  const auto taken = [&](const Octets& key) {
    return TestType::encapsulate(in.rng(), key, out.data(), secret.data());
  };
  const Octets key = octets(drawn.key.public_key);
  CHECK(taken(key));
  CHECK_FALSE(taken({}));
  CHECK_FALSE(taken(Octets(key.begin(), key.end() - 1)));
  Octets longer = key;
  longer.push_back(0);
  CHECK_FALSE(taken(longer));
  // Coefficients are 12 bits, two in three octets; 3328 is the largest there is.
  for (std::size_t pair = 0; pair < TestType::kPublicLen - 32; pair += 3) {
    Octets most = key, beyond = key;
    most[pair] = 0x00, most[pair + 1] = static_cast<std::uint8_t>((key[pair + 1] & 0xf0) | 0x0d);
    beyond[pair] = 0x01, beyond[pair + 1] = most[pair + 1];
    REQUIRE(taken(most));
    REQUIRE_FALSE(taken(beyond));
    beyond = key;
    beyond[pair + 1] |= 0xf0, beyond[pair + 2] = 0xff;
    REQUIRE_FALSE(taken(beyond));
  }
}

// FIPS 203 §6.3: implicit rejection. Another secret, always the same one, and no sign of it.
TEMPLATE_TEST_CASE("ML-KEM rejects a changed ciphertext implicitly", "", MlKem768, MlKem1024) {
  Stream in;
  Drawn<TestType> drawn;
  draw(in, drawn);
  for (std::size_t i = 0; i < TestType::kCipherLen; i += 7) {
    Octets changed = drawn.ciphertext;
    changed[i] ^= static_cast<std::uint8_t>(1u << (i % 8));
    const auto secret = opened(drawn, changed);
    REQUIRE(secret);
    REQUIRE(*secret != drawn.secret);
    REQUIRE(*secret == *opened(drawn, changed));
    Octets expected(32);
    Keccak(Keccak::kShake256).absorb(drawn.key.z).absorb(changed).squeeze(expected);
    REQUIRE(*secret == expected);
  }
  Octets longer = drawn.ciphertext;
  longer.push_back(0);
  CHECK_FALSE(opened(drawn, longer));
  CHECK_FALSE(opened(drawn, Bytes(drawn.ciphertext).first(TestType::kCipherLen - 1)));
  CHECK_FALSE(opened(drawn, Bytes()));
}

// Where libcrypto has ML-KEM: of the same random octets the same keys, ciphertexts and secrets.
// Where it has not, that what stands in for it is ours.
TEMPLATE_TEST_CASE("libcrypto's ML-KEM and ours are one", "", MlKem768, MlKem1024) {
  using Theirs = openssl::MlKem<TestType>;
  WARN("libcrypto " << (Theirs::in_library() ? "has" : "does not have") << " ML-KEM");
  Stream ours_in, theirs_in;
  for (int round = 0; round < 20; ++round) {
    Drawn<TestType> ours;
    draw(ours_in, ours);
    Drawn<Theirs> theirs{};
    draw(theirs_in, theirs);
    CHECK((theirs.key.library != nullptr) == Theirs::in_library());
    CHECK(octets(theirs.key.public_key) == octets(ours.key.public_key));
    CHECK(theirs.ciphertext == ours.ciphertext);
    CHECK(theirs.secret == ours.secret);
    CHECK(opened(theirs, ours.ciphertext) == ours.secret);
    const Octets random = ours_in.next(TestType::kCipherLen);
    CHECK(theirs_in.next(TestType::kCipherLen) == random);
    CHECK(opened(theirs, random) == opened(ours, random));  // FIPS 203 §6.3
    CHECK_FALSE(opened(theirs, Bytes(random).first(TestType::kCipherLen - 1)));
    Octets none = octets(theirs.key.public_key), out(TestType::kCipherLen), secret(32);
    none[1] |= 0x0f, none[0] = 0xff;  // a coefficient above 3328
    CHECK_FALSE(Theirs::encapsulate(theirs_in.rng(), none, out.data(), secret.data()));
    CHECK_FALSE(TestType::encapsulate(ours_in.rng(), none, out.data(), secret.data()));
    Theirs::wipe(theirs.key);
    CHECK(theirs.key.library == nullptr);
  }
}

TEMPLATE_TEST_CASE("no key and no secret comes about without randomness", "", MlKem768, MlKem1024,
                   Sntrup761) {
  const Rng none{nullptr, [](void*, std::uint8_t*, std::size_t) { return 0; }};
  Stream in;
  Drawn<TestType> drawn;
  draw(in, drawn);
  CHECK_FALSE(TestType::generate(drawn.key, none));
  CHECK_FALSE(TestType::encapsulate(none, drawn.key.public_key, drawn.ciphertext.data(),
                                    drawn.secret.data()));
}

// The first answer of the known-answer file as its SHA-256, which liboqs and others publish.
TEST_CASE("sntrup761 gives the first known answer") {
  const std::string seed =
      "061550234D158C5EC95595FE04EF7A25767F2E24CC2BC479D09D86DC9ABCFDE7"
      "056A8C266F9EF97ED08541DBD2E1FFA1";
  CtrDrbg drbg(unhex(seed));
  Sntrup761::PrivateKey key;
  Octets ciphertext(Sntrup761::kCipherLen), secret(Sntrup761::kSecretLen);
  REQUIRE(Sntrup761::generate(key, drbg.rng()));
  REQUIRE(Sntrup761::encapsulate(drbg.rng(), key.public_key, ciphertext.data(), secret.data()));
  const std::string answer = "count = 0\nseed = " + seed + "\npk = " + upper_hex(key.public_key) +
                             "\nsk = " + upper_hex(key.f) + upper_hex(key.g_inverse) +
                             upper_hex(key.public_key) + upper_hex(key.rho) +
                             upper_hex(key.public_hash) + "\nct = " + upper_hex(ciphertext) +
                             "\nss = " + upper_hex(secret) + "\n";
  CHECK(hex(*hash(*find(hashes(openssl_provider()), "sha256"), octets(answer))) ==
        "afc42c3a5b10f4ef69654250097ebda9b9564570f4086744b24a6daf2bd1f89a");
}

// Round 3 specification, §3: rejection is implicit here too, by the secret polynomial rho.
TEST_CASE("sntrup761 agrees with itself and rejects a changed ciphertext implicitly") {
  Stream in;
  for (int i = 0; i < 5; ++i) {
    Drawn<Sntrup761> drawn;
    draw(in, drawn);
    CHECK(opened(drawn, drawn.ciphertext) == drawn.secret);
    for (std::size_t at = 0; at < Sntrup761::kCipherLen; at += 101) {
      Octets changed = drawn.ciphertext;
      changed[at] ^= static_cast<std::uint8_t>(1u << (at % 8));
      const auto secret = opened(drawn, changed);
      REQUIRE(secret);
      REQUIRE(*secret != drawn.secret);
      REQUIRE(*secret == *opened(drawn, changed));
    }
    // Octets that encode no polynomial are one all the same, for keys and for ciphertexts.
    CHECK(opened(drawn, Octets(Sntrup761::kCipherLen, 0xff)));
    Octets ciphertext(Sntrup761::kCipherLen), secret(32);
    CHECK(Sntrup761::encapsulate(in.rng(), Octets(Sntrup761::kPublicLen, 0xff), ciphertext.data(),
                                 secret.data()));
    for (const std::size_t len : {std::size_t{0}, Sntrup761::kCipherLen - 1})
      CHECK_FALSE(opened(drawn, Bytes(drawn.ciphertext).first(len)));
    for (const std::size_t len : {std::size_t{0}, Sntrup761::kPublicLen - 1})
      CHECK_FALSE(Sntrup761::encapsulate(in.rng(), Bytes(drawn.key.public_key).first(len),
                                         ciphertext.data(), secret.data()));
  }
}

// Of a private polynomial f 286 coefficients are not zero.
TEST_CASE("sntrup761's private keys are what the specification asks for") {
  Stream in;
  Drawn<Sntrup761> drawn;
  draw(in, drawn);
  int weight = 0;
  for (const std::int8_t a : drawn.key.f) {
    REQUIRE((a >= -1 && a <= 1));
    weight += a != 0;
  }
  CHECK(weight == 286);
}

// draft-ietf-sshm-mlkem-hybrid-kex §2.4: K = HASH(K_PQ || K_CL), the classical part as it is.
TEST_CASE("mlkem768x25519 is ML-KEM-768 and X25519 side by side") {
  for (const Provider* p : all_providers()) {
    INFO(p->name);
    const AgreementAlg& alg = *find(agreements(*p), "mlkem768x25519");
    const AgreementAlg& classical = *find(agreements(*p), "x25519");
    const HashAlg& sha256 = *find(hashes(*p), "sha256");
    CHECK(alg.init_len == 1184 + 32);
    CHECK(alg.reply_len == 1088 + 32);
    Stream in;
    Initiator initiator(alg, in.rng());
    REQUIRE(initiator.ok());
    const Bytes value = initiator.value();

    // The responder's half by hand.
    Stream other;
    Octets ciphertext(1088), pq(32);
    REQUIRE(MlKem768::encapsulate(other.rng(), value.first(1184), ciphertext.data(), pq.data()));
    const auto agreed = respond(classical, p->rng, value.subspan(1184));
    REQUIRE(agreed);
    Octets both = pq, reply = ciphertext;
    both.insert(both.end(), agreed->secret.begin(), agreed->secret.end());
    reply.insert(reply.end(), agreed->value.begin(), agreed->value.end());
    CHECK(initiator.finish(reply) == hash(sha256, both));
  }
}

// Whatever one half refuses, the hybrid refuses; and lengths are exact.
TEST_CASE("the hybrids refuse what a half refuses") {
  for (const Provider* p : all_providers())
    for (const char* name :
         {"mlkem768x25519", "mlkem768nistp256", "mlkem1024nistp384", "sntrup761x25519"}) {
      const AgreementAlg* alg = find(agreements(*p), name);
      if (alg == nullptr) continue;
      INFO(name << " by " << p->name);
      Initiator initiator(*alg, p->rng);
      REQUIRE(initiator.ok());
      const Octets value = initiator.value();
      const auto answer = respond(*alg, p->rng, value);
      REQUIRE(answer);
      const std::string_view kind = name;
      const std::size_t classical = kind.ends_with("25519") ? 32 : kind.ends_with("p256") ? 65 : 97;
      const auto zeroed = [&](Octets from) {
        std::fill(from.end() - static_cast<std::ptrdiff_t>(classical), from.end(), std::uint8_t{0});
        return from;
      };
      CHECK_FALSE(respond(*alg, p->rng, zeroed(value)));
      CHECK_FALSE(initiator.finish(zeroed(answer->value)));
      for (const Octets& whole : {value, answer->value})
        for (const std::size_t len : {std::size_t{0}, classical, whole.size() - 1}) {
          CHECK_FALSE(respond(*alg, p->rng, Bytes(whole).first(len)));
          CHECK_FALSE(initiator.finish(Bytes(whole).first(len)));
        }
      Octets bad = value;
      bad[0] = 0xff, bad[1] = 0xff;  // of ML-KEM a coefficient above 3328
      CHECK(respond(*alg, p->rng, bad).has_value() == kind.starts_with("sntrup"));
      CHECK(initiator.finish(answer->value) == answer->secret);
    }
}
