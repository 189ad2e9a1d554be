#include "lib/kex/key_exchange.hpp"

namespace sshauth {

Errc KeyExchange::choose(const Provider& provider, const KexMethod& method,
                         const GroupWishes& wishes) noexcept {
  forget();
  const HashAlg* hash = find(hashes(provider), method.hash);
  const KexFamily* chosen = method.family;
  if (hash == nullptr || hash->hash_len > kMaxHash || chosen->memory_len > run_.memory.size())
    return Errc::internal;
  run_.provider = &provider;
  run_.method = &method;
  run_.hash_alg = hash;
  run_.wishes = wishes;
  return chosen->begin(run_);
}

Errc KeyExchange::start_hash(Bytes client_id, Bytes server_id, Bytes client_kexinit,
                             Bytes server_kexinit) noexcept {
  if (!run_.hash.start(*run_.hash_alg, run_.hash_ctx)) return Errc::hash_failed;
  run_.hash.add_string(client_id).add_string(server_id);
  run_.hash.add_string(client_kexinit).add_string(server_kexinit);
  return Errc::ok;
}

Errc KeyExchange::await(Bytes host_key) noexcept {
  if (family().server == nullptr) return Errc::internal;
  run_.host_key = host_key;
  run_.expected = family().server->first;
  return Errc::ok;
}

// What was expected has come: the family says what is next.
Errc KeyExchange::take(Bytes payload, bool client, Writer& w, KexStep& step) noexcept {
  const bool right = (run_.expected & kex_number(payload[0])) != 0;
  run_.expected = 0;
  step = KexStep::wait;
  if (!right) return Errc::unexpected_message;
  return client ? family().client.take(run_, payload, w, step)
                : family().server->take(run_, payload, w, step);
}

Errc KeyExchange::derive(MutBytes out, char letter, Bytes session_id) noexcept {
  Hash& h = run_.hash;
  std::size_t have = 0;
  while (have < out.size()) {
    if (!h.start(*run_.hash_alg, run_.hash_ctx)) return Errc::hash_failed;
    run_.add_secret();
    h.add(hash());
    if (have == 0) {  // K1 = HASH(K || H || X || session_id)
      const auto x = static_cast<std::uint8_t>(letter);
      h.add({&x, 1}).add(session_id);
    } else {  // Kn+1 = HASH(K || H || K1 || ... || Kn)
      h.add(out.first(have));
    }
    Secret<kMaxHash> block;
    if (!h.finish(block.write())) return Errc::hash_failed;
    const std::size_t left = out.size() - have;
    block.set_len(left < run_.hash_len ? left : run_.hash_len);
    copy_bytes(out.data() + have, block.reveal());
    have += block.len();
  }
  return Errc::ok;
}

}  // namespace sshauth
