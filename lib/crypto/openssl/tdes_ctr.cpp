// 3des-ctr, RFC 4344 §4. libcrypto has no such mode: the counters are enciphered block by block, a
// run of them at a time, and added to the data.
#include "lib/crypto/openssl/rows.hpp"
#include "lib/crypto/openssl/stream.hpp"

namespace sshauth::openssl {
namespace {

constexpr std::size_t kBlockLen = 8;
constexpr std::size_t kRunLen = 32 * kBlockLen;
constexpr StreamSpec kTripleDes{"DES-EDE3-ECB", 24};

struct State {
  StreamState blocks;
  std::uint64_t counter;
};

// Both directions add the same key stream.
int init(void* ctx, int /*encrypt*/, const std::uint8_t* key, const std::uint8_t* iv) noexcept {
  State& s = state_in<State>(ctx);
  s.counter = std::uint64_t{load_u32(iv)} << 32 | load_u32(iv + 4);
  return start_stream(s.blocks, kTripleDes, true, key, nullptr);
}

bool next_run(State& s, MutBytes stream) noexcept {
  for (std::size_t at = 0; at < stream.size(); at += kBlockLen, ++s.counter) {
    store_u32(&stream[at], static_cast<std::uint32_t>(s.counter >> 32));
    store_u32(&stream[at + 4], static_cast<std::uint32_t>(s.counter));
  }
  return run_stream(s.blocks, stream.data(), stream.size());
}

int crypt(void* ctx, std::uint8_t* data, std::size_t len) noexcept {
  std::uint8_t stream[kRunLen];
  bool done = len % kBlockLen == 0;
  while (done && len != 0) {
    const std::size_t run = len < kRunLen ? len : kRunLen;
    done = next_run(state_in<State>(ctx), MutBytes(stream).first(run));
    for (std::size_t i = 0; done && i < run; ++i) data[i] ^= stream[i];
    data += run;
    len -= run;
  }
  secure_wipe(stream, sizeof stream);
  return done;
}

void wipe(void* ctx) noexcept {
  State& s = state_in<State>(ctx);
  wipe_stream(&s.blocks);
  s.counter = 0;
}

}  // namespace

constinit const CipherAlg tdes_ctr = {"3des-ctr", IPWORKSAUTH_CIPHER_STREAM,
                                      1,          kTripleDes.key_len,
                                      kBlockLen,  kBlockLen,
                                      0,          sizeof(State),
                                      init,       crypt,
                                      nullptr,    nullptr,
                                      nullptr,    wipe};

}  // namespace sshauth::openssl
