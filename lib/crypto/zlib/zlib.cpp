#include "lib/crypto/zlib/rows.hpp"

#include <zlib.h>

#include <climits>

namespace sshauth::zlib {
namespace {

// deflate takes 2^(window+2) + 2^(memory+9) octets and some 6 KiB of its own, inflate 32 KiB and
// some 8 KiB; newer releases of zlib take a quarter more for the memory level.
constexpr int kWindowBits = 13;
constexpr int kMemoryLevel = 6;
constexpr std::size_t kRoom = std::size_t{88} * 1024;

// Invariant: used <= kRoom; what was handed out stays until wipe. z.state points back at z, so
// the context must not move, which the engine grants.
struct State {
  z_stream z;
  std::uint32_t compress;
  std::uint32_t started;
  std::size_t used;
  alignas(16) std::uint8_t room[kRoom];
};

voidpf take(voidpf opaque, uInt items, uInt size) noexcept {
  State& s = *static_cast<State*>(opaque);
  const std::uint64_t len = (std::uint64_t{items} * size + 15) & ~std::uint64_t{15};
  if (len > kRoom - s.used) return nullptr;
  std::uint8_t* const at = s.room + s.used;
  s.used += static_cast<std::size_t>(len);
  return at;
}

void keep(voidpf /*opaque*/, voidpf /*at*/) noexcept {}

int init(void* ctx, int compress) noexcept {
  State& s = *static_cast<State*>(ctx);
  s.z.zalloc = take;
  s.z.zfree = keep;
  s.z.opaque = &s;
  s.compress = compress != 0 ? 1 : 0;
  const int rc = compress != 0 ? deflateInit2(&s.z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kWindowBits,
                                              kMemoryLevel, Z_DEFAULT_STRATEGY)
                               : inflateInit2(&s.z, MAX_WBITS);
  s.started = rc == Z_OK ? 1 : 0;
  return rc == Z_OK;
}

// The flush is whole only when it left room in the output.
bool run_deflate(z_stream& z) noexcept {
  return deflate(&z, Z_PARTIAL_FLUSH) == Z_OK && z.avail_in == 0 && z.avail_out != 0;
}

// All input read and nothing held back: where the output came out exactly full, one more octet
// of room must stay empty. A stream that ends is refused: RFC 4253 §6.2 has it run on.
bool run_inflate(z_stream& z) noexcept {
  const int rc = inflate(&z, Z_SYNC_FLUSH);
  if ((rc != Z_OK && rc != Z_BUF_ERROR) || z.avail_in != 0) return false;
  if (z.avail_out != 0) return true;
  std::uint8_t spare = 0;
  z.next_out = &spare;
  z.avail_out = 1;
  const int more = inflate(&z, Z_SYNC_FLUSH);
  return (more == Z_OK || more == Z_BUF_ERROR) && z.avail_out == 1;
}

int run(void* ctx, const std::uint8_t* in, std::size_t in_len, std::uint8_t* out,
        std::size_t* out_len) noexcept {
  State& s = *static_cast<State*>(ctx);
  const std::size_t room = *out_len;
  if (s.started == 0 || in_len > INT_MAX || room > INT_MAX || room == 0) return 0;
  s.z.next_in = const_cast<Bytef*>(in);
  s.z.avail_in = static_cast<uInt>(in_len);
  s.z.next_out = out;
  s.z.avail_out = static_cast<uInt>(room);
  const uLong before = s.z.total_out;
  const bool done = s.compress != 0 ? run_deflate(s.z) : run_inflate(s.z);
  s.z.next_in = nullptr;
  s.z.next_out = nullptr;
  if (!done) {
    s.started = 0;  // the stream is out of step for good
    return 0;
  }
  *out_len = static_cast<std::size_t>(s.z.total_out - before);
  return 1;
}

// zlib holds nothing outside the context, so there is nothing to end.
void wipe(void* ctx) noexcept { secure_wipe(ctx, sizeof(State)); }

constexpr CompressionAlg row(const char* name, std::uint32_t delayed) noexcept {
  return {name, delayed, sizeof(State), init, run, wipe};
}

}  // namespace

constinit const CompressionAlg zlib = row("zlib", 0);
constinit const CompressionAlg zlib_openssh = row("zlib@openssh.com", 1);

}  // namespace sshauth::zlib
