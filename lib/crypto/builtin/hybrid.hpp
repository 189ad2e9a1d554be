// A hybrid agreement: a key encapsulation mechanism and a classical agreement side by side, so that
// the secret stands as long as one of the two does (draft-ietf-sshm-mlkem-hybrid-kex-03 §2,
// draft-ietf-sshm-ntruprime-ssh-05 §3).
//
//   initiator's value   public key of the mechanism | classical value
//   responder's value   ciphertext                  | classical value
//   secret              hash(mechanism's secret | classical secret), both of fixed width
//
// A refusal of either half refuses the whole: an all-zero X25519 secret too.
#pragma once

#include "lib/base/secret.hpp"
#include "lib/crypto/rows.hpp"

namespace sshauth {

// kInitLen and kReplyLen are the classical row's, which a constant expression cannot see in another
// file; a row that says something else never comes about.
template <class Kem, const AgreementAlg& kClassical, std::size_t kInitLen, std::size_t kSharedLen,
          const HashAlg& kHash, std::size_t kHashLen>
struct Hybrid {
  static constexpr std::size_t kClassicalRoom = 64, kHashRoom = 256;
  struct State {
    typename Kem::PrivateKey key;
    alignas(16) std::uint8_t classical[kClassicalRoom];
  };

  static bool fits() noexcept {
    return kClassical.init_len == kInitLen && kClassical.reply_len == kInitLen &&
           kClassical.secret_len == kSharedLen && kClassical.ctx_len <= kClassicalRoom &&
           kHash.hash_len == kHashLen && kHash.ctx_len <= kHashRoom;
  }

  static int init(void* ctx, const Rng* rng, std::uint8_t* value, std::size_t* value_len) noexcept {
    State& s = *static_cast<State*>(ctx);
    std::size_t len = 0;
    if (!fits() || !Kem::generate(s.key, *rng) ||
        kClassical.init(s.classical, rng, value + Kem::kPublicLen, &len) != 1 || len != kInitLen)
      return 0;
    copy_bytes(value, s.key.public_key);
    *value_len = Kem::kPublicLen + kInitLen;
    return 1;
  }

  static int respond(void* ctx, const Rng* rng, const std::uint8_t* peer, std::size_t peer_len,
                     std::uint8_t* value, std::size_t* value_len, std::uint8_t* secret,
                     std::size_t* secret_len) noexcept {
    State& s = *static_cast<State*>(ctx);
    Secret<Kem::kSecretLen + kSharedLen> both;
    const MutBytes shared = both.write();
    std::size_t len = 0, classical_len = 0;
    if (!fits() || peer_len != Kem::kPublicLen + kInitLen ||
        !Kem::encapsulate(*rng, Bytes(peer, Kem::kPublicLen), value, shared.data()) ||
        kClassical.respond(s.classical, rng, peer + Kem::kPublicLen, kInitLen,
                           value + Kem::kCipherLen, &len, shared.data() + Kem::kSecretLen,
                           &classical_len) != 1 ||
        len != kInitLen || classical_len != kSharedLen)
      return 0;
    *value_len = Kem::kCipherLen + kInitLen;
    return combine(shared, secret, secret_len);
  }

  static int finish(void* ctx, const std::uint8_t* peer, std::size_t peer_len, std::uint8_t* secret,
                    std::size_t* secret_len) noexcept {
    State& s = *static_cast<State*>(ctx);
    Secret<Kem::kSecretLen + kSharedLen> both;
    const MutBytes shared = both.write();
    std::size_t classical_len = 0;
    if (!fits() || peer_len != Kem::kCipherLen + kInitLen ||
        !Kem::decapsulate(s.key, Bytes(peer, Kem::kCipherLen), shared.data()) ||
        kClassical.finish(s.classical, peer + Kem::kCipherLen, kInitLen,
                          shared.data() + Kem::kSecretLen, &classical_len) != 1 ||
        classical_len != kSharedLen)
      return 0;
    return combine(shared, secret, secret_len);
  }

  static int combine(Bytes both, std::uint8_t* secret, std::size_t* secret_len) noexcept {
    alignas(16) std::uint8_t room[kHashRoom] = {};
    Hash hash;
    *secret_len = kHashLen;
    return hash.start(kHash, room) && hash.add(both).finish({secret, kHashLen});
  }

  static void wipe(void* ctx) noexcept {
    State& s = *static_cast<State*>(ctx);
    kClassical.wipe(s.classical);
    if constexpr (requires { Kem::wipe(s.key); }) Kem::wipe(s.key);  // one that owns something
    secure_wipe(&s, sizeof s);
  }

  static constexpr AgreementAlg row(const char* name) noexcept {
    return {name,
            Kem::kPublicLen + kInitLen,
            Kem::kCipherLen + kInitLen,
            kHashLen,
            sizeof(State),
            init,
            respond,
            finish,
            wipe};
  }
};

}  // namespace sshauth
