// KeyExchange: one run of a method with one init and one reply (RFC 4253 §8, RFC 5656 §4, RFC
// 8731), both halves.
//
//   client   choose, write_init, start_hash, take_reply              then hash() and derive()
//   server   choose, start_hash, take_init, (signature), write_reply then hash() and derive()
//
// The shared secret exists from take_* until `forget`, in wiped storage; ephemeral keys live in the
// row's context and go with it.
#pragma once

#include "lib/base/secret.hpp"
#include "lib/kex/method.hpp"

namespace sshauth {

inline constexpr std::size_t kMaxHash = 64;
inline constexpr std::size_t kMaxKexValue = 1696;   // mlkem1024nistp384's init is 1,665
inline constexpr std::size_t kMaxKexSecret = 1024;  // group18

class KeyExchange {
 public:
  KeyExchange() noexcept = default;
  KeyExchange(const KeyExchange&) = delete;
  KeyExchange& operator=(const KeyExchange&) = delete;
  ~KeyExchange() { forget(); }

  void set_memory(MutBytes agreement_ctx, MutBytes hash_ctx) noexcept {
    secure_wipe(agreement_ctx);  // rows begin with zeroed octets
    agreement_ctx_ = agreement_ctx;
    hash_ctx_ = hash_ctx;
  }

  // Begins a run, forgetting any other.
  Errc choose(const Provider& provider, const KexMethod& method) noexcept;
  const KexMethod* method() const noexcept { return method_; }

  // RFC 4253 §8: H = hash(V_C, V_S, I_C, I_S, K_S, ...): the part that is known after KEXINIT.
  Errc start_hash(Bytes client_id, Bytes server_id, Bytes client_kexinit,
                  Bytes server_kexinit) noexcept;

  // client
  Errc write_init(Writer& w) noexcept;
  Errc take_reply(Bytes payload, KexReply& out) noexcept;
  // server
  Errc take_init(Bytes payload, Bytes host_key) noexcept;
  void write_reply(Writer& w, Bytes host_key, Bytes signature) const noexcept;

  Bytes hash() const noexcept { return Bytes(exchange_hash_).first(hash_len_); }

  // RFC 4253 §7.2: key material `letter` ('A'..'F') of out.size() octets.
  Errc derive(MutBytes out, char letter, Bytes session_id) noexcept;

  void forget() noexcept;

 private:
  Errc finish_hash(Bytes host_key, Bytes client_value, Bytes server_value) noexcept;
  void add_value(Bytes value, ValueForm form) noexcept;
  bool check_secret(std::size_t len) noexcept;

  const Provider* provider_ = nullptr;
  const KexMethod* method_ = nullptr;
  const AgreementAlg* agreement_ = nullptr;
  const HashAlg* hash_alg_ = nullptr;
  MutBytes agreement_ctx_, hash_ctx_;
  Hash hash_;
  std::array<std::uint8_t, kMaxKexValue> value_{};  // our public value
  std::size_t value_len_ = 0;
  Secret<kMaxKexSecret> secret_;
  std::array<std::uint8_t, kMaxHash> exchange_hash_{};
  std::size_t hash_len_ = 0;
};

}  // namespace sshauth
