// publickey, RFC 4252 §7, with the signature algorithms of RFC 8332 and RFC 8709: both halves.
#include "lib/auth/auth_client.hpp"
#include "lib/auth/auth_server.hpp"
#include "lib/crypto/key_algorithm.hpp"
#include "lib/transport/quirks.hpp"
#include "lib/wire/name_list.hpp"

namespace sshauth {
namespace {

bool is_rsa_sha2(std::string_view algorithm) noexcept {
  return algorithm == "rsa-sha2-256" || algorithm == "rsa-sha2-512";
}

// Whether keys of that type are certificates of some kind.
bool is_form(std::string_view type) noexcept {
  for (const KeyFormRow& row : key_forms())
    if (row.blob_type == type) return true;
  return false;
}

}  // namespace

// ---- client: which key, which algorithm ------------------------------------------------------

bool AuthClient::server_takes(std::string_view algorithm) const noexcept {
  return server_takes(find_key_algorithm(*ctx_.settings.provider, algorithm));
}

// Servers list the plain algorithms that they verify, some of them names of certificates, too.
bool AuthClient::server_takes(const KeyAlgorithm& alg) const noexcept {
  const std::string_view plain = alg.sig->name;
  const bool certificate = alg.form == KeyForm::certificate;
  if (certificate && is_rsa_sha2(plain) && (transport_.quirks() & rsa_certificate_sha1) != 0)
    return false;
  if (!transport_.has_server_sig_algs()) return true;
  const std::string_view list = transport_.server_sig_algs();
  if (list_contains(list, plain) || list_contains(list, alg.name)) return true;
  if (is_rsa_sha2(plain)) return (transport_.quirks() & rsa_sha2_unsaid) != 0;
  // RFC 8308 §3.1: the list may be incomplete; only for RSA does it decide between algorithms.
  return plain != "ssh-rsa" || (certificate && (transport_.quirks() & rsa_certificate_sha1) != 0);
}

bool AuthClient::may_use(const KeyAlgorithm& alg) const noexcept {
  const std::string_view list = ctx_.settings.sig_algorithms;
  return list_contains(list, alg.name) || list_contains(list, alg.sig->name);
}

// The first signature algorithm to use the key with from the `step`th on, which `step` then is;
// empty when there is none. SHA-1 comes last however the lists are ordered. RFC 8332 §3.2, §3.3:
// with server-sig-algs the server's word decides; without, each is tried once, best first. Steps
// count what fits the key, whether the server takes it or not: its word may come in between.
std::string_view AuthClient::candidate(const IdentityRow& key, std::uint32_t& step) const noexcept {
  const Provider& p = *ctx_.settings.provider;
  std::uint32_t at = 0;
  std::string_view found;
  const auto look = [&](const KeyAlgorithm& alg, bool sha1) {
    if (!found.empty() || !alg || key.weak || key.type != alg.blob_type) return;
    if ((alg.sig->name == std::string_view("ssh-rsa")) != sha1 || !may_use(alg)) return;
    if (at++ < step || !server_takes(alg)) return;
    step = at - 1;
    found = alg.name;
  };
  for (const bool sha1 : {false, true}) {
    // The order of the identity's own list, else of the one for all, else of the table of forms.
    const bool plain = !is_form(key.type);
    if (key.algorithms.empty() && !plain)
      each_key_algorithm(p, [&](const KeyAlgorithm& alg) { look(alg, sha1); });
    const std::string_view list =
        key.algorithms.empty() && plain ? ctx_.settings.sig_algorithms : key.algorithms;
    for (std::string_view rest = list, name; next_name(rest, name);)
      look(find_key_algorithm(p, name), sha1);
  }
  return found;
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
  const KeyAlgorithm next =
      find_key_algorithm(*ctx_.settings.provider, candidate(identity(), step));
  if (!cursor_.second_round && next && is_rsa_sha2(next.sig->name))
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
  ev.algorithm = view(std::string_view(algorithm().sig->name));
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
  if (!signs_for(algorithm(), signature_algorithm(signature)) ||
      signature.size() > kMaxSignature - 64)
    return Errc::bad_argument;
  auto channel = transport_.channel();
  if (!channel) return ctx_.fail(Errc::internal);
  ctx_.clear_event();
  std::uint8_t named[kMaxSignature];
  Writer w = channel->begin();
  w.raw(Bytes(memory_.sign_data).subspan(request_at_, sign_len_ - request_at_));
  w.string(name_signature(algorithm(), signature, named));
  released_ = true;
  ++attempts_;
  return finish_request(*channel, w, Outstanding::request);
}

// ---- server ----------------------------------------------------------------------------------

Errc AuthServer::take_publickey(Bytes payload, Bytes rest) noexcept {
  PublickeyFields fields;
  if (decode(rest, fields) != Errc::ok) return ctx_.fail(Errc::malformed);
  const Settings& s = ctx_.settings;
  const KeyAlgorithm alg = find_key_algorithm(*s.provider, fields.algorithm);
  OpenedKey key;
  // RFC 4252 §7: an algorithm that is not known is a refusal, not an error.
  if (!alg || !list_contains(s.sig_algorithms, fields.algorithm) ||
      check_key(alg, *s.provider, fields.key, s.min_rsa_bits, key) != Errc::ok)
    return refuse_request();
  if (fields.has_signature && !signature_holds(alg, key, payload, fields)) return refuse_request();
  probe_ = !fields.has_signature;
  ipworksauth_event& ev = ask_request();
  ev.algorithm = view(fields.algorithm);
  ev.key = view(fields.key);
  ev.flags = probe_ ? IPWORKSAUTH_FLAG_PROBE : IPWORKSAUTH_FLAG_SIGNED;
  pk_ok_ = {fields.algorithm, fields.key};
  return Errc::ok;
}

bool AuthServer::signature_holds(const KeyAlgorithm& alg, const OpenedKey& key, Bytes payload,
                                 const PublickeyFields& fields) noexcept {
  Writer w(memory_.sign_data);
  w.string(transport_.session_id());
  w.raw(payload.first(payload.size() - 4 - fields.signature.size()));
  sign_peak_ = w.len() > sign_peak_ ? w.len() : sign_peak_;
  return w.ok() && verify_signature(alg, key, w.written(), fields.signature) == Errc::ok &&
         shows_presence(fields.signature);
}

}  // namespace sshauth
