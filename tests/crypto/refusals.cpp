// What must be refused: changed tags, malformed keys, points and values, lengths that do not fit.
// And nothing refused may leave an error behind in libcrypto's queue, which is the host's.
#include <openssl/err.h>
#include <openssl/evp.h>

#include <catch2/catch.hpp>

#include "support.hpp"
#include "test_keys.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

Octets some(std::size_t len) { return *random_octets(openssl_provider(), len); }

void flip(Octets& octets, std::size_t bit) {
  octets[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
}

// The order L of Ed25519's group, least octet first (RFC 8032 §5.1).
const Octets& ed25519_order() {
  static const Octets order =
      unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  return order;
}

}  // namespace

TEST_CASE("a changed bit anywhere in a sealed packet is refused") {
  for (const Provider* p : all_providers())
    for (const CipherAlg* alg : ciphers(*p)) {
      if (alg->tag_len == 0) continue;
      INFO(alg->name << " by " << p->name);
      const Octets key = some(alg->key_len), iv = some(alg->iv_len + 1), clear = some(4 + 48);
      Octets sealed = clear;
      Direction out(*alg, true, key, iv);
      REQUIRE(out.seal(7, sealed));
      for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        Octets changed = sealed;
        flip(changed, bit);
        Direction in(*alg, false, key, iv);
        REQUIRE_FALSE(in.open(7, changed));
        // Nothing of the clear text may be in what is left.
        REQUIRE_FALSE(octets(Bytes(changed).subspan(4)) == octets(Bytes(clear).subspan(4)));
      }
      Octets whole = sealed;
      Direction in(*alg, false, key, iv);
      CHECK(in.open(7, whole));
    }
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a packet sealed for another place in the order is refused") {
  for (const Provider* p : all_providers())
    for (const CipherAlg* alg : ciphers(*p)) {
      if (alg->tag_len == 0) continue;
      INFO(alg->name << " by " << p->name);
      const Octets key = some(alg->key_len), iv = some(alg->iv_len + 1);
      Octets first = some(36), second = some(36);
      Direction out(*alg, true, key, iv), in(*alg, false, key, iv);
      REQUIRE(out.seal(0, first));
      REQUIRE(out.seal(1, second));
      CHECK_FALSE(in.open(0, second));
    }
}

TEST_CASE("an AEAD row refuses a packet shorter than its packet_length field") {
  for (const Provider* p : all_providers())
    for (const CipherAlg* alg : ciphers(*p)) {
      if (alg->tag_len == 0) continue;
      const Octets key = some(alg->key_len), iv = some(alg->iv_len + 1);
      for (std::size_t len = 0; len < 4; ++len) {
        Octets packet(len), tagged(len + alg->tag_len);
        Direction out(*alg, true, key, iv), in(*alg, false, key, iv);
        CHECK_FALSE(out.seal(0, packet));
        CHECK_FALSE(in.open(0, tagged));
      }
    }
}

TEST_CASE("MACs differ by key, sequence number and every bit of the packet") {
  for (const Provider* p : all_providers())
    for (const MacAlg* alg : macs(*p)) {
      const Octets key = some(alg->key_len), data = some(40);
      const Octets tag = *mac(*alg, key, 5, data);
      CHECK(*mac(*alg, key, 6, data) != tag);
      CHECK(*mac(*alg, some(alg->key_len), 5, data) != tag);
      for (std::size_t bit = 0; bit < data.size() * 8; ++bit) {
        Octets changed = data;
        flip(changed, bit);
        REQUIRE(*mac(*alg, key, 5, changed) != tag);
      }
    }
}

