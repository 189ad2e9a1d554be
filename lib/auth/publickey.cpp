// publickey, RFC 4252 §7, with the signature algorithms of RFC 8332 and RFC 8709: both halves.
#include "lib/auth/auth_client.hpp"
#include "lib/auth/auth_server.hpp"
#include "lib/crypto/public_key.hpp"
#include "lib/transport/quirks.hpp"
#include "lib/wire/name_list.hpp"

namespace sshauth {
namespace {

bool is_rsa_sha2(std::string_view algorithm) noexcept {
  return algorithm == "rsa-sha2-256" || algorithm == "rsa-sha2-512";
}

}  // namespace

// ---- client: which key, which algorithm ------------------------------------------------------

bool AuthClient::server_takes(std::string_view algorithm) const noexcept {
  if (!transport_.has_server_sig_algs()) return true;
  if (list_contains(transport_.server_sig_algs(), algorithm)) return true;
  if (is_rsa_sha2(algorithm)) return (transport_.quirks() & rsa_sha2_unsaid) != 0;
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

// Moves to the first identity from `at` on that can be offered, and says with which algorithm.
//
// Servers list in server-sig-algs what they can verify, and some of them take less: sshd lists
// rsa-sha2-512 where PubkeyAcceptedAlgorithms has rsa-sha2-256 alone. So an RSA key that was
// refused with the one is offered with the other, if that is listed too. That comes in a second
// round, when every identity has had its best: a key that the server knows is found as soon as
// without it, and the attempts that a server counts are spent on other keys first.
bool AuthClient::seek(Cursor& at) const noexcept {
  const auto& keys = ctx_.settings.identities;
  for (;; at = {0, 0, true, {}}) {
    for (; at.identity < keys.size(); ++at.identity, at.step = 0) {
      const IdentityRow& key = keys[at.identity];
      if (has(used_, at.identity) || (at.second_round && !has(again_, at.identity))) continue;
      // The second round begins behind what the first one offered.
      if (at.second_round && at.step == 0 && !candidate(key, at.step).empty()) ++at.step;
      at.algorithm = candidate(key, at.step);
      if (!at.algorithm.empty()) return true;
    }
    if (at.second_round || again_ == 0) return false;
  }
}

bool AuthClient::identity_left() const noexcept {
  Cursor at = cursor_;
  return seek(at);
}

Errc AuthClient::next_identity() noexcept {
  return seek(cursor_) ? offer_identity() : give_up(Method::publickey);
}

void AuthClient::skip_identity() noexcept {
  ++cursor_.identity;
  cursor_.step = 0;
}

// Unless the server said that it takes the algorithm, the key may be fine and only its algorithm
// unknown: on to the next algorithm (RFC 8332 §3.3). Else the answer was about the key.
void AuthClient::refuse_identity() noexcept {
  std::uint32_t step = cursor_.step + 1;
  if (!transport_.has_server_sig_algs() || !server_takes(cursor_.algorithm)) {
    cursor_.step = step;
    return;
  }
  // Never ssh-rsa after a better algorithm that the server says it takes.
  if (!cursor_.second_round && is_rsa_sha2(candidate(identity(), step)))
    again_ |= std::uint64_t{1} << cursor_.identity;
  skip_identity();
}

// One signed request is a round trip less than a probe; with several keys a probe spares signatures
// (and touches) that the server would refuse.
Errc AuthClient::offer_identity() noexcept {
  const bool asked = (identity().flags & IPWORKSAUTH_IDENTITY_PROBE) != 0;
  return asked || ctx_.settings.identities.size() > 1 ? probe() : ask_signature();
}

Errc AuthClient::probe() noexcept {
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  Writer w = begin_request(*channel, Method::publickey);
  encode(w, PublickeyFields{false, cursor_.algorithm, identity().key, {}});
  return finish_request(*channel, w, Outstanding::probe);
}

Errc AuthClient::do_pk_ok(Bytes payload) noexcept {
  PkOk message;
  if (decode(payload, message) != Errc::ok) return ctx_.fail(Errc::malformed);
  // RFC 4252 §7: it must echo what was asked; anything else is not an answer to it.
  if (outstanding_ != Outstanding::probe || message.algorithm != cursor_.algorithm ||
      !same_bytes(message.key, identity().key))
    return ctx_.fail(Errc::unexpected_message,
                     "the server accepted another key or algorithm than the one offered");
  return ask_signature();
}

// RFC 4252 §7: the session identifier, then the request up to the signature.
Errc AuthClient::ask_signature() noexcept {
  const Settings& s = ctx_.settings;
  const IdentityRow& key = identity();
  wipe_sign_data();  // of the key before
  Writer w(memory_.sign_data);
  w.string(transport_.session_id());
  request_at_ = w.len();
  encode(w, UserauthRequest{s.user, s.service, name_of(Method::publickey), {}});
  w.boolean(true).string(cursor_.algorithm).string(key.key);
  sign_len_ = w.len();
  if (!w.ok()) return ctx_.fail(Errc::internal);
  ipworksauth_event& ev = ask(IPWORKSAUTH_EVENT_SIGN);
  ev.key = view(key.key);
  ev.algorithm = view(cursor_.algorithm);
  ev.data = view(Bytes(memory_.sign_data).first(sign_len_));
  ev.index = cursor_.identity;
  return Errc::ok;
}

Errc AuthClient::answer_signature(Bytes signature) noexcept {
  if (signature.empty()) {  // this key cannot sign
    ctx_.clear_event();
    not_given_ = "no signature was given";
    skip_identity();
    state_ = State::idle;
    return Errc::ok;
  }
  // An agent may sign with another algorithm than it was asked for; the server would refuse it.
  if (signature_algorithm(signature) != cursor_.algorithm || signature.size() > kMaxSignature)
    return Errc::bad_argument;
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  ctx_.clear_event();
  Writer w = channel->begin();
  w.raw(Bytes(memory_.sign_data).subspan(request_at_, sign_len_ - request_at_)).string(signature);
  released_ = true;
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
