// KexRun: one run of a key exchange method, as the families see it: what they are given, what they
// leave behind, and the steps that they share.
#pragma once

#include "lib/base/secret.hpp"
#include "lib/base/text.hpp"
#include "lib/crypto/gss.hpp"
#include "lib/kex/method.hpp"
#include "lib/kex/numbers.hpp"

namespace sshauth {

inline constexpr std::size_t kMaxHash = 64;
inline constexpr std::size_t kMaxKexValue = 1696;   // mlkem1024nistp384's init is 1,665
inline constexpr std::size_t kMaxKexSecret = 1024;  // group18

// RFC 4419 §3: the lengths of p that there are.
inline constexpr std::uint32_t kMinGroupBits = 1024;
inline constexpr std::uint32_t kMaxGroupBits = 8192;

// RFC 4419 §3: what a client asks for where the server names the group.
struct GroupWishes {
  std::uint32_t least = 2048;
  std::uint32_t preferred = 3072;
  std::uint32_t most = 8192;
  bool old_request = false;  // of one number, as drafts before the RFC had it
};

// What an exchange by GSSAPI works with; all of it is the transport's.
struct KexGss {
  GssContext* context = nullptr;
  MutBytes room;  // for tokens
  Bytes said;     // in it: the token that is to be sent

  GssStep step(Bytes in) noexcept { return context->step(in, room, said); }
};

struct KexRun {
  // ---- given
  const Provider* provider = nullptr;
  const KexMethod* method = nullptr;
  const HashAlg* hash_alg = nullptr;
  MutBytes agreement_ctx, hash_ctx;
  MutBytes memory;  // the family's, of its memory_len octets; wiped with the run
  GroupWishes wishes;
  Bytes host_key;  // K_S: a server's own; a client's family puts there what the server sent

  KexGss gss;  // where the family asks for it

  // ---- the family's
  const AgreementAlg* agreement = nullptr;
  KexNumbers expected = 0;
  std::size_t kept_len = 0;    // of `memory`, what is hashed between K_S and the values
  KexReply reply;              // client: what the last message said; points into it
  Bytes kept;                  // server: the client's value, in `memory`
  bool host_key_said = false;  // server: K_S went ahead
  FixedText<400> why;          // a sentence for the failure, where the code's own says too little

  // ---- results
  std::array<std::uint8_t, kMaxKexValue> value_octets{};  // our public value
  std::size_t value_len = 0;
  Secret<kMaxKexSecret> secret;
  std::array<std::uint8_t, kMaxHash> exchange_hash{};
  std::size_t hash_len = 0;
  Hash hash;  // begun with what is known after KEXINIT

  void expect(Msg msg) noexcept { expected |= kex_number(number(msg)); }
  Bytes value() const noexcept { return Bytes(value_octets).first(value_len); }

  // Sets the agreement, if this run has room for what it needs.
  Errc use(const AgreementAlg* alg) noexcept;
  // Makes our value and forgets nothing: `agree` follows.
  Errc make_value() noexcept;
  // The shared secret from our value and the peer's (initiator).
  Errc agree(Bytes peer) noexcept;
  // Our value and the shared secret from the peer's value (responder).
  Errc answer(Bytes peer) noexcept;
  // RFC 4253 §8: H = hash(V_C || V_S || I_C || I_S || K_S || what is kept || e || f || K).
  Errc finish_hash(Bytes client_value, Bytes server_value) noexcept;
  void add_value(Bytes value, ValueForm form) noexcept;
  void add_secret() noexcept { add_value(secret.reveal(), method->secret_form); }
  void forget() noexcept;

 private:
  Errc keep_secret(int done, std::size_t len) noexcept;
};

}  // namespace sshauth
