// Hashes, MACs and ciphers against published vectors, on every provider that has the row.
#include <catch2/catch.hpp>

#include "lib/crypto/builtin/uhash.hpp"
#include "support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

struct HashVector {
  const char* name;
  const char* text;
  const char* hash;
};

// RFC 1321 §A.5 and FIPS 180's examples.
constexpr HashVector kHashes[] = {
    {"md5", "", "d41d8cd98f00b204e9800998ecf8427e"},
    {"md5", "abc", "900150983cd24fb0d6963f7d28e17f72"},
    {"sha1", "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
    {"sha1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {"sha256", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"sha256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"sha256", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"sha384", "abc",
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
     "8086072ba1e7cc2358baeca134c825a7"},
    {"sha512", "",
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
     "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
    {"sha512", "abc",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
};

struct MacVector {
  const char* hash;
  const char* key;
  const char* data;
  const char* tag;  // or its beginning
};

constexpr const char* kHiThere = "4869205468657265";
constexpr const char* kJefe = "4a656665";
constexpr const char* kNothing = "7768617420646f2079612077616e7420666f72206e6f7468696e673f";
constexpr const char* kTwenty0b = "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b";
constexpr const char* kTwentyAa = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr const char* kFiftyDd =
    "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
    "dddddddd";
constexpr const char* kTwenty0c = "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c";
constexpr const char* kTruncation = "546573742057697468205472756e636174696f6e";

// Those whose key is no longer than the hash, as the rows' keys are. A shorter key is the same key
// with zeros behind it (RFC 2104 §2), and the row's sequence number is the first four octets of the
// data.
constexpr MacVector kMacs[] = {
    // RFC 2202 §2
    {"md5", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", kHiThere, "9294727a3638bb1c13f48ef8158bfc9d"},
    {"md5", kJefe, kNothing, "750c783e6ab0b503eaa86e310a5db738"},
    {"md5", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", kFiftyDd, "56be34521d144c88dbb8c733f0e8b3f6"},
    {"md5", "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c", kTruncation, "56461ef2342edc00f9bab995690efd4c"},
    // RFC 2202 §3
    {"sha1", kTwenty0b, kHiThere, "b617318655057264e28bc0b6fb378c8ef146be00"},
    {"sha1", kJefe, kNothing, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
    {"sha1", kTwentyAa, kFiftyDd, "125d7342b9ac11cd91a39af48aa17b4f63f175d3"},
    {"sha1", kTwenty0c, kTruncation, "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"},
    // RFC 2286 §2
    {"ripemd160", kTwenty0b, kHiThere, "24cb4bd67d20fc1a5d2ed7732dcc39377f0a5668"},
    {"ripemd160", kJefe, kNothing, "dda6c0213a485a9e24f4742064a7f033b43c4069"},
    {"ripemd160", kTwentyAa, kFiftyDd, "b0b105360de759960ab4f35298e116e295d8e7c1"},
    {"ripemd160", kTwenty0c, kTruncation, "7619693978f91d90539ae786500ff3d8e0518e39"},
    // RFC 4231 §4.2-§4.6
    {"sha2-256", kTwenty0b, kHiThere,
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"sha2-256", kJefe, kNothing,
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {"sha2-256", kTwentyAa, kFiftyDd,
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {"sha2-256", "0102030405060708090a0b0c0d0e0f10111213141516171819",
     "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
     "cdcdcdcd",
     "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    {"sha2-256", kTwenty0c, kTruncation, "a3b6167473100ee06e0c796c2955552b"},
    {"sha2-512", kTwenty0b, kHiThere,
     "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
     "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
    {"sha2-512", kJefe, kNothing,
     "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
     "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
    {"sha2-512", kTwentyAa, kFiftyDd,
     "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
     "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"},
    {"sha2-512", "0102030405060708090a0b0c0d0e0f10111213141516171819",
     "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
     "cdcdcdcd",
     "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db"
     "a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd"},
    {"sha2-512", kTwenty0c, kTruncation, "415fad6271580a531d4179bc891d87a6"},
};

// The hash in the middle of "hmac-sha2-256-etm@openssh.com" or "hmac-sha2-256-96"; "" for others.
std::string_view hash_of(std::string_view mac) {
  if (!mac.starts_with("hmac-")) return {};
  mac.remove_prefix(5);
  for (const std::string_view end : {"-96", "-etm@openssh.com"})
    if (mac.ends_with(end)) mac.remove_suffix(end.size());
  return mac;
}

// NIST SP 800-38A §F.5: one counter and one text for the three key lengths.
constexpr const char* kCounter = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
constexpr const char* kClear =
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";

struct CtrVector {
  const char* name;
  const char* key;
  const char* sealed;
};

constexpr CtrVector kCtr[] = {
    {"aes128-ctr", "2b7e151628aed2a6abf7158809cf4f3c",
     "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
     "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee"},
    {"aes192-ctr", "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
     "1abc932417521ca24f2b0459fe7e6e0b090339ec0aa6faefd5ccc2c6f4ce8e94"
     "1e36b26bd1ebc670d1bd1d665620abf74f78a7f6d29809585a97daec58c6b050"},
    {"aes256-ctr", "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
     "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
     "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6"},
};

Octets aes_block(const char* ctr_name, Bytes key, Bytes block) {
  Direction ctr(*find(ciphers(openssl_provider()), ctr_name), true, key, block);
  Octets zeros(16);
  REQUIRE(ctr.crypt(zeros));
  return zeros;
}

// SP 800-38D §6.3, bit by bit.
Octets gf_multiply(const Octets& x, const Octets& y) {
  Octets z(16), v = y;
  for (std::size_t i = 0; i < 128; ++i) {
    if ((x[i / 8] >> (7 - i % 8) & 1) != 0)
      for (std::size_t k = 0; k < 16; ++k) z[k] ^= v[k];
    const bool low = (v[15] & 1) != 0;
    for (std::size_t k = 15; k > 0; --k)
      v[k] = static_cast<std::uint8_t>(v[k] >> 1 | v[k - 1] << 7);
    v[0] = static_cast<std::uint8_t>(v[0] >> 1);
    if (low) v[0] ^= 0xe1;
  }
  return z;
}

Octets ghash(const Octets& h, Bytes aad, Bytes text) {
  Octets blocks;
  for (const Bytes part : {aad, text}) {
    blocks.insert(blocks.end(), part.begin(), part.end());
    blocks.resize((blocks.size() + 15) / 16 * 16);
  }
  Octets lengths(16);
  store_u32(&lengths[4], static_cast<std::uint32_t>(aad.size() * 8));
  store_u32(&lengths[12], static_cast<std::uint32_t>(text.size() * 8));
  blocks.insert(blocks.end(), lengths.begin(), lengths.end());
  Octets y(16);
  for (std::size_t i = 0; i < blocks.size(); i += 16) {
    for (std::size_t k = 0; k < 16; ++k) y[k] ^= blocks[i + k];
    y = gf_multiply(y, h);
  }
  return y;
}

// SP 800-38D §7.1 for a 12-octet nonce, out of aes*-ctr.
Octets gcm(const char* ctr_name, Bytes key, Bytes nonce, Bytes aad, Octets text) {
  Octets counter = octets(nonce);
  counter.insert(counter.end(), {0, 0, 0, 2});
  Direction ctr(*find(ciphers(openssl_provider()), ctr_name), true, key, counter);
  REQUIRE(ctr.crypt(text));
  counter[15] = 1;
  Octets tag = ghash(aes_block(ctr_name, key, Octets(16)), aad, text);
  const Octets mask = aes_block(ctr_name, key, counter);
  for (std::size_t i = 0; i < 16; ++i) tag[i] ^= mask[i];
  text.insert(text.end(), tag.begin(), tag.end());
  return text;
}

}  // namespace

TEST_CASE("hashes give the published values") {
  for (const Provider* p : all_providers())
    for (const HashVector& v : kHashes)
      if (const HashAlg* alg = find(hashes(*p), v.name)) {
        INFO(v.name << " by " << p->name);
        CHECK(hex(*hash(*alg, octets(v.text))) == v.hash);
      }
}

TEST_CASE("HMACs give the values of RFC 2202, RFC 2286 and RFC 4231") {
  for (const Provider* p : all_providers())
    for (const MacAlg* alg : macs(*p)) {
      const std::string_view hash = hash_of(alg->name);
      std::size_t held = 0;
      for (const MacVector& v : kMacs) {
        if (hash != v.hash) continue;
        INFO(alg->name << " by " << p->name);
        Octets key = unhex(v.key);
        REQUIRE(key.size() <= alg->key_len);
        key.resize(alg->key_len);
        const Octets data = unhex(v.data);
        const auto tag = mac(*alg, key, load_u32(data.data()), Bytes(data).subspan(4));
        REQUIRE(tag);
        const std::size_t shown = std::min(2 * tag->size(), std::string_view(v.tag).size());
        CHECK(hex(*tag).substr(0, shown) == std::string_view(v.tag).substr(0, shown));
        CHECK(tag->size() == (std::string_view(alg->name).ends_with("-96") ? 12 : alg->key_len));
        ++held;
      }
      INFO(alg->name);
      CHECK((hash.empty() || held >= 4));
    }
}

namespace {

struct UmacVector {
  std::size_t repeats;
  const char* text;
  const char* tag;  // of UMAC-128; UMAC-64 is another pad over its first half
  const char* tag_64;
};

// RFC 4418 appendix, for the key and nonce below. It has UMAC-96, which is the beginning of
// UMAC-128; the last four octets are those that Nettle publishes.
constexpr UmacVector kUmacs[] = {
    {0, "", "32fedb100c79ad58f07ff7643cc60465", "6e155fad26900be1"},
    {3, "a", "185e4fe905cba7bd85e4c2dc3d117d8d", "44b5cb542f220104"},
    {1024, "a", "7a54abe04af82d60fb298c3cbd195bcb", "26bf2f5d60118bd9"},
    {32768, "a", "7b136bd911e4b734286ef2be501f2c3c", "27f8ef643b0d118d"},
    {1, "abc", "883c3d4b97a61976ffcf232308cba5a5", "d4d7b9f6bd4fbfcf"},
    {500, "abc", "8824a260c53c66a36c9260a62cb83aa1", "d4cf26ddefd5c01a"},
};

// RFC 4418 §3.3.1: the pad of a nonce of 8 octets.
Octets umac_pad(Bytes pad_key, Octets nonce, std::size_t tag_len) {
  const std::size_t half = nonce[7] % (16 / tag_len);
  nonce[7] = static_cast<std::uint8_t>(nonce[7] - half);
  nonce.resize(16);
  const Octets block = aes_block("aes128-ctr", pad_key, nonce);
  return octets(Bytes(block).subspan(half * tag_len, tag_len));
}

}  // namespace

// A row's nonce is a sequence number of 32 bits, which "bcdefghi" is not: so its pad is taken off
// and the vector's put on.
TEST_CASE("UMACs give the values of RFC 4418") {
  const Octets key = octets("abcdefghijklmnop"), nonce = octets("bcdefghi");
  const Octets pad_key = aes_block("aes128-ctr", key, unhex("00000000000000000000000000000001"));
  for (const Provider* p : all_providers())
    for (const MacAlg* alg : macs(*p))
      for (const UmacVector& v : kUmacs)
        for (const std::uint32_t seq : {0u, 1u, 0xffffffffu}) {
          if (!std::string_view(alg->name).starts_with("umac-")) continue;
          INFO(alg->name << " by " << p->name << ", " << v.repeats << " times " << v.text);
          std::string text;
          for (std::size_t i = 0; i < v.repeats; ++i) text += v.text;
          auto tag = mac(*alg, key, seq, as_bytes(text));
          REQUIRE(tag);
          Octets number(8);
          store_u32(&number[4], seq);
          const Octets off = umac_pad(pad_key, number, alg->tag_len);
          const Octets on = umac_pad(pad_key, nonce, alg->tag_len);
          for (std::size_t i = 0; i < alg->tag_len; ++i)
            (*tag)[i] = static_cast<std::uint8_t>((*tag)[i] ^ off[i] ^ on[i]);
          CHECK(hex(*tag) == (alg->tag_len == 16 ? v.tag : v.tag_64));
        }
}

// RFC 4418 §5.3.2: one hash in 2^32 of the first layer is so large that it takes two steps of the
// polynomial. With an L1 key of zeros a message can be made for one: its words 0, 1, 4 and 5 give
// (2^32 - 1)^2 + 2^32 - 1, to which the length is added.
TEST_CASE("UHASH takes a hash of the first layer above 2^64 - 2^32 in two steps") {
  UhashKey key{};
  for (std::size_t i = 0; i < sizeof key.l2; ++i) key.l2[i] = static_cast<std::uint8_t>(i + 1);
  for (std::size_t i = 0; i < sizeof key.l3_1; ++i) key.l3_1[i] = static_cast<std::uint8_t>(3 * i);
  Octets message(1028);
  for (const std::size_t word : {0u, 4u, 5u})
    std::fill_n(message.begin() + static_cast<std::ptrdiff_t>(4 * word), 4, std::uint8_t{0xff});
  message[4] = 1;
  std::uint8_t out[4];
  for (const std::size_t cut : {std::size_t{0}, std::size_t{5}, std::size_t{1024}}) {
    Uhash hash;
    hash.start();
    hash.update(key, 1, Bytes(message).first(cut));
    hash.update(key, 1, Bytes(message).subspan(cut));
    hash.finish(key, 1, out);
    CHECK(hex(out) == "35cfa556");
  }
}

TEST_CASE("aes*-ctr gives the values of SP 800-38A, whole and block by block") {
  for (const Provider* p : all_providers())
    for (const CtrVector& v : kCtr) {
      const CipherAlg* alg = find(ciphers(*p), v.name);
      if (alg == nullptr) continue;
      INFO(v.name << " by " << p->name);
      Octets data = unhex(kClear);
      Direction whole(*alg, true, unhex(v.key), unhex(kCounter));
      REQUIRE(whole.crypt(data));
      CHECK(hex(data) == v.sealed);
      Direction back(*alg, false, unhex(v.key), unhex(kCounter));
      Octets clear;
      for (std::size_t i = 0; i < data.size(); i += 16) {
        Octets block(data.begin() + static_cast<long>(i), data.begin() + static_cast<long>(i) + 16);
        REQUIRE(back.crypt(block));
        clear.insert(clear.end(), block.begin(), block.end());
      }
      CHECK(hex(clear) == kClear);
    }
}

namespace {

struct CbcVector {
  const char* name;
  const char* key;
  const char* iv;
  const char* clear;
  const char* sealed;
};

constexpr const char* kAesIv = "000102030405060708090a0b0c0d0e0f";
constexpr const char* kNowIsTheTime =
    "37363534333231204e6f77206973207468652074696d6520666f722000000000";

constexpr CbcVector kCbc[] = {
    // NIST SP 800-38A §F.2
    {"aes128-cbc", "2b7e151628aed2a6abf7158809cf4f3c", kAesIv, kClear,
     "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
     "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7"},
    {"aes192-cbc", "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", kAesIv, kClear,
     "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a"
     "571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd"},
    {"aes256-cbc", "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", kAesIv,
     kClear,
     "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
     "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b"},
    // Those that Eric Young published with his libraries.
    {"3des-cbc", "0123456789abcdeff1e0d3c2b5a49786fedcba9876543210", "fedcba9876543210",
     kNowIsTheTime, "3fe301c962ac01d02213763c1cbd4cdc799657c064ecf5d41c673812cfde9675"},
    {"blowfish-cbc", "0123456789abcdeff0e1d2c3b4a59687", "fedcba9876543210", kNowIsTheTime,
     "6b77b4d63006dee605b156e27403979358deb9e7154616d959f1652bd5ff92cc"},
    // RFC 2144 §B.1: of one block. As a chain it is that block twice, the second time with the
    // first
    // one's result taken off.
    {"cast128-cbc", "0123456712345678234567893456789a", "0000000000000000",
     "0123456789abcdef22a80a820dd5895d", "238b4fe5847e44b2238b4fe5847e44b2"},
};

void check_cbc(const CipherAlg& alg, const CbcVector& v) {
  Octets data = unhex(v.clear);
  Direction whole(alg, true, unhex(v.key), unhex(v.iv));
  REQUIRE(whole.crypt(data));
  CHECK(hex(data) == v.sealed);
  Direction back(alg, false, unhex(v.key), unhex(v.iv));
  Octets clear;
  for (std::size_t i = 0; i < data.size(); i += alg.block_len) {
    Octets block = octets(Bytes(data).subspan(i, alg.block_len));
    REQUIRE(back.crypt(block));
    clear.insert(clear.end(), block.begin(), block.end());
  }
  CHECK(hex(clear) == v.clear);
}

}  // namespace

TEST_CASE("*-cbc gives the published values, whole and block by block") {
  for (const Provider* p : all_providers())
    for (const CipherAlg* alg : ciphers(*p)) {
      if (alg->kind != IPWORKSAUTH_CIPHER_CBC) continue;
      INFO(alg->name << " by " << p->name);
      bool held = false;
      for (const CbcVector& v : kCbc) {
        if (std::string_view(v.name) != alg->name) continue;
        check_cbc(*alg, v);
        held = true;
      }
      CHECK(held);
    }
}

// NIST SP 800-67 §B.1 enciphers three blocks on their own: with one of them for a counter, the key
// stream begins with what it became.
TEST_CASE("3des-ctr adds the enciphered counters of SP 800-67, and carries through them") {
  const Octets key = unhex("0123456789abcdef23456789abcdef01456789abcdef0123");
  for (const Provider* p : all_providers()) {
    const CipherAlg* alg = find(ciphers(*p), "3des-ctr");
    if (alg == nullptr) continue;
    for (const auto& [counter, sealed] : {std::pair{"5468652071756663", "a826fd8ce53b855f"},
                                          std::pair{"6b2062726f776e20", "cce21c8112256fe6"},
                                          std::pair{"666f78206a756d70", "68d5c05dd9b6b900"}}) {
      Direction ctr(*alg, true, key, unhex(counter));
      Octets zeros(8);
      REQUIRE(ctr.crypt(zeros));
      CHECK(hex(zeros) == sealed);
    }
    // RFC 4344 §4: the counter is one number of 64 bits. And runs of any length are one stream.
    Direction long_one(*alg, true, key, unhex("fffffffffffffff0")),
        from_zero(*alg, true, key, Octets(8)),
        short_ones(*alg, false, key, unhex("fffffffffffffff0"));
    Octets stream(1000), zero(8);
    REQUIRE(long_one.crypt(stream));
    REQUIRE(from_zero.crypt(zero));
    CHECK(octets(Bytes(stream).subspan(128, 8)) == zero);
    for (std::size_t at = 0; at < stream.size(); at += 8) {
      Octets block(8);
      REQUIRE(short_ones.crypt(block));
      REQUIRE(octets(Bytes(stream).subspan(at, 8)) == block);
    }
  }
}

// RFC 6229 §2: the stream from its first octet, and from octet 1536.
TEST_CASE("arcfour gives the stream of RFC 6229, arcfour128 and arcfour256 what comes later") {
  struct Row {
    const char *name, *stream;
  };
  Octets key(32);
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i + 1);
  for (const Provider* p : all_providers())
    for (const Row& row :
         {Row{"arcfour", "9ac7cc9a609d1ef7b2932899cde41b975248c4959014126a6e8a84f11d1a9e1c"},
          Row{"arcfour128", "ffa0b514647ec04f6306b892ae6611810ee284558a70e8fb861fd23f9ce01a66"},
          Row{"arcfour256", "3e34135c79db010200767651cf2630735f81980cb7138e377c0bc405858042c3"}}) {
      const CipherAlg* alg = find(ciphers(*p), row.name);
      if (alg == nullptr) continue;
      Direction whole(*alg, true, Bytes(key).first(alg->key_len), {}),
          back(*alg, false, Bytes(key).first(alg->key_len), {});
      Octets stream(32);
      REQUIRE(whole.crypt(stream));
      CHECK(hex(stream) == row.stream);
      for (const std::size_t part : {8u, 24u}) {
        Octets clear = octets(Bytes(stream).subspan(part == 8 ? 0 : 8, part));
        REQUIRE(back.crypt(clear));
        CHECK(clear == Octets(part));
      }
    }
}

// The counter is a number of 128 bits: RFC 4344 §4.
TEST_CASE("aes*-ctr carries through the whole counter") {
  const CipherAlg* alg = find(ciphers(openssl_provider()), "aes256-ctr");
  const Octets key(32, 7), last(16, 0xff), first(16, 0);
  Octets two(32), one(16);
  Direction from_last(*alg, true, key, last);
  REQUIRE(from_last.crypt(two));
  Direction from_first(*alg, true, key, first);
  REQUIRE(from_first.crypt(one));
  CHECK(octets(Bytes(two).subspan(16)) == one);
}

// McGrew and Viega, test case 4: holds our own GCM to the published one.
TEST_CASE("the GCM that the next test trusts gives the published value") {
  const Octets key = unhex("feffe9928665731c6d6a8f9467308308");
  const Octets text = unhex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  const Octets sealed = gcm("aes128-ctr", key, unhex("cafebabefacedbaddecaf888"),
                            unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"), text);
  CHECK(hex(sealed) ==
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
        "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
        "5bc94fbc3221a5db94fae95ae7121a47");
}

// RFC 5647 §7.1: the invocation counter goes up by one with every packet, over all its octets.
TEST_CASE("aes*-gcm is GCM over packet_length and body, with the nonce counting") {
  for (const Provider* p : all_providers())
    for (const auto& [name, ctr] : {std::pair{"aes128-gcm@openssh.com", "aes128-ctr"},
                                    std::pair{"aes256-gcm@openssh.com", "aes256-ctr"}}) {
      const CipherAlg* alg = find(ciphers(*p), name);
      if (alg == nullptr) continue;
      INFO(name << " by " << p->name);
      const Octets key = *random_octets(*p, alg->key_len);
      Octets nonce = unhex("0102030400000000fffffffe");
      Direction out(*alg, true, key, nonce);
      for (const char* counted :
           {"0102030400000000fffffffe", "0102030400000000ffffffff", "010203040000000100000000"}) {
        const Octets head = unhex("00000020"), body = *random_octets(*p, 32);
        Octets packet = head;
        packet.insert(packet.end(), body.begin(), body.end());
        REQUIRE(out.seal(99, packet));
        const Octets expected = gcm(ctr, key, unhex(counted), head, body);
        CHECK(octets(Bytes(packet).first(4)) == head);
        CHECK(octets(Bytes(packet).subspan(4)) == expected);
      }
      // The fixed field stays as it is when the counter runs over.
      Direction last(*alg, true, key, unhex("ffffffffffffffffffffffff"));
      Octets first = unhex("0000001000112233445566778899aabbccddeeff"), second = first;
      REQUIRE(last.seal(0, first));
      REQUIRE(last.seal(1, second));
      const Octets expected = gcm(ctr, key, unhex("ffffffff0000000000000000"), unhex("00000010"),
                                  unhex("00112233445566778899aabbccddeeff"));
      CHECK(octets(Bytes(second).subspan(4)) == expected);
    }
}

// OpenSSH PROTOCOL.chacha20poly1305 put together from RFC 8439's vectors: with sequence number 0
// the nonce is zero, where the original ChaCha20 and RFC 8439's are the same (§A.1 vectors 1, 2).
TEST_CASE("chacha20-poly1305@openssh.com uses block 0 for the tag's key and block 1 for the text") {
  const Octets block0 = unhex(
      "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
      "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586");
  const Octets block1 = unhex(
      "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
      "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f");
  for (const Provider* p : all_providers()) {
    const CipherAlg* alg = find(ciphers(*p), "chacha20-poly1305@openssh.com");
    REQUIRE(alg != nullptr);
    Direction out(*alg, true, Octets(64), {});
    Octets packet(4 + 64);
    REQUIRE(out.seal(0, packet));
    CHECK(octets(Bytes(packet).first(4)) == octets(Bytes(block0).first(4)));
    CHECK(octets(Bytes(packet).subspan(4, 64)) == block1);
  }
}
