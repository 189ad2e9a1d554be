#include "lib/kex/run.hpp"

namespace sshauth {

Errc KexRun::use(const AgreementAlg* alg) noexcept {
  if (alg == nullptr || alg->init_len > kMaxKexValue || alg->reply_len > kMaxKexValue ||
      alg->secret_len > kMaxKexSecret || alg->ctx_len > agreement_ctx.size())
    return Errc::internal;
  agreement = alg;
  return Errc::ok;
}

Errc KexRun::make_value() noexcept {
  value_len = value_octets.size();
  if (agreement->init(agreement_ctx.data(), &provider->rng, value_octets.data(), &value_len) == 1 &&
      value_len <= value_octets.size())
    return Errc::ok;
  value_len = 0;
  return Errc::provider_failed;
}

// RFC 8731 §3, RFC 7748 §6.1: an all-zero secret comes from a value of low order. Rows refuse it;
// it is checked again here, where no provider can forget it.
Errc KexRun::keep_secret(int done, std::size_t len) noexcept {
  if (done != 1 || len == 0 || len > kMaxKexSecret || ct_is_zero(secret.write().first(len))) {
    secret.wipe();
    return method->bad_value;
  }
  secret.set_len(len);
  return Errc::ok;
}

Errc KexRun::agree(Bytes peer) noexcept {
  if (peer.empty() || peer.size() > agreement->reply_len) return method->bad_value;
  std::size_t len = kMaxKexSecret;
  const int done = agreement->finish(agreement_ctx.data(), peer.data(), peer.size(),
                                     secret.write().data(), &len);
  return keep_secret(done, len);
}

Errc KexRun::answer(Bytes peer) noexcept {
  if (peer.empty() || peer.size() > agreement->init_len) return method->bad_value;
  std::size_t len = kMaxKexSecret;
  value_len = value_octets.size();
  int done = agreement->respond(agreement_ctx.data(), &provider->rng, peer.data(), peer.size(),
                                value_octets.data(), &value_len, secret.write().data(), &len);
  if (value_len > value_octets.size()) done = 0;
  if (done != 1) value_len = 0;
  return keep_secret(done, len);
}

void KexRun::add_value(Bytes value, ValueForm form) noexcept {
  if (form == ValueForm::mpint)
    hash.add_mpint(value);
  else
    hash.add_string(value);
}

Errc KexRun::finish_hash(Bytes client_value, Bytes server_value) noexcept {
  hash.add_string(host_key).add(memory.first(kept_len));
  add_value(client_value, method->value_form);
  add_value(server_value, method->value_form);
  add_secret();
  if (!hash.finish(exchange_hash)) return Errc::hash_failed;
  hash_len = hash_alg->hash_len;
  return Errc::ok;
}

void KexRun::forget() noexcept {
  if (method == nullptr) return;  // nothing was chosen since
  if (agreement != nullptr) agreement->wipe(agreement_ctx.data());
  secure_wipe(agreement_ctx);
  secure_wipe(memory);
  hash.wipe();
  secret.wipe();
  secure_wipe(value_octets);
  secure_wipe(exchange_hash);
  host_key = {};
  reply = {};
  gss = {};
  kept = {};
  host_key_said = false;
  why.clear();
  value_len = hash_len = kept_len = 0;
  expected = 0;
  agreement = nullptr;
  hash_alg = nullptr;
  method = nullptr;
}

}  // namespace sshauth
