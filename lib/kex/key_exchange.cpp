#include "lib/kex/key_exchange.hpp"

namespace sshauth {

Errc KeyExchange::choose(const Provider& provider, const KexMethod& method) noexcept {
  forget();
  const AgreementAlg* agreement = find(agreements(provider), method.agreement);
  const HashAlg* hash = find(hashes(provider), method.hash);
  if (agreement == nullptr || hash == nullptr || hash->hash_len > kMaxHash ||
      agreement->init_len > kMaxKexValue || agreement->reply_len > kMaxKexValue ||
      agreement->secret_len > kMaxKexSecret || agreement->ctx_len > agreement_ctx_.size())
    return Errc::internal;
  provider_ = &provider;
  method_ = &method;
  agreement_ = agreement;
  hash_alg_ = hash;
  return Errc::ok;
}

Errc KeyExchange::start_hash(Bytes client_id, Bytes server_id, Bytes client_kexinit,
                             Bytes server_kexinit) noexcept {
  if (!hash_.start(*hash_alg_, hash_ctx_)) return Errc::hash_failed;
  hash_.add_string(client_id).add_string(server_id);
  hash_.add_string(client_kexinit).add_string(server_kexinit);
  return Errc::ok;
}

Errc KeyExchange::write_init(Writer& w) noexcept {
  value_len_ = value_.size();
  if (agreement_->init(agreement_ctx_.data(), &provider_->rng, value_.data(), &value_len_) != 1 ||
      value_len_ > value_.size()) {
    value_len_ = 0;
    return Errc::provider_failed;
  }
  encode(w, KexInitValue{Bytes(value_).first(value_len_)}, method_->value_form);
  return Errc::ok;
}

// RFC 8731 §3, RFC 7748 §6.1: an all-zero secret comes from a value of low order. Rows refuse it;
// it is checked again here, where no provider can forget it.
bool KeyExchange::check_secret(std::size_t len) noexcept {
  if (len == 0 || len > kMaxKexSecret || ct_is_zero(secret_.write().first(len))) {
    secret_.wipe();
    return false;
  }
  secret_.set_len(len);
  return true;
}

Errc KeyExchange::take_reply(Bytes payload, KexReply& out) noexcept {
  SSHAUTH_TRY(decode(payload, out, method_->value_form));
  if (out.value.empty() || out.value.size() > agreement_->reply_len) return method_->bad_value;
  std::size_t len = kMaxKexSecret;
  const int done = agreement_->finish(agreement_ctx_.data(), out.value.data(), out.value.size(),
                                      secret_.write().data(), &len);
  if (done != 1 || !check_secret(len)) return method_->bad_value;
  return finish_hash(out.host_key, Bytes(value_).first(value_len_), out.value);
}

Errc KeyExchange::take_init(Bytes payload, Bytes host_key) noexcept {
  KexInitValue init;
  SSHAUTH_TRY(decode(payload, init, method_->value_form));
  if (init.value.empty() || init.value.size() > agreement_->init_len) return method_->bad_value;
  std::size_t len = kMaxKexSecret;
  value_len_ = value_.size();
  const int done = agreement_->respond(agreement_ctx_.data(), &provider_->rng, init.value.data(),
                                       init.value.size(), value_.data(), &value_len_,
                                       secret_.write().data(), &len);
  if (done != 1 || value_len_ > value_.size() || !check_secret(len)) {
    value_len_ = 0;
    return method_->bad_value;
  }
  return finish_hash(host_key, init.value, Bytes(value_).first(value_len_));
}

void KeyExchange::write_reply(Writer& w, Bytes host_key, Bytes signature) const noexcept {
  encode(w, KexReply{host_key, Bytes(value_).first(value_len_), signature}, method_->value_form);
}

void KeyExchange::add_value(Bytes value, ValueForm form) noexcept {
  if (form == ValueForm::mpint)
    hash_.add_mpint(value);
  else
    hash_.add_string(value);
}

Errc KeyExchange::finish_hash(Bytes host_key, Bytes client_value, Bytes server_value) noexcept {
  hash_.add_string(host_key);
  add_value(client_value, method_->value_form);
  add_value(server_value, method_->value_form);
  add_value(secret_.reveal(), method_->secret_form);
  if (!hash_.finish(exchange_hash_)) return Errc::hash_failed;
  hash_len_ = hash_alg_->hash_len;
  return Errc::ok;
}

Errc KeyExchange::derive(MutBytes out, char letter, Bytes session_id) noexcept {
  std::size_t have = 0;
  while (have < out.size()) {
    if (!hash_.start(*hash_alg_, hash_ctx_)) return Errc::hash_failed;
    add_value(secret_.reveal(), method_->secret_form);
    hash_.add(hash());
    if (have == 0) {  // K1 = HASH(K || H || X || session_id)
      const auto x = static_cast<std::uint8_t>(letter);
      hash_.add({&x, 1}).add(session_id);
    } else {  // Kn+1 = HASH(K || H || K1 || ... || Kn)
      hash_.add(out.first(have));
    }
    Secret<kMaxHash> block;
    if (!hash_.finish(block.write())) return Errc::hash_failed;
    const std::size_t left = out.size() - have;
    block.set_len(left < hash_len_ ? left : hash_len_);
    copy_bytes(out.data() + have, block.reveal());
    have += block.len();
  }
  return Errc::ok;
}

void KeyExchange::forget() noexcept {
  if (agreement_ == nullptr) return;  // nothing was chosen since
  agreement_->wipe(agreement_ctx_.data());
  secure_wipe(agreement_ctx_);
  hash_.wipe();
  secret_.wipe();
  secure_wipe(value_);
  secure_wipe(exchange_hash_);
  value_len_ = hash_len_ = 0;
  agreement_ = nullptr;
  hash_alg_ = nullptr;
  method_ = nullptr;
}

}  // namespace sshauth
