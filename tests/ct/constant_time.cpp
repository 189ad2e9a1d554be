// Secrets must not decide what is run or which memory is touched. Here they are marked undefined,
// so that valgrind's memcheck reports every branch and every address that depends on one (Langley's
// ctgrind).
//
//   valgrind --error-exitcode=9 constant_time CASE
//
// Cases: those of kCases (those of tags count what memcheck says, and are not to be ended by it),
// and `planted`, a comparison that leaks, which must be reported. What a caller may know of a
// result (that two tags are equal) is marked defined where it is looked at.
#include <valgrind/memcheck.h>

#include <cstdio>
#include <cstring>

#include "lib/crypto/builtin/mlkem.hpp"
#include "lib/crypto/builtin/sntrup761.hpp"
#include "lib/crypto/builtin/uhash.hpp"
#include "lib/crypto/providers.hpp"
#include "lib/packet/construction.hpp"

namespace sshauth {
namespace {

void poison(const void* at, std::size_t len) { (void)VALGRIND_MAKE_MEM_UNDEFINED(at, len); }
void reveal_result(const void* at, std::size_t len) { (void)VALGRIND_MAKE_MEM_DEFINED(at, len); }

int fill_poisoned(void*, std::uint8_t* out, std::size_t len) {
  const Rng& rng = default_provider().rng;
  if (rng.fill(rng.self, out, len) != 1) return 0;
  poison(out, len);
  return 1;
}
constexpr Rng kPoisoned{nullptr, fill_poisoned};

// Generation shares its arithmetic with encapsulation and decapsulation. It is not run on a
// poisoned seed, since ML-KEM draws its public matrix, with rejection, from a hash of that seed,
// and sntrup761 draws again what has no reciprocal.
template <class Kem>
bool mechanism(typename Kem::PrivateKey& key, void (*poison_private)(typename Kem::PrivateKey&)) {
  std::uint8_t ciphertext[Kem::kCipherLen], sent[Kem::kSecretLen], got[Kem::kSecretLen];
  if (!Kem::generate(key, default_provider().rng)) return false;
  if (!Kem::encapsulate(kPoisoned, key.public_key, ciphertext, sent)) return false;
  reveal_result(ciphertext, sizeof ciphertext);  // it travels
  reveal_result(sent, sizeof sent);
  poison_private(key);
  for (const std::uint8_t change : {std::uint8_t{0}, std::uint8_t{1}}) {
    ciphertext[5] ^= change;
    if (!Kem::decapsulate(key, ciphertext, got)) return false;
    reveal_result(got, sizeof got);
    if ((std::memcmp(sent, got, sizeof got) == 0) != (change == 0)) return false;
  }
  return true;
}

template <class Kem>
bool mlkem() {
  static typename Kem::PrivateKey key;
  return mechanism<Kem>(key, [](typename Kem::PrivateKey& k) {
    poison(k.s, sizeof k.s);
    poison(k.z, sizeof k.z);
  });
}

bool sntrup761() {
  static Sntrup761::PrivateKey key;
  return mechanism<Sntrup761>(key, [](Sntrup761::PrivateKey& k) {
    poison(k.f, sizeof k.f);
    poison(k.g_inverse, sizeof k.g_inverse);
    poison(k.rho, sizeof k.rho);
  });
}

bool comparison() {
  for (const std::size_t differs_at : {0u, 15u, 31u, 32u}) {
    std::uint8_t ours[32] = {}, theirs[33] = {};
    theirs[differs_at] = 1;
    poison(ours, sizeof ours);
    poison(theirs, sizeof theirs);
    bool same = ct_equal(ours, Bytes(theirs).first(32));
    bool zero = ct_is_zero(Bytes(theirs).first(32));
    reveal_result(&same, sizeof same);
    reveal_result(&zero, sizeof zero);
    if (same != (differs_at == 32) || zero != (differs_at == 32)) return false;
  }
  return true;
}

bool umac_hash() {
  static UhashKey key;
  static std::uint8_t message[3000];
  const Rng& rng = default_provider().rng;
  if (!fill_random(rng, message)) return false;
  for (const MutBytes part :
       {MutBytes(key.l1), MutBytes(key.l2), MutBytes(key.l3_1), MutBytes(key.l3_2)})
    if (!fill_random(rng, part)) return false;
  poison(&key, sizeof key);
  poison(message, sizeof message);
  std::uint8_t out[16];
  for (const std::size_t len : {0u, 31u, 1024u, 1025u, 3000u}) {
    Uhash hash;
    hash.start();
    hash.update(key, 4, {message, len});
    hash.finish(key, 4, out);
  }
  return true;
}

// ---- tags ------------------------------------------------------------------------------------

// That a tag was wrong is told to everybody; where it was wrong is not. So memcheck counts as many
// branches on the tag's octets wherever they differ: those on the verdict alone.
struct Tagged {
  const char* cipher;
  const char* mac;
};
constexpr Tagged kTagged[] = {
    {"aes256-ctr", "hmac-sha2-256"},           {"aes256-cbc", "hmac-sha1-96"},
    {"aes128-ctr", "hmac-sha2-512-96"},        {"aes128-ctr", "umac-128@openssh.com"},
    {"aes256-ctr", "umac-64-etm@openssh.com"}, {"aes256-cbc", "hmac-sha2-512-etm@openssh.com"},
    {"aes256-gcm@openssh.com", nullptr},       {"chacha20-poly1305@openssh.com", nullptr},
};

class Direction {
 public:
  Direction(const Provider& p, const Tagged& names, bool encrypt) {
    const std::uint8_t key[64] = {1}, iv[64] = {2}, mac_key[64] = {3};
    keys.cipher_ctx = cipher_;
    keys.mac_ctx = mac_;
    const Suite suite{find(ciphers(p), names.cipher),
                      names.mac != nullptr ? find(macs(p), names.mac) : nullptr, nullptr};
    started = suite.cipher != nullptr && (suite.mac != nullptr) == needs_mac(*suite.cipher) &&
              keys.start(suite, encrypt, key, iv, mac_key);
  }
  Direction(const Direction&) = delete;
  Direction& operator=(const Direction&) = delete;
  ~Direction() { keys.wipe(); }

