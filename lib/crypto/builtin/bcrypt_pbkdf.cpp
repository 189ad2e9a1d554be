#include "lib/crypto/builtin/bcrypt_pbkdf.hpp"

#include <sodium.h>

#include "lib/base/secret.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kNumP = 18;
constexpr std::size_t kNumS = std::size_t{4} * 256;
constexpr std::size_t kShaLen = crypto_hash_sha512_BYTES;
constexpr std::size_t kBlockLen = 32;

constexpr std::uint32_t kPi[kNumP + kNumS] = {
#include "blowfish_pi.inc"
};

// The 64 octets of a SHA-512 as Blowfish reads them: sixteen words, over and over.
struct Words {
  explicit Words(const std::uint8_t (&octets)[kShaLen]) noexcept {
    for (std::size_t i = 0; i < 16; ++i) at[i] = load_u32(octets + 4 * i);
  }
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;
  ~Words() { secure_wipe(at, sizeof at); }
  std::uint32_t at[16];
};

// Blowfish (Schneier 1993) with the key schedule of bcrypt: `expand` mixes in a key, and a salt
// where one is given.
class Blowfish {
 public:
  Blowfish() noexcept { std::memcpy(words_, kPi, sizeof words_); }
  Blowfish(const Blowfish&) = delete;
  Blowfish& operator=(const Blowfish&) = delete;
  ~Blowfish() { secure_wipe(words_, sizeof words_); }

  void expand(const Words& key) noexcept {
    mix(key);
    std::uint32_t left = 0, right = 0;
    for (std::size_t i = 0; i < kNumP + kNumS; i += 2) {
      encipher(left, right);
      words_[i] = left;
      words_[i + 1] = right;
    }
  }

  void expand(const Words& key, const Words& salt) noexcept {
    mix(key);
    std::uint32_t left = 0, right = 0;
    for (std::size_t i = 0; i < kNumP + kNumS; i += 2) {
      left ^= salt.at[i % 16];
      right ^= salt.at[(i + 1) % 16];
      encipher(left, right);
      words_[i] = left;
      words_[i + 1] = right;
    }
  }

  void encipher(std::uint32_t& left, std::uint32_t& right) const noexcept {
    std::uint32_t l = left ^ words_[0];
    std::uint32_t r = right;
    for (std::size_t i = 1; i <= 16; i += 2) {
      r ^= f(l) ^ words_[i];
      l ^= f(r) ^ words_[i + 1];
    }
    left = r ^ words_[kNumP - 1];
    right = l;
  }

 private:
  void mix(const Words& key) noexcept {
    for (std::size_t i = 0; i < kNumP; ++i) words_[i] ^= key.at[i % 16];
  }
  std::uint32_t f(std::uint32_t x) const noexcept {
    const std::uint32_t* const s = words_ + kNumP;
    return ((s[x >> 24] + s[256 + (x >> 16 & 0xff)]) ^ s[512 + (x >> 8 & 0xff)]) +
           s[768 + (x & 0xff)];
  }

  std::uint32_t words_[kNumP + kNumS];  // P, then the S-boxes
};

// One bcrypt of the two hashes: the text enciphered 64 times, its words least octet first.
void bcrypt_hash(const std::uint8_t (&pass)[kShaLen], const std::uint8_t (&salt)[kShaLen],
                 std::uint8_t (&out)[kBlockLen]) noexcept {
  constexpr char kText[kBlockLen + 1] = "OxychromaticBlowfishSwatDynamite";
  const Words key(pass);
  const Words salted(salt);
  Blowfish cipher;
  cipher.expand(key, salted);
  for (int i = 0; i < 64; ++i) {
    cipher.expand(salted);
    cipher.expand(key);
  }
  const Bytes text = as_bytes({kText, kBlockLen});
  for (std::size_t i = 0; i < kBlockLen; i += 8) {
    std::uint32_t pair[2] = {load_u32(&text[i]), load_u32(&text[i + 4])};
    for (int n = 0; n < 64; ++n) cipher.encipher(pair[0], pair[1]);
    for (std::size_t k = 0; k < 8; ++k)
      out[i + k] = static_cast<std::uint8_t>(pair[k / 4] >> 8 * (k % 4));
    secure_wipe(pair, sizeof pair);
  }
}

struct Work {
  Work() noexcept = default;
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;
  ~Work() { secure_wipe(this, sizeof *this); }
  std::uint8_t pass[kShaLen];
  std::uint8_t salt[kShaLen];
  std::uint8_t round[kBlockLen];
  std::uint8_t block[kBlockLen];  // the exclusive or of all rounds
};

// Block `number` (from 1) of the derived octets.
void derive_block(Work& work, Bytes salt, std::uint32_t number, std::uint32_t rounds) noexcept {
  std::uint8_t counted[kMostBcryptSaltLen + 4];
  copy_bytes(counted, salt);
  store_u32(counted + salt.size(), number);
  crypto_hash_sha512(work.salt, counted, salt.size() + 4);
  bcrypt_hash(work.pass, work.salt, work.round);
  std::memcpy(work.block, work.round, kBlockLen);
  for (std::uint32_t i = 1; i < rounds; ++i) {
    crypto_hash_sha512(work.salt, work.round, kBlockLen);
    bcrypt_hash(work.pass, work.salt, work.round);
    for (std::size_t k = 0; k < kBlockLen; ++k) work.block[k] ^= work.round[k];
  }
}

}  // namespace

// The blocks are not laid end to end: block b gives octets b-1, b-1+stride, b-1+2*stride ...
bool bcrypt_pbkdf(Bytes passphrase, Bytes salt, std::uint32_t rounds, MutBytes key) noexcept {
  if (passphrase.empty() || salt.empty() || salt.size() > kMostBcryptSaltLen || key.empty() ||
      key.size() > kMostBcryptKeyLen || rounds == 0 || rounds > kMostBcryptRounds)
    return false;
  const std::size_t stride = (key.size() + kBlockLen - 1) / kBlockLen;
  const std::size_t from_each = (key.size() + stride - 1) / stride;
  Work work;
  crypto_hash_sha512(work.pass, passphrase.data(), passphrase.size());
  for (std::size_t b = 0; b < stride; ++b) {
    derive_block(work, salt, static_cast<std::uint32_t>(b + 1), rounds);
    for (std::size_t i = 0; i < from_each && i * stride + b < key.size(); ++i)
      key[i * stride + b] = work.block[i];
  }
  return true;
}

}  // namespace sshauth
