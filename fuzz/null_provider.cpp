#include "fuzz/null_provider.hpp"

#include <algorithm>
#include <array>

namespace sshauth {
namespace {

// ---- hashes: FNV-1a of 64 bits, expanded by continuing over a counter -------------------------

constexpr std::uint64_t kFnvBasis = 0xcbf29ce484222325U, kFnvPrime = 0x100000001b3U;

std::uint64_t fnv(std::uint64_t state, std::uint8_t octet) noexcept {
  return (state ^ octet) * kFnvPrime;
}

int hash_init(void* ctx) {
  std::memcpy(ctx, &kFnvBasis, sizeof kFnvBasis);
  return 1;
}
int hash_update(void* ctx, const std::uint8_t* in, std::size_t len) {
  std::uint64_t state = 0;
  std::memcpy(&state, ctx, sizeof state);
  for (std::size_t i = 0; i < len; ++i) state = fnv(state, in[i]);
  std::memcpy(ctx, &state, sizeof state);
  return 1;
}
template <std::size_t Len>
int hash_finish(void* ctx, std::uint8_t* hash) {
  std::uint64_t state = 0;
  std::memcpy(&state, ctx, sizeof state);
  for (std::size_t i = 0; i < Len; ++i) {
    state = fnv(state, static_cast<std::uint8_t>(i));
    hash[i] = static_cast<std::uint8_t>(state >> 32);
  }
  return 1;
}
void hash_wipe(void* ctx) { std::memset(ctx, 0, sizeof(std::uint64_t)); }

template <std::size_t Len>
constexpr HashAlg hash_row(const char* name) {
  return {name, Len, sizeof(std::uint64_t), hash_init, hash_update, hash_finish<Len>, hash_wipe};
}
constexpr HashAlg kSha256 = hash_row<32>("sha256"), kSha384 = hash_row<48>("sha384"),
                  kSha512 = hash_row<64>("sha512"), kSha1 = hash_row<20>("sha1"),
                  kMd5 = hash_row<16>("md5");
constexpr const HashAlg* kHashes[] = {&kSha256, &kSha384, &kSha512, &kSha1, &kMd5};

// ---- ciphers and MACs --------------------------------------------------------------------------

constexpr std::size_t kTagLen = 16;
constexpr std::uint8_t kRefused = 0xff;

int cipher_init(void*, int, const std::uint8_t*, const std::uint8_t*) { return 1; }
int cipher_crypt(void*, std::uint8_t*, std::size_t) { return 1; }
int cipher_read_length(void*, std::uint32_t, const std::uint8_t* head, std::uint8_t* length) {
  std::memcpy(length, head, 4);
  return 1;
}
int cipher_seal(void*, std::uint32_t, std::uint8_t*, std::size_t, std::uint8_t* tag) {
  std::memset(tag, 0, kTagLen);
  return 1;
}
int cipher_open(void*, std::uint32_t, std::uint8_t*, std::size_t, const std::uint8_t* tag) {
  return tag[0] == kRefused ? 0 : 1;
}
void no_wipe(void*) {}

constexpr CipherAlg stream(const char* name, std::size_t key_len,
                           std::uint32_t kind = IPWORKSAUTH_CIPHER_STREAM, std::uint32_t weak = 0) {
  return {name, kind,        weak,         key_len, 16,      16,      0,
          1,    cipher_init, cipher_crypt, nullptr, nullptr, nullptr, no_wipe};
}
constexpr CipherAlg gcm(const char* name, std::size_t key_len) {
  return {name,        IPWORKSAUTH_CIPHER_GCM,
          0,           key_len,
          12,          16,
          kTagLen,     1,
          cipher_init, nullptr,
          nullptr,     cipher_seal,
          cipher_open, no_wipe};
}
constexpr CipherAlg kChachaPoly = {"chacha20-poly1305@openssh.com",
                                   IPWORKSAUTH_CIPHER_CHACHAPOLY,
                                   0,
                                   64,
                                   0,
                                   8,
                                   kTagLen,
                                   1,
                                   cipher_init,
                                   nullptr,
                                   cipher_read_length,
                                   cipher_seal,
                                   cipher_open,
                                   no_wipe};
constexpr CipherAlg kAes256Gcm = gcm("aes256-gcm@openssh.com", 32),
                    kAes128Gcm = gcm("aes128-gcm@openssh.com", 16),
                    kAes256Ctr = stream("aes256-ctr", 32), kAes192Ctr = stream("aes192-ctr", 24),
                    kAes128Ctr = stream("aes128-ctr", 16),
                    kAes128Cbc = stream("aes128-cbc", 16, IPWORKSAUTH_CIPHER_CBC, 1);
constexpr const CipherAlg* kCiphers[] = {&kChachaPoly, &kAes256Gcm, &kAes128Gcm, &kAes256Ctr,
                                         &kAes192Ctr,  &kAes128Ctr, &kAes128Cbc};

int mac_init(void*, const std::uint8_t*) { return 1; }
template <std::size_t Len>
int mac_compute(void*, std::uint32_t, const std::uint8_t*, std::size_t, std::uint8_t* tag) {
  std::memset(tag, 0, Len);
  return 1;
}
int mac_begin(void*, std::uint32_t) { return 1; }
int mac_update(void*, const std::uint8_t*, std::size_t) { return 1; }
template <std::size_t Len>
int mac_finish(void*, std::uint8_t* tag) {
  std::memset(tag, 0, Len);
  return 1;
}
template <std::size_t Len>
constexpr MacAlg mac_row(const char* name, std::uint32_t etm) {
  return {name,    etm,       0,          Len,
          Len,     1,         mac_init,   mac_compute<Len>,
          no_wipe, mac_begin, mac_update, mac_finish<Len>};
}
constexpr MacAlg kSha2_256Etm = mac_row<32>("hmac-sha2-256-etm@openssh.com", 1),
                 kSha2_512Etm = mac_row<64>("hmac-sha2-512-etm@openssh.com", 1),
                 kSha2_256 = mac_row<32>("hmac-sha2-256", 0),
                 kSha2_512 = mac_row<64>("hmac-sha2-512", 0);
constexpr const MacAlg* kMacs[] = {&kSha2_256Etm, &kSha2_512Etm, &kSha2_256, &kSha2_512};

// ---- key agreement: two values, the secret is their exclusive or -------------------------------

// What the value begins with: an uncompressed point, or octets that keep a number below any prime.
enum class Shape { octets, point, number };

template <Shape S>
void set_shape(std::uint8_t* value) {
  if constexpr (S == Shape::point) value[0] = 4;
  if constexpr (S == Shape::number) value[0] = 1;
}

// The last SecretLen octets of both values, the shorter one standing for zeros in front.
void mix(Bytes a, Bytes b, MutBytes secret) {
  std::fill(secret.begin(), secret.end(), std::uint8_t{0});
  for (const Bytes value : {a, b})
    for (std::size_t i = 0; i < secret.size() && i < value.size(); ++i)
      secret[secret.size() - 1 - i] ^= value[value.size() - 1 - i];
}

template <Shape S, std::size_t Len>
bool acceptable(Bytes peer) {
  const bool right_len = S == Shape::number ? !peer.empty() && peer.size() <= Len  //
                                            : peer.size() == Len;
  return right_len && !ct_is_zero(peer) && (S != Shape::point || peer[0] == 4);
}

template <Shape S, std::size_t Len>
int agree_init(void* ctx, const ipworksauth_rng* rng, std::uint8_t* value, std::size_t* value_len) {
  if (rng->fill(rng->self, value, Len) != 1) return 0;
  set_shape<S>(value);
  std::memcpy(ctx, value, Len);
  *value_len = Len;
  return 1;
}
template <Shape S, std::size_t Len, std::size_t SecretLen>
int agree_respond(void*, const ipworksauth_rng* rng, const std::uint8_t* peer, std::size_t peer_len,
                  std::uint8_t* value, std::size_t* value_len, std::uint8_t* secret,
                  std::size_t* secret_len) {
  if (!acceptable<S, Len>({peer, peer_len}) || rng->fill(rng->self, value, Len) != 1) return 0;
  set_shape<S>(value);
  *value_len = Len;
  *secret_len = SecretLen;
  mix({value, Len}, {peer, peer_len}, {secret, SecretLen});
  return 1;
}
template <Shape S, std::size_t Len, std::size_t SecretLen>
int agree_finish(void* ctx, const std::uint8_t* peer, std::size_t peer_len, std::uint8_t* secret,
                 std::size_t* secret_len) {
  if (!acceptable<S, Len>({peer, peer_len})) return 0;
  *secret_len = SecretLen;
  mix({static_cast<std::uint8_t*>(ctx), Len}, {peer, peer_len}, {secret, SecretLen});
  return 1;
}
template <std::size_t Len>
void agree_wipe(void* ctx) {
  std::memset(ctx, 0, Len);
}

template <Shape S, std::size_t Len, std::size_t SecretLen>
constexpr AgreementAlg agreement(const char* name) {
  return {name,
          Len,
          Len,
          SecretLen,
          Len,
          agree_init<S, Len>,
          agree_respond<S, Len, SecretLen>,
          agree_finish<S, Len, SecretLen>,
          agree_wipe<Len>};
}
constexpr AgreementAlg kX25519 = agreement<Shape::octets, 32, 32>("x25519"),
                       kP256 = agreement<Shape::point, 65, 32>("nistp256"),
                       kP384 = agreement<Shape::point, 97, 48>("nistp384"),
                       kP521 = agreement<Shape::point, 133, 66>("nistp521"),
                       kModp14 = agreement<Shape::number, 256, 256>("modp14"),
                       kModp16 = agreement<Shape::number, 512, 512>("modp16"),
                       kModp18 = agreement<Shape::number, 1024, 1024>("modp18"),
                       kModp2 = agreement<Shape::number, 128, 128>("modp2");
constexpr const AgreementAlg* kAgreements[] = {&kX25519, &kP256,   &kP384,   &kP521,
                                               &kModp14, &kModp16, &kModp18, &kModp2};

// Groups: every p is a safe prime but those that end in the octets of null_provider.hpp. Values are
// of 64 octets, below any p that group exchange allows.
int group_pick(std::uint32_t least, std::uint32_t preferred, std::uint32_t most, std::uint8_t* p,
               std::size_t* p_len, std::uint8_t* g, std::size_t* g_len) {
  const std::uint32_t bits = preferred < 2048 ? 2048 : preferred / 8 * 8;
  if (bits < least || bits > most || *p_len < bits / 8 || *g_len < 1) return 0;
  *p_len = bits / 8;
  std::fill(p, p + *p_len, std::uint8_t{0xff});
  *g = 2;
  *g_len = 1;
  return 1;
}
int group_set(void*, const std::uint8_t* p, std::size_t len, const std::uint8_t*, std::size_t) {
  if (p[len - 1] == kNullComposite) return IPWORKSAUTH_GROUP_NOT_PRIME;
  return p[len - 1] == kNullNotSafe ? IPWORKSAUTH_GROUP_NOT_SAFE : IPWORKSAUTH_GROUP_TAKEN;
}
constexpr GroupAlg kModp = {"modp", group_pick, group_set,
                            agreement<Shape::number, 64, 64>("modp")};
constexpr const GroupAlg* kGroups[] = {&kModp};

// ---- signatures --------------------------------------------------------------------------------

int verify(const ipworksauth_public_key*, const std::uint8_t*, std::size_t,
           const std::uint8_t* signature, std::size_t len) {
  return len != 0 && signature[0] != kRefused ? 1 : 0;
}
// Len 0: as long as the modulus.
template <std::size_t Len>
int sign(const ipworksauth_private_key* key, const ipworksauth_rng*, const std::uint8_t*,
         std::size_t, std::uint8_t* signature, std::size_t* len) {
  const std::size_t need = Len != 0 ? Len : key->pub.second_len;
  if (*len < need || need == 0) return 0;
  std::memset(signature, 1, need);
  *len = need;
  return 1;
}
constexpr SigAlg kEd25519 = {"ssh-ed25519", "ssh-ed25519", 0, verify, sign<64>};
constexpr SigAlg kEcdsa256 = {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", 0, verify, sign<64>};
constexpr SigAlg kEcdsa384 = {"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", 0, verify, sign<96>};
constexpr SigAlg kEcdsa521 = {"ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521", 0, verify, sign<132>};
constexpr SigAlg kRsa512 = {"rsa-sha2-512", "ssh-rsa", 0, verify, sign<0>};
constexpr SigAlg kRsa256 = {"rsa-sha2-256", "ssh-rsa", 0, verify, sign<0>};
constexpr SigAlg kRsa1 = {"ssh-rsa", "ssh-rsa", 1, verify, sign<0>};
constexpr const SigAlg* kSigs[] = {&kEd25519, &kEcdsa256, &kEcdsa384, &kEcdsa521,
                                   &kRsa512,  &kRsa256,   &kRsa1};

// ---- compression -------------------------------------------------------------------------------

int compression_init(void* ctx, int compress) {
  *static_cast<std::uint8_t*>(ctx) = compress != 0 ? 1 : 0;
  return 1;
}
int compression_run(void* ctx, const std::uint8_t* in, std::size_t in_len, std::uint8_t* out,
                    std::size_t* out_len) {
  const bool compress = *static_cast<std::uint8_t*>(ctx) == 1;
  if (in_len == 0 || in_len > *out_len || (!compress && in[0] == kRefused)) return 0;
  std::memcpy(out, in, in_len);
  *out_len = in_len;
  return 1;
}
constexpr CompressionAlg kZlibDelayed = {"zlib@openssh.com", 1,      1, compression_init,
                                         compression_run,    no_wipe};
constexpr CompressionAlg kZlib = {"zlib", 0, 1, compression_init, compression_run, no_wipe};
constexpr const CompressionAlg* kCompressions[] = {&kZlibDelayed, &kZlib};

// splitmix64
int rng_fill(void* self, std::uint8_t* out, std::size_t len) {
  NullRng& rng = *static_cast<NullRng*>(self);
  if (rng.fails) return 0;
  for (std::size_t i = 0; i < len; ++i) {
    rng.state += 0x9e3779b97f4a7c15U;
    std::uint64_t z = rng.state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    out[i] = static_cast<std::uint8_t>(z ^ (z >> 31));
  }
  return 1;
}

}  // namespace

Provider null_provider(NullRng& rng) noexcept {
  Provider p{};
  p.struct_size = sizeof p;
  p.name = "null";
  p.hashes = kHashes;
  p.num_hashes = std::size(kHashes);
  p.ciphers = kCiphers;
  p.num_ciphers = std::size(kCiphers);
  p.macs = kMacs;
  p.num_macs = std::size(kMacs);
  p.agreements = kAgreements;
  p.num_agreements = std::size(kAgreements);
  p.groups = kGroups;
  p.num_groups = std::size(kGroups);
  p.sigs = kSigs;
  p.num_sigs = std::size(kSigs);
  p.compressions = kCompressions;
  p.num_compressions = std::size(kCompressions);
  p.rng = {&rng, rng_fill};
  return p;
}

}  // namespace sshauth
