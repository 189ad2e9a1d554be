// Provider against provider: what one library seals the other opens, what one signs the other
// verifies, and both agree on every secret and every hash.
#include <openssl/err.h>

#include <catch2/catch.hpp>

#include "support.hpp"
#include "test_keys.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

Octets some(std::size_t len) { return *random_octets(openssl_provider(), len); }

}  // namespace

TEST_CASE("hashes are the same from every provider, whole and in pieces") {
  for (const HashAlg* a : hashes(openssl_provider())) {
    for (const Provider* p : all_providers()) {
      const HashAlg* b = find(hashes(*p), a->name);
      if (b == nullptr) continue;
      INFO(a->name << " by " << p->name);
      CHECK(a->hash_len == b->hash_len);
      for (std::size_t len = 0; len < 300; ++len) {
        const Octets in = some(len);
        REQUIRE(hash(*a, in) == hash(*b, in));
        Context<HashAlg> ctx(*b);
        Octets out(b->hash_len);
        REQUIRE(b->init(ctx.get()) == 1);
        for (const std::uint8_t octet : in) REQUIRE(b->update(ctx.get(), &octet, 1) == 1);
        REQUIRE(b->finish(ctx.get(), out.data()) == 1);
        REQUIRE(out == *hash(*a, in));
      }
    }
  }
}

TEST_CASE("MACs are the same from every provider, packet after packet") {
  for (const MacAlg* a : macs(openssl_provider())) {
    for (const Provider* p : all_providers()) {
      const MacAlg* b = find(macs(*p), a->name);
      if (b == nullptr) {
        CHECK(p == &sodium_provider());  // which has the HMACs of SHA-2 alone
        continue;
      }
      INFO(a->name << " by " << p->name);
      CHECK(a->etm == b->etm);
      const Octets key = some(a->key_len);
      Context<MacAlg> one(*a), two(*b);
      REQUIRE(a->init(one.get(), key.data()) == 1);
      REQUIRE(b->init(two.get(), key.data()) == 1);
      for (std::uint32_t seq = 0xfffffff0; seq != 40; ++seq) {
        const Octets data = some(seq % 600);
        Octets x(a->tag_len), y(b->tag_len);
        REQUIRE(a->compute(one.get(), seq, data.data(), data.size(), x.data()) == 1);
        REQUIRE(b->compute(two.get(), seq, data.data(), data.size(), y.data()) == 1);
        REQUIRE(x == y);
      }
    }
  }
}

TEST_CASE("MACs are the same at once and in steps, wherever they are cut") {
  for (const Provider* p : all_providers())
    for (const MacAlg* mac : macs(*p)) {
      INFO(mac->name << " by " << p->name);
      const Octets key = some(mac->key_len);
      Context<MacAlg> ctx(*mac);
      REQUIRE(mac->init(ctx.get(), key.data()) == 1);
      for (const std::size_t len : std::initializer_list<std::size_t>{
               0, 1, 31, 32, 33, 64, 1023, 1024, 1025, 2048, 2049, 35'004}) {
        const Octets data = some(len);
        Octets whole(mac->tag_len), steps(mac->tag_len);
        REQUIRE(mac->compute(ctx.get(), 7, data.data(), len, whole.data()) == 1);
        for (const std::size_t step : {std::size_t{1}, std::size_t{16}, std::size_t{1000}, len}) {
          REQUIRE(mac->begin(ctx.get(), 7) == 1);
          for (std::size_t at = 0; at < len; at += step)
            REQUIRE(mac->update(ctx.get(), data.data() + at, std::min(step, len - at)) == 1);
          REQUIRE(mac->finish(ctx.get(), steps.data()) == 1);
          REQUIRE(steps == whole);
        }
        // One that was begun and given up leaves nothing behind.
        REQUIRE(mac->begin(ctx.get(), 8) == 1);
        REQUIRE(mac->update(ctx.get(), key.data(), key.size()) == 1);
      }
    }
}

TEST_CASE("what one provider seals the others open") {
  for (const Provider* from : all_providers())
    for (const Provider* to : all_providers())
      for (const CipherAlg* a : ciphers(*from)) {
        const CipherAlg* b = find(ciphers(*to), a->name);
        if (b == nullptr) continue;
        INFO(a->name << " from " << from->name << " to " << to->name);
        const Octets key = some(a->key_len), iv = some(a->iv_len + 1);
        Direction out(*a, true, key, iv), in(*b, false, key, iv);
        REQUIRE(out.ok());
        REQUIRE(in.ok());
        for (std::uint32_t i = 0; i < 50; ++i) {
          const std::uint32_t seq = 0xfffffff0 + i;
          const Octets clear = some(4 + a->block_len * (1 + i * 7 % 60));
          Octets packet = clear;
          if (a->tag_len == 0) {
            packet.resize(packet.size() / a->block_len * a->block_len);
            const Octets before = packet;
            REQUIRE(out.crypt(packet));
            REQUIRE(packet != before);
            REQUIRE(in.crypt(packet));
            REQUIRE(packet == before);
            continue;
          }
          REQUIRE(out.seal(seq, packet));
          if (a->kind == IPWORKSAUTH_CIPHER_CHACHAPOLY) {
            std::array<std::uint8_t, 4> length;
            REQUIRE(in.read_length(seq, packet, length));
            REQUIRE(octets(Bytes(length)) == octets(Bytes(clear).first(4)));
          } else {
            REQUIRE(octets(Bytes(packet).first(4)) == octets(Bytes(clear).first(4)));
          }
          const Octets head = octets(Bytes(packet).first(4));
          REQUIRE(in.open(seq, packet));
          REQUIRE(octets(Bytes(packet).first(4)) == head);
          REQUIRE(octets(Bytes(packet).subspan(4)) == octets(Bytes(clear).subspan(4)));
        }
      }
}

TEST_CASE("every provider agrees with every other, in both roles") {
  for (const Provider* left : all_providers())
    for (const Provider* right : all_providers())
      for (const AgreementAlg* a : agreements(*left)) {
        const AgreementAlg* b = find(agreements(*right), a->name);
        if (b == nullptr) continue;
        INFO(a->name << " between " << left->name << " and " << right->name);
        Initiator initiator(*a, left->rng);
        REQUIRE(initiator.ok());
        const auto answer = respond(*b, right->rng, initiator.value());
        REQUIRE(answer);
        const auto secret = initiator.finish(answer->value);
        REQUIRE(secret);
        CHECK(*secret == answer->secret);
        CHECK(secret->size() <= a->secret_len);
      }
}

TEST_CASE("what one provider signs the others verify") {
  for (const Provider* from : all_providers())
    for (const Provider* to : all_providers())
      for (const SigAlg* a : sigs(*from)) {
        const SigAlg* b = find(sigs(*to), a->name);
        if (b == nullptr || a->sign == nullptr) continue;
        INFO(a->name << " from " << from->name << " to " << to->name);
        const KeyPair key = new_key(a->key_type);
        const Octets message = some(100);
        const auto signature = sign(*a, key, from->rng, message);
        REQUIRE(signature);
        CHECK(verify(*b, key, message, *signature));
        CHECK_FALSE(verify(*b, key, some(100), *signature));
        CHECK_FALSE(verify(*b, new_key(a->key_type), message, *signature));
      }
  CHECK(ERR_peek_error() == 0);
}
