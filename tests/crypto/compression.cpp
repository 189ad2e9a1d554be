// zlib rows: RFC 4253 §6.2. Each packet can be read on its own as soon as it is there, in order;
// output and memory are bounded.
#include <zlib.h>

#include <catch2/catch.hpp>

#include "support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

class Stream {
 public:
  Stream(const CompressionAlg& alg, bool compress) : alg_(alg), ctx_(alg) {
    REQUIRE(alg.init(ctx_.get(), compress ? 1 : 0) == 1);
  }
  std::optional<Octets> run(Bytes in, std::size_t room = 40000) {
    Octets out(room + 1, 0xa5);
    std::size_t len = room;
    if (alg_.run(ctx_.get(), in.data(), in.size(), out.data(), &len) != 1) return std::nullopt;
    REQUIRE(out[room] == 0xa5);
    REQUIRE(len <= room);
    out.resize(len);
    return out;
  }

 private:
  const CompressionAlg& alg_;
  Context<CompressionAlg> ctx_;
};

Octets payload(std::size_t len, unsigned seed) {
  Octets out(len);
  for (std::size_t i = 0; i < len; ++i)
    out[i] = static_cast<std::uint8_t>(seed % 2 == 0 ? i * i * seed >> 3 : (i / 7) % 5);
  return out;
}

}  // namespace

TEST_CASE("every packet comes back, in order, over a long stream") {
  for (const CompressionAlg* alg : compressions(openssl_provider())) {
    Stream out(*alg, true), in(*alg, false);
    std::size_t sent = 0, carried = 0;
    for (unsigned i = 0; i < 400; ++i) {
      const Octets clear = i % 10 == 9 ? *random_octets(openssl_provider(), 1 + i * 80 % 32768)
                                       : payload(1 + i * 331 % 32768, i);
      const auto packed = out.run(clear);
      REQUIRE(packed);
      const auto back = in.run(*packed, 32768);
      REQUIRE(back);
      REQUIRE(*back == clear);
      sent += clear.size();
      carried += packed->size();
    }
    CHECK(carried < sent / 2);
  }
}

TEST_CASE("names and moments of the two rows") {
  CHECK(find(compressions(openssl_provider()), "zlib")->delayed == 0);
  CHECK(find(compressions(openssl_provider()), "zlib@openssh.com")->delayed == 1);
}

TEST_CASE("output that does not fit is a failure, and an exact fit is none") {
  const CompressionAlg& alg = *find(compressions(openssl_provider()), "zlib");
  const Octets clear = payload(1000, 1);
  const Octets packed = *Stream(alg, true).run(clear);
  for (std::size_t room = 0; room < clear.size(); ++room)
    REQUIRE_FALSE(Stream(alg, false).run(packed, room));
  CHECK(*Stream(alg, false).run(packed, clear.size()) == clear);
  for (std::size_t room = 0; room < packed.size(); ++room)
    REQUIRE_FALSE(Stream(alg, true).run(clear, room));
}

TEST_CASE("a few octets that swell to megabytes stop at the room that was given") {
  const CompressionAlg& alg = *find(compressions(openssl_provider()), "zlib");
  Octets zeros(10 << 20), bomb(compressBound(10 << 20));
  uLongf len = bomb.size();
  REQUIRE(compress(bomb.data(), &len, zeros.data(), zeros.size()) == Z_OK);
  bomb.resize(len);
  Stream in(alg, false);
  CHECK_FALSE(in.run(bomb, 35000));
  // Once out of step the stream stays refused.
  CHECK_FALSE(in.run(payload(10, 1), 35000));
}

TEST_CASE("a changed header and a stream that ends are refused") {
  const CompressionAlg& alg = *find(compressions(openssl_provider()), "zlib");
  Octets packed = *Stream(alg, true).run(payload(500, 1));
  packed[0] ^= 0x0f;
  CHECK_FALSE(Stream(alg, false).run(packed));
  Octets ended(200);
  uLongf len = ended.size();
  const Octets clear = payload(100, 1);
  REQUIRE(compress(ended.data(), &len, clear.data(), clear.size()) == Z_OK);
  ended.resize(len);
  CHECK_FALSE(Stream(alg, false).run(ended));
}

TEST_CASE("the largest window that a peer may use is read") {
  const CompressionAlg& alg = *find(compressions(openssl_provider()), "zlib");
  z_stream z = {};
  REQUIRE(deflateInit2(&z, 9, Z_DEFLATED, 15, 9, Z_DEFAULT_STRATEGY) == Z_OK);
  Stream in(alg, false);
  const Octets block = *random_octets(openssl_provider(), 32000);
  for (int i = 0; i < 8; ++i) {
    Octets packed(40000);
    z.next_in = const_cast<Bytef*>(block.data());
    z.avail_in = static_cast<uInt>(block.size());
    z.next_out = packed.data();
    z.avail_out = static_cast<uInt>(packed.size());
    REQUIRE(deflate(&z, Z_PARTIAL_FLUSH) == Z_OK);
    packed.resize(packed.size() - z.avail_out);
    // The repetition is 32,000 octets back, so only the first block takes its full room.
    if (i > 0) CHECK(packed.size() < 1000);
    REQUIRE(*in.run(packed, 32000) == block);
  }
  deflateEnd(&z);
}
