// umac-64, umac-128 (RFC 4418) and their -etm forms (OpenSSH PROTOCOL 1.5), as OpenSSH has them:
// the key has 16 octets, the nonce is the sequence number in 8 (draft-miller-secsh-umac-01 §3).
// AES-128 is libcrypto's, the hash inside is ours.
#include "lib/base/secret.hpp"
#include "lib/crypto/builtin/uhash.hpp"
#include "lib/crypto/openssl/evp.hpp"
#include "lib/crypto/openssl/rows.hpp"

namespace sshauth::openssl {
namespace {

constexpr std::size_t kKeyLen = 16;
constexpr std::size_t kBlockLen = 16;

struct State {
  EVP_CIPHER_CTX* pad;  // AES under the key of the pads
  UhashKey hash;
  std::uint32_t seq;  // of the packet that is taken
  Uhash packet;
};

EVP_CIPHER_CTX* new_aes(const std::uint8_t* key) noexcept {
  EVP_CIPHER_CTX* const aes = EVP_CIPHER_CTX_new();
  if (aes == nullptr || EVP_EncryptInit_ex(aes, EVP_aes_128_ecb(), nullptr, key, nullptr) != 1 ||
      EVP_CIPHER_CTX_set_padding(aes, 0) != 1) {
    EVP_CIPHER_CTX_free(aes);
    return nullptr;
  }
  return aes;
}

bool encipher(EVP_CIPHER_CTX* aes, const std::uint8_t* in, std::uint8_t* out) noexcept {
  int len = 0;
  return EVP_EncryptUpdate(aes, out, &len, in, kBlockLen) == 1 && len == kBlockLen;
}

// RFC 4418 §3.2: the blocks AES(index || counter), counted from 1.
bool derive(EVP_CIPHER_CTX* aes, std::uint8_t index, MutBytes out) noexcept {
  std::uint8_t in[kBlockLen] = {}, block[kBlockLen];
  in[7] = index;
  std::uint32_t counter = 0;
  bool done = true;
  while (done && !out.empty()) {
    store_u32(in + 12, ++counter);
    done = encipher(aes, in, block);
    const std::size_t len = out.size() < kBlockLen ? out.size() : kBlockLen;
    if (done) copy_bytes(out.data(), Bytes(block, len));
    out = out.subspan(len);
  }
  secure_wipe(block, sizeof block);
  return done;
}

bool derive_all(EVP_CIPHER_CTX* aes, State& s, std::size_t streams) noexcept {
  Secret<kKeyLen> pad_key;
  UhashKey& h = s.hash;
  if (!derive(aes, 0, pad_key.write()) ||
      !derive(aes, 1, MutBytes(h.l1).first(UhashKey::l1_len(streams))) ||
      !derive(aes, 2, MutBytes(h.l2).first(24 * streams)) ||
      !derive(aes, 3, MutBytes(h.l3_1).first(64 * streams)) ||
      !derive(aes, 4, MutBytes(h.l3_2).first(4 * streams)))
    return false;
  s.pad = new_aes(pad_key.write().data());
  return s.pad != nullptr;
}

template <std::size_t kTagLen>
int init(void* ctx, const std::uint8_t* key) noexcept {
  using Aes = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
  const ErrorMark mark;
  const Aes aes(new_aes(key));
  return aes && derive_all(aes.get(), state_in<State>(ctx), kTagLen / 4);
}

int begin(void* ctx, std::uint32_t seq) noexcept {
  State& s = state_in<State>(ctx);
  s.seq = seq;
  s.packet.start();
  return 1;
}

template <std::size_t kTagLen>
int update(void* ctx, const std::uint8_t* data, std::size_t data_len) noexcept {
  State& s = state_in<State>(ctx);
  if (data_len > kMaxUhashMessage - s.packet.len()) return 0;
  s.packet.update(s.hash, kTagLen / 4, Bytes(data, data_len));
  return 1;
}

// RFC 4418 §3.3.1: for tags of half a block the lowest bit of the nonce says which half of the pad.
template <std::size_t kTagLen>
int finish(void* ctx, std::uint8_t* tag) noexcept {
  State& s = state_in<State>(ctx);
  constexpr std::uint32_t kHalves = kBlockLen / kTagLen;
  const std::uint32_t half = s.seq % kHalves;
  std::uint8_t nonce[kBlockLen] = {}, pad[kBlockLen];
  store_u32(nonce + 4, s.seq - half);
  if (!encipher(s.pad, nonce, pad)) return 0;
  s.packet.finish(s.hash, kTagLen / 4, tag);
  for (std::size_t i = 0; i < kTagLen; ++i) tag[i] ^= pad[half * kTagLen + i];
  secure_wipe(pad, sizeof pad);
  return 1;
}

template <std::size_t kTagLen>
int compute(void* ctx, std::uint32_t seq, const std::uint8_t* data, std::size_t data_len,
            std::uint8_t* tag) noexcept {
  return begin(ctx, seq) == 1 && update<kTagLen>(ctx, data, data_len) == 1 &&
         finish<kTagLen>(ctx, tag) == 1;
}

void wipe(void* ctx) noexcept {
  State& s = state_in<State>(ctx);
  EVP_CIPHER_CTX_free(s.pad);
  secure_wipe(&s, sizeof s);
}

template <std::size_t kTagLen>
constexpr MacAlg row(const char* name, std::uint32_t etm) noexcept {
  constexpr std::uint32_t kWeak = kTagLen < 16 ? 1 : 0;
  return {name,    etm,           kWeak,           kKeyLen,
          kTagLen, sizeof(State), init<kTagLen>,   compute<kTagLen>,
          wipe,    begin,         update<kTagLen>, finish<kTagLen>};
}

}  // namespace

constinit const MacAlg umac_64 = row<8>("umac-64@openssh.com", 0);
constinit const MacAlg umac_128 = row<16>("umac-128@openssh.com", 0);
constinit const MacAlg umac_64_etm = row<8>("umac-64-etm@openssh.com", 1);
constinit const MacAlg umac_128_etm = row<16>("umac-128-etm@openssh.com", 1);

}  // namespace sshauth::openssl