TEST_CASE("x25519 refuses other lengths and values of low order") {
  // RFC 7748's low-order values, the non-canonical ones included.
  const char* low[] = {"0000000000000000000000000000000000000000000000000000000000000000",
                       "0100000000000000000000000000000000000000000000000000000000000000",
                       "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                       "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                       "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                       "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                       "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                       "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"};
  for (const Provider* p : all_providers()) {
    INFO(p->name);
    const AgreementAlg& alg = *find(agreements(*p), "x25519");
    Initiator initiator(alg, p->rng);
    for (const char* value : low) {
      CHECK_FALSE(initiator.finish(unhex(value)));
      CHECK_FALSE(respond(alg, p->rng, unhex(value)));
    }
    for (const std::size_t len : {0u, 1u, 31u, 33u, 64u}) {
      CHECK_FALSE(initiator.finish(Octets(len, 9)));
      CHECK_FALSE(respond(alg, p->rng, Octets(len, 9)));
    }
    CHECK(initiator.finish(Octets(32, 9)));
  }
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a source of randomness that fails makes the agreement fail") {
  const Rng broken = {nullptr, [](void*, std::uint8_t*, std::size_t) { return 0; }};
  const Rng odd = {nullptr, [](void*, std::uint8_t*, std::size_t) { return 2; }};
  for (const Provider* p : all_providers()) {
    const AgreementAlg& alg = *find(agreements(*p), "x25519");
    for (const Rng& rng : {broken, odd}) {
      CHECK_FALSE(Initiator(alg, rng).ok());
      CHECK_FALSE(respond(alg, rng, Octets(32, 9)));
    }
  }
}

TEST_CASE("NIST curves refuse points of another form, off the curve, out of range, or infinity") {
  for (const Provider* p : all_providers())
    for (const char* name : {"nistp256", "nistp384", "nistp521"}) {
      const AgreementAlg* alg = find(agreements(*p), name);
      if (alg == nullptr) continue;
      INFO(name << " by " << p->name);
      Initiator initiator(*alg, p->rng);
      const Octets good = Initiator(*alg, p->rng).value();
      REQUIRE(initiator.finish(good));
      const auto refused = [&](const Octets& value) {
        return !initiator.finish(value) && !respond(*alg, p->rng, value);
      };
      const std::size_t field = (good.size() - 1) / 2;
      CHECK(refused({}));
      CHECK(refused({0}));  // infinity, SEC 1 §2.3.3
      CHECK(refused(Octets(good.size(), 0)));
      CHECK(refused(Octets(good.size(), 4)));
      CHECK(refused(octets(Bytes(good).first(good.size() - 1))));
      Octets longer = good;
      longer.push_back(0);
      CHECK(refused(longer));
      for (const unsigned form : {0u, 2u, 3u, 5u, 6u, 7u}) {
        Octets other = good;
        other[0] = static_cast<std::uint8_t>(form);
        CHECK(refused(other));
      }
      Octets compressed = octets(Bytes(good).first(1 + field));
      compressed[0] = (good.back() & 1) != 0 ? 3 : 2;
      CHECK(refused(compressed));
      Octets off = good;
      off.back() ^= 1;
      CHECK(refused(off));
      Octets out_of_range = good;
      std::fill(out_of_range.begin() + 1, out_of_range.end(), std::uint8_t{0xff});
      CHECK(refused(out_of_range));
      Octets zeros(good.size(), 0);
      zeros[0] = 4;
      CHECK(refused(zeros));
    }
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("an agreement that was not begun does not finish") {
  for (const Provider* p : all_providers())
    for (const AgreementAlg* alg : agreements(*p)) {
      if (std::string_view(alg->name) == "x25519" && p != &openssl_provider()) continue;
      Context<AgreementAlg> ctx(*alg);
      const Octets value = Initiator(*alg, p->rng).value();
      Octets secret(alg->secret_len);
      std::size_t len = 0;
      CHECK(alg->finish(ctx.get(), value.data(), value.size(), secret.data(), &len) != 1);
    }
}

TEST_CASE("a changed bit in signature, message or key is refused") {
  for (const Provider* p : all_providers())
    for (const SigAlg* alg : sigs(*p)) {
      if (alg->sign == nullptr) continue;
      INFO(alg->name << " by " << p->name);
      const KeyPair key = new_key(alg->key_type);
      const Octets message = some(50);
      const Octets signature = *sign(*alg, key, p->rng, message);
      REQUIRE(verify(*alg, key, message, signature));
      const std::size_t step = signature.size() > 200 ? 37 : 1;
      for (std::size_t bit = 0; bit < signature.size() * 8; bit += step) {
        Octets changed = signature;
        flip(changed, bit);
        REQUIRE_FALSE(verify(*alg, key, message, changed));
      }
      Octets other = message;
      flip(other, 11);
      CHECK_FALSE(verify(*alg, key, other, signature));
      Octets longer = signature, shorter = signature;
      longer.push_back(0);
      shorter.pop_back();
      CHECK_FALSE(verify(*alg, key, message, longer));
      CHECK_FALSE(verify(*alg, key, message, shorter));
      CHECK_FALSE(verify(*alg, key, message, {}));
      CHECK_FALSE(verify(*alg, key, message, Octets(signature.size(), 0)));
      CHECK_FALSE(verify(*alg, key, message, Octets(signature.size(), 0xff)));
      CHECK_FALSE(sign(*alg, key, p->rng, message, signature.size() - 1));
      for (KeyPair bad : {KeyPair{}, new_key(alg->key_type)}) {
        if (!bad.first.empty()) bad.first.pop_back();
        CHECK_FALSE(verify(*alg, bad, message, signature));
        if (!bad.d.empty()) bad.d.clear();
        CHECK_FALSE(sign(*alg, bad, p->rng, message));
      }
    }
  CHECK(ERR_peek_error() == 0);
}

// RFC 8032 §5.1.7: S is in 0 <= S < L, or the same signature has other forms.
TEST_CASE("Ed25519 refuses S + L") {
  for (const Provider* p : all_providers()) {
    const SigAlg& alg = *find(sigs(*p), "ssh-ed25519");
    const KeyPair key = new_key("ssh-ed25519");
    for (int i = 0; i < 20; ++i) {
      const Octets message = some(20);
      Octets signature = *sign(alg, key, p->rng, message);
      unsigned carry = 0;
      for (std::size_t k = 0; k < 32; ++k) {
        carry += unsigned{signature[32 + k]} + ed25519_order()[k];
        signature[32 + k] = static_cast<std::uint8_t>(carry);
        carry >>= 8;
      }
      CHECK_FALSE(verify(alg, key, message, signature));
    }
  }
}

TEST_CASE("ECDSA refuses r and s of zero, of the order and beyond, and points off the curve") {
  const Octets n = unhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  const SigAlg& alg = *find(sigs(openssl_provider()), "ecdsa-sha2-nistp256");
  const KeyPair key = new_key("ecdsa-sha2-nistp256");
  const Octets message = some(20);
  const Octets good = *sign(alg, key, openssl_provider().rng, message);
  REQUIRE(verify(alg, key, message, good));
  for (const Octets& bad : {Octets(32, 0), n, Octets(32, 0xff)})
    for (const std::size_t at : {0u, 32u}) {
      Octets signature = good;
      std::copy(bad.begin(), bad.end(), signature.begin() + static_cast<long>(at));
      CHECK_FALSE(verify(alg, key, message, signature));
    }
  KeyPair off = key;
  off.first.back() ^= 1;
  CHECK_FALSE(verify(alg, off, message, good));
  CHECK_FALSE(sign(alg, off, openssl_provider().rng, message));
  // A scalar that is not the point's must not sign as if it were.
  KeyPair zero = key;
  zero.d.assign(32, 0);
  CHECK_FALSE(sign(alg, zero, openssl_provider().rng, message));
  KeyPair beyond = key;
  beyond.d = n;
  CHECK_FALSE(sign(alg, beyond, openssl_provider().rng, message));
}

TEST_CASE("RSA refuses small and huge moduli, even numbers, and exponents that verify anything") {
  const SigAlg& alg = *find(sigs(openssl_provider()), "rsa-sha2-256");
  const Octets message = some(20);
  const KeyPair key = new_rsa_key(2048);
  const Octets good = *sign(alg, key, openssl_provider().rng, message);
  REQUIRE(verify(alg, key, message, good));

  const KeyPair small = new_rsa_key(1016);
  CHECK_FALSE(sign(alg, small, openssl_provider().rng, message));
  CHECK_FALSE(verify(alg, small, message, Octets(127, 1)));
  const KeyPair least = new_rsa_key(1024);
  CHECK(verify(alg, least, message, *sign(alg, least, openssl_provider().rng, message)));

  KeyPair huge = key;
  huge.second.assign(2049, 0xff);
  CHECK_FALSE(verify(alg, huge, message, Octets(2049, 1)));
  KeyPair even = key;
  even.second.back() ^= 1;
  CHECK_FALSE(verify(alg, even, message, good));
  for (const Octets& e : {Octets{}, Octets{0}, Octets{1}, Octets{2}}) {
    KeyPair odd = key;
    odd.first = e;
    CHECK_FALSE(verify(alg, odd, message, good));
  }
  // Numbers that do not belong together give no signature or a good one: a wrong one would tell
  // the factors (Boneh, DeMillo, Lipton 1997).
  KeyPair mixed = key;
  mixed.p = new_rsa_key(2048).p;
  const auto wrong = sign(alg, mixed, openssl_provider().rng, message);
  CHECK((!wrong || verify(alg, key, message, *wrong)));
  CHECK_FALSE(verify(*find(sigs(openssl_provider()), "rsa-sha2-512"), key, message, good));
  CHECK(ERR_peek_error() == 0);
}

// A process bound to approved algorithms, with no module that has any: every fetch fails.
TEST_CASE("a libcrypto that offers nothing makes every row fail, and nothing crash") {
  const Provider& p = openssl_provider();
  const KeyPair ed = new_key("ssh-ed25519"), ec = new_key("ecdsa-sha2-nistp256"),
                rsa = new_key("ssh-rsa");
  REQUIRE(EVP_default_properties_enable_fips(nullptr, 1) == 1);
  for (const HashAlg* alg : hashes(p)) CHECK_FALSE(hash(*alg, {}));
  for (const MacAlg* alg : macs(p)) CHECK_FALSE(mac(*alg, Octets(64), 0, {}));
  for (const CipherAlg* alg : ciphers(p))
    CHECK_FALSE(Direction(*alg, true, Octets(64), Octets(16)).ok());
  for (const AgreementAlg* alg : agreements(p)) {
    CHECK_FALSE(Initiator(*alg, sodium_provider().rng).ok());
    CHECK_FALSE(respond(*alg, sodium_provider().rng, Octets(32, 9)));
  }
  for (const SigAlg* alg : sigs(p))
    for (const KeyPair* key : {&ed, &ec, &rsa}) {
      if (alg->sign != nullptr) CHECK_FALSE(sign(*alg, *key, sodium_provider().rng, {}));
      CHECK_FALSE(verify(*alg, *key, {}, Octets(256, 1)));
    }
  CHECK(ERR_peek_error() == 0);
  REQUIRE(EVP_default_properties_enable_fips(nullptr, 0) == 1);
  ERR_clear_error();
  CHECK(hash(*find(hashes(p), "sha256"), {}));
}

TEST_CASE("wiping a context that was never started is harmless, also twice") {
  for (const Provider* p : all_providers()) {
    const auto twice = [](const auto* alg) {
      Context ctx(*alg);
      alg->wipe(ctx.get());
    };
    for (const auto* alg : hashes(*p)) twice(alg);
    for (const auto* alg : ciphers(*p)) twice(alg);
    for (const auto* alg : macs(*p)) twice(alg);
    for (const auto* alg : agreements(*p)) twice(alg);
    for (const auto* alg : compressions(*p)) twice(alg);
  }
}
