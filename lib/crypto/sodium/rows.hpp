// The rows over libsodium, for what it has. No heap: every state lives in the context.
//
// libsodium picks its fast implementations in sodium_init, which is idempotent and thread-safe;
// each row calls it where its life begins, so the application need not. A row whose library
// cannot be initialised fails.
#pragma once

#include <sodium.h>

#include "lib/crypto/rows.hpp"

namespace sshauth::sodium {

inline bool ready() noexcept { return sodium_init() >= 0; }

// The row's own state, in the zeroed memory that the engine gave.
template <class State>
State& state_in(void* ctx) noexcept {
  return *static_cast<State*>(ctx);
}

extern const HashAlg sha256, sha512;                                    // hashes.cpp
extern const CipherAlg chacha20_poly1305;                               // chacha20_poly1305.cpp
extern const MacAlg hmac_sha2_256, hmac_sha2_512;                       // hmac.cpp
extern const MacAlg hmac_sha2_256_etm, hmac_sha2_512_etm;               // hmac.cpp
extern const AgreementAlg x25519;                                       // x25519.cpp
extern const AgreementAlg mlkem768x25519, sntrup761x25519;              // hybrid.cpp
extern const SigAlg ed25519;                                            // ed25519.cpp
int rng_fill(void* self, std::uint8_t* out, std::size_t len) noexcept;  // rng.cpp

}  // namespace sshauth::sodium
