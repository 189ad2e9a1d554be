// KeyExchange: one run of a method, both halves, whatever messages its family exchanges.
//
//   client   choose, open, start_hash, take until agreed          then hash() and derive()
//   server   choose, start_hash, take until agreed, write_reply   then hash() and derive()
//
// A client whose first message is no guess may start the hash before it opens. The shared secret
// exists until `forget`, in wiped storage; ephemeral keys live in the row's context and go with it.
#pragma once

#include "lib/kex/family.hpp"

namespace sshauth {

class KeyExchange {
 public:
  KeyExchange() noexcept = default;
  KeyExchange(const KeyExchange&) = delete;
  KeyExchange& operator=(const KeyExchange&) = delete;
  ~KeyExchange() { forget(); }

  // `family` holds what the families of all methods that will be chosen need (memory_len).
  void set_memory(MutBytes agreement_ctx, MutBytes hash_ctx, MutBytes family) noexcept {
    secure_wipe(agreement_ctx);  // rows begin with zeroed octets
    run_.agreement_ctx = agreement_ctx;
    run_.hash_ctx = hash_ctx;
    run_.memory = family;
  }

  // Begins a run, forgetting any other.
  Errc choose(const Provider& provider, const KexMethod& method,
              const GroupWishes& wishes) noexcept;
  const KexMethod* method() const noexcept { return run_.method; }
  // Behind `choose`, for a method by GSSAPI.
  void use_gss(const KexGss& gss) noexcept { run_.gss = gss; }

  // RFC 4253 §8: H = hash(V_C, V_S, I_C, I_S, K_S, ...): the part that is known after KEXINIT.
  Errc start_hash(Bytes client_id, Bytes server_id, Bytes client_kexinit,
                  Bytes server_kexinit) noexcept;

  // client: the first message
  Errc open(Writer& w) noexcept { return family().client.open(run_, w); }
  // server: from now on the client's first message is expected, and answered with this host key.
  Errc await(Bytes host_key) noexcept;

  // Which of the numbers 30 to 49 may come now.
  KexNumbers expected() const noexcept { return run_.expected; }
  // Takes one of them. `w` has the answer where the step says so.
  Errc take(Bytes payload, bool client, Writer& w, KexStep& step) noexcept;
  // What the method calls the message of that number; null: nothing of its own.
  const char* title(std::uint8_t msg) const noexcept {
    return run_.method != nullptr && is_kex_number(msg) ? family().title(msg) : nullptr;
  }
  // What overwrites in a message of the method that runs what no log may show; may be null.
  auto mask() const noexcept { return run_.method != nullptr ? family().mask : nullptr; }
  // A sentence for the last failure; empty: its code says all.
  std::string_view why() const noexcept { return run_.why.view(); }

  // client, once agreed: host key and signature; they point into the last message.
  const KexReply& reply() const noexcept { return run_.reply; }
  // server, once agreed
  void write_reply(Writer& w, Bytes signature) const noexcept {
    family().server->reply(run_, w, signature);
  }

  Bytes hash() const noexcept { return Bytes(run_.exchange_hash).first(run_.hash_len); }

  // RFC 4253 §7.2: key material `letter` ('A'..'F') of out.size() octets.
  Errc derive(MutBytes out, char letter, Bytes session_id) noexcept;

  void forget() noexcept { run_.forget(); }

 private:
  const KexFamily& family() const noexcept { return *run_.method->family; }

  KexRun run_;
};

}  // namespace sshauth