  Protection keys;
  bool started = false;

 private:
  alignas(16) std::uint8_t cipher_[8192] = {}, mac_[8192] = {};
};

std::uint8_t right_tag[kMaxTag];  // of the packet at hand, for the leak that is planted

using Open = Errc (*)(Protection& keys, MutBytes packet, MutBytes tag);

Errc open_packet(Protection& keys, MutBytes packet, MutBytes tag) {
  std::uint32_t length = 0;
  const MutBytes head = packet.first(keys.how->head_len(keys));
  const Errc read = keys.how->read_length(keys, 0, head, length);
  return read != Errc::ok ? read : keys.how->open(keys, 0, packet, tag);
}

// Octet `at` of the tag is changed, none where that is behind it. False: the verdict is wrong, or
// it hangs on no octet of the tag that memcheck could follow (a compiler may well choose it without
// a branch: then it is undefined itself).
bool count_branches(const Provider& p, const Tagged& names, std::size_t at, Open open,
                    unsigned long& branches) {
  Direction out(p, names, true), in(p, names, false);
  std::uint8_t octets[36 + kMaxTag] = {};
  if (!out.started || !in.started) return false;
  const std::size_t len = out.keys.how->length_in_blocks ? 32 : 36;
  store_u32(octets, static_cast<std::uint32_t>(len - 4));
  const MutBytes packet = MutBytes(octets).first(len);
  const MutBytes tag = MutBytes(octets).subspan(len, out.keys.tag_len());
  if (out.keys.how->seal(out.keys, 0, packet, tag) != Errc::ok) return false;
  std::memcpy(right_tag, tag.data(), tag.size());
  if (at < tag.size()) tag[at] ^= 1;
  poison(tag.data(), tag.size());
  const unsigned long before = VALGRIND_COUNT_ERRORS;
  Errc verdict = open(in.keys, packet, tag);
  branches = VALGRIND_COUNT_ERRORS - before;
  std::uint8_t undefined[sizeof verdict] = {};
  if (VALGRIND_GET_VBITS(&verdict, undefined, sizeof verdict) != 1) return false;
  bool followed = branches != 0;
  for (const std::uint8_t bits : undefined) followed |= bits != 0;
  reveal_result(&verdict, sizeof verdict);
  return followed && (verdict == Errc::ok) == (at >= tag.size());
}

bool tags_by(const Provider& p, Open open) {
  for (const Tagged& names : kTagged) {
    unsigned long first = 0, other = 0;
    if (find(ciphers(p), names.cipher) == nullptr) continue;  // libsodium has one of them
    if (!count_branches(p, names, 0, open, first)) return false;
    for (const std::size_t at : {1u, 5u, 7u, 11u}) {
      if (at >= 8 && names.mac != nullptr && std::strncmp(names.mac, "umac-64", 7) == 0) continue;
      if (!count_branches(p, names, at, open, other)) return false;
      if (other != first) return false;
    }
    if (!count_branches(p, names, kMaxTag, open, other)) return false;
  }
  return true;
}

bool tags() {
  return tags_by(openssl_provider(), open_packet) && tags_by(sodium_provider(), open_packet) &&
         tags_by(default_provider(), open_packet);
}

// A comparison that stops where the tags differ: `tags` must see it.
Errc open_with_leak(Protection& keys, MutBytes packet, MutBytes tag) {
  volatile std::size_t same = 0;
  while (same < tag.size() && tag[same] == right_tag[same]) same = same + 1;
  return open_packet(keys, packet, tag);
}

bool planted_in_tags() { return !tags_by(openssl_provider(), open_with_leak); }

bool planted() {
  std::uint8_t tag[16] = {1};
  poison(tag, sizeof tag);
  volatile std::size_t looked_at = 0;
  while (looked_at < sizeof tag && tag[looked_at] == 0) looked_at = looked_at + 1;
  return true;
}

struct Case {
  const char* name;
  bool (*run)();
};
constexpr Case kCases[] = {
    {"comparison", comparison},
    {"mlkem768", mlkem<mlkem::MlKem768>},
    {"mlkem1024", mlkem<mlkem::MlKem1024>},
    {"sntrup761", sntrup761},
    {"umac", umac_hash},
    {"tags", tags},
    {"tags-planted", planted_in_tags},
    {"planted", planted},
};

}  // namespace
}  // namespace sshauth

int main(int argc, char** argv) {
  for (const sshauth::Case& each : sshauth::kCases)
    if (argc == 2 && std::strcmp(argv[1], each.name) == 0) return each.run() ? 0 : 1;
  std::fprintf(stderr, "usage: constant_time CASE\n");
  return 2;
}
