// publickey, RFC 4252 §7, with the signature algorithms of RFC 8332 and RFC 8709: both halves.
#include "lib/auth/auth_client.hpp"
#include "lib/auth/auth_server.hpp"
#include "lib/crypto/public_key.hpp"
#include "lib/transport/quirks.hpp"
#include "lib/wire/name_list.hpp"

namespace sshauth {

// ---- client: which key, which algorithm ------------------------------------------------------

bool AuthClient::server_takes(std::string_view algorithm) const noexcept {
  if (!transport_.has_server_sig_algs()) return true;
  if (list_contains(transport_.server_sig_algs(), algorithm)) return true;
  const bool rsa_sha2 = algorithm == "rsa-sha2-256" || algorithm == "rsa-sha2-512";
  if (rsa_sha2) return (transport_.quirks() & rsa_sha2_unsaid) != 0;
  // RFC 8308 §3.1: the list may be incomplete; only for RSA does it decide between algorithms.
  return algorithm != "ssh-rsa";
}

// The first signature algorithm to use the key with from the `step`th on, which `step` then is;
// empty when there is none. SHA-1 comes last however the lists are ordered. RFC 8332 §3.2, §3.3:
// with server-sig-algs the server's word decides; without, each is tried once, best first. Steps
// count what fits the key, whether the server takes it or not: its word may come in between.
std::string_view AuthClient::candidate(const IdentityRow& key, std::uint32_t& step) const noexcept {
  const std::string_view list =
      key.algorithms.empty() ? ctx_.settings.sig_algorithms : key.algorithms;
  std::uint32_t at = 0;
  for (const bool sha1 : {false, true}) {
    for (std::string_view rest = list, name; next_name(rest, name);) {
      const SigAlg* alg = find(sigs(*ctx_.settings.provider), name);
      if (alg == nullptr || key.type != alg->key_type || (name == "ssh-rsa") != sha1) continue;
      if (!list_contains(ctx_.settings.sig_algorithms, name)) continue;
      if (at++ < step || !server_takes(name)) continue;
      step = at - 1;
      return alg->name;
    }
  }
  return {};
}

bool AuthClient::identity_left() const noexcept {
  const auto& keys = ctx_.settings.identities;
  std::uint32_t step = identity_open_ ? step_ : 0;
  for (std::uint32_t i = identity_; i < keys.size(); ++i, step = 0)
    if (!used(i) && !candidate(keys[i], step).empty()) return true;
  return false;
}

Errc AuthClient::next_identity() noexcept {
  const auto& keys = ctx_.settings.identities;
  if (!identity_open_) step_ = 0;
  for (; identity_ < keys.size(); ++identity_, step_ = 0) {
    if (used(identity_)) continue;
    algorithm_ = candidate(keys[identity_], step_);
    if (algorithm_.empty()) continue;
    identity_open_ = true;
    return offer_identity();
  }
  return give_up(Method::publickey);
}

// Unless the server said that it takes the algorithm, the key may be fine and only its algorithm
// unknown: on to the next algorithm (RFC 8332 §3.3). Else the answer was about the key.
void AuthClient::refuse_identity() noexcept {
  if (!transport_.has_server_sig_algs() || !server_takes(algorithm_)) {
    ++step_;
    return;
  }
  ++identity_;
  identity_open_ = false;
}

// One signed request is a round trip less than a probe; with several keys a probe spares signatures
// (and touches) that the server would refuse.
Errc AuthClient::offer_identity() noexcept {
  const auto& keys = ctx_.settings.identities;
  const bool asked = (keys[identity_].flags & IPWORKSAUTH_IDENTITY_PROBE) != 0;
  return asked || keys.size() > 1 ? probe() : ask_signature();
}

Errc AuthClient::probe() noexcept {
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  Writer w = begin_request(*channel, Method::publickey);
  encode(w, PublickeyFields{false, algorithm_, ctx_.settings.identities[identity_].key, {}});
  return finish_request(*channel, w, Outstanding::probe);
}

Errc AuthClient::do_pk_ok(Bytes payload) noexcept {
  PkOk message;
  if (decode(payload, message) != Errc::ok) return ctx_.fail(Errc::malformed);
  // RFC 4252 §7: it must echo what was asked; anything else is not an answer to it.
  if (outstanding_ != Outstanding::probe || message.algorithm != algorithm_ ||
      !same_bytes(message.key, ctx_.settings.identities[identity_].key))
    return ctx_.fail(Errc::unexpected_message,
                     "the server accepted another key or algorithm than the one offered");
  return ask_signature();
}

// RFC 4252 §7: the session identifier, then the request up to the signature.
Errc AuthClient::ask_signature() noexcept {
  const Settings& s = ctx_.settings;
  const IdentityRow& key = s.identities[identity_];
  wipe();  // of the key before
  Writer w(memory_.sign_data);
  w.string(transport_.session_id());
  request_at_ = w.len();
  encode(w, UserauthRequest{s.user, s.service, name_of(Method::publickey), {}});
  w.boolean(true).string(algorithm_).string(key.key);
  sign_len_ = w.len();
  if (!w.ok()) return ctx_.fail(Errc::internal);
  ipworksauth_event& ev = ask(IPWORKSAUTH_EVENT_SIGN);
  ev.key = view(key.key);
  ev.algorithm = view(algorithm_);
  ev.data = view(Bytes(memory_.sign_data).first(sign_len_));
  ev.index = identity_;
  return Errc::ok;
}

Errc AuthClient::answer_signature(Bytes signature) noexcept {
  if (signature.empty()) {  // this key cannot sign
    ctx_.clear_event();
    ++identity_;
    identity_open_ = false;
    state_ = State::idle;
    return Errc::ok;
  }
  // An agent may sign with another algorithm than it was asked for; the server would refuse it.
  if (signature_algorithm(signature) != algorithm_ || signature.size() > kMaxSignature)
    return Errc::bad_argument;
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  ctx_.clear_event();
  Writer w = channel->begin();
  w.raw(Bytes(memory_.sign_data).subspan(request_at_, sign_len_ - request_at_)).string(signature);
  credential_sent_ = true;
  ++attempts_;
  return finish_request(*channel, w, Outstanding::request);
}

// ---- server ----------------------------------------------------------------------------------

Errc AuthServer::take_publickey(Bytes payload, Bytes rest) noexcept {
  PublickeyFields fields;
  if (decode(rest, fields) != Errc::ok) return ctx_.fail(Errc::malformed);
  const SigAlg* alg = find(sigs(*ctx_.settings.provider), fields.algorithm);
  ipworksauth_public_key key;
  // RFC 4252 §7: an algorithm that is not known is a refusal, not an error.
  if (alg == nullptr || !list_contains(ctx_.settings.sig_algorithms, fields.algorithm) ||
      decode_public_key(fields.key, alg->key_type, key) != Errc::ok)
    return refuse_request();
  if (fields.has_signature && !signature_holds(*alg, payload, fields)) return refuse_request();
  probe_ = !fields.has_signature;
  ipworksauth_event& ev = ask_request();
  ev.algorithm = view(fields.algorithm);
  ev.key = view(fields.key);
  ev.flags = probe_ ? IPWORKSAUTH_FLAG_PROBE : IPWORKSAUTH_FLAG_SIGNED;
  pk_ok_ = {fields.algorithm, fields.key};
  return Errc::ok;
}

bool AuthServer::signature_holds(const SigAlg& alg, Bytes payload,
                                 const PublickeyFields& fields) noexcept {
  Writer w(memory_.sign_data);
  w.string(transport_.session_id());
  w.raw(payload.first(payload.size() - 4 - fields.signature.size()));
  sign_peak_ = w.len() > sign_peak_ ? w.len() : sign_peak_;
  return w.ok() && verify_signature(alg, fields.key, w.written(), fields.signature) == Errc::ok;
}

}  // namespace sshauth
