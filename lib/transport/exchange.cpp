// Key exchange and re-exchange: from KEXINIT to both NEWKEYS.
#include "lib/transport/quirks.hpp"
#include "lib/transport/transport.hpp"
#include "lib/wire/name_list.hpp"

namespace sshauth {
namespace {

// RFC 4253 §7.2: the letters of the six keys.
struct Letters {
  char iv, key, mac;
};
constexpr Letters kClientToServer{'A', 'C', 'E'};
constexpr Letters kServerToClient{'B', 'D', 'F'};

constexpr std::uint32_t kSmallGroupBits = 4096;  // quirk small_groups

}  // namespace

// ---- our KEXINIT -----------------------------------------------------------------------------

void Transport::offer_kex() noexcept {
  NameList names(memory_.kex_names);
  const bool gss = prepare_gss();
  for (std::string_view rest = ctx_.settings.kex, name; next_name(rest, name);) {
    const bool dropped = (quirks_ & no_curve25519) != 0 &&
                         (name == "curve25519-sha256" || name == "curve25519-sha256@libssh.org");
    const KexMethod* method = find_method(*ctx_.settings.provider, name);
    const bool no_ticket = !gss && method != nullptr && is_by_gss(*method);
    if (!dropped && !no_ticket) names.add(name);
  }
  kex_names_ = names.view();
}

Errc Transport::send_kexinit(bool guess_follows) noexcept {
  offer_kex();
  if (kex_names_.empty() && !gss_why_.empty()) return ctx_.fail(Errc::gss_failed, gss_why_.view());
  Writer w = writer_.begin();
  if (const Errc e = write_kexinit(w, ctx_.settings, kex_names_, !first_done_, guess_follows);
      e != Errc::ok)
    return ctx_.fail(e);
  // Both KEXINIT payloads go into the exchange hash (RFC 4253 §8).
  const Bytes payload = writer_.begun(w);
  if (payload.size() > memory_.our_kexinit.size()) return ctx_.fail(Errc::internal);
  copy_bytes(memory_.our_kexinit.data(), payload);
  our_kexinit_len_ = payload.size();
  exchange_ = Exchange::sent;
  return commit(w, PacketWriter::Pad::least);
}

// RFC 4253 §7.1: a guess is right when both first names are equal; that is known when the last
// connection's server said the same.
bool Transport::guess_is_known() const noexcept {
  const Settings& s = ctx_.settings;
  std::string_view rest = s.guess_hint;
  std::string_view kex, host_key;
  return next_name(rest, kex) && next_name(rest, host_key) && kex == first_name(s.kex) &&
         host_key == first_name(s.host_key_algorithms);
}

Errc Transport::send_guess() noexcept {
  const Settings& s = ctx_.settings;
  const bool flagged = s.guess == Guess::when_known && guess_is_known();
  if (!s.is_client() || (!flagged && s.guess != Guess::eager)) return Errc::ok;
  const KexMethod* method = find_method(*s.provider, first_name(s.kex));
  if (method == nullptr || !method->family->guessable) return Errc::ok;
  SSHAUTH_TRY(send_kexinit(flagged));
  SSHAUTH_TRY(kex_.choose(*s.provider, *method, s.groups));
  guessed_ = true;
  return open_method();
}

Errc Transport::fail_method(Errc code) noexcept { return ctx_.fail(code, kex_.why()); }

Errc Transport::open_method() noexcept {
  Writer w = writer_.begin();
  if (const Errc e = kex_.open(w); e != Errc::ok) return fail_method(e);
  return commit(w, PacketWriter::Pad::least);
}

Errc Transport::start_rekey() noexcept {
  if (layer_ == p_never || ctx_.failed()) return Errc::bad_state;
  if (exchanging()) return Errc::ok;
  return send_kexinit(false);
}

// ---- the peer's KEXINIT ----------------------------------------------------------------------

Errc Transport::do_kexinit(Bytes payload) noexcept {
  KexInit theirs;
  if (decode(payload, theirs) != Errc::ok)
    return ctx_.fail(Errc::malformed, "the peer's SSH_MSG_KEXINIT is malformed");
  const Settings& s = ctx_.settings;
  if (!first_done_) {
    SSHAUTH_TRY(agree_strict(theirs));
    peer_ext_info_ = offers_ext_info(theirs, !s.is_client());
  } else if (exchange_ == Exchange::none && !is_open() && rekeys_ >= s.max_rekeys) {
    // Those we start are ours to bound.
    return ctx_.fail(Errc::too_much, "the peer re-exchanged keys too often before authentication");
  }
  if (exchange_ == Exchange::none) SSHAUTH_TRY(send_kexinit(false));
  SSHAUTH_TRY(negotiate(ctx_, kex_names_, theirs, chosen_));
  if (s.strict == Strict::protect && !strict_ &&
      (open_to_terrapin(chosen_.c2s) || open_to_terrapin(chosen_.s2c)))
    return ctx_.fail(Errc::strict_kex_refused,
                     "the peer does not support strict key exchange, and without it the cipher or "
                     "MAC that both sides chose is open to the Terrapin attack");
  keep_guess_hint(theirs);
  discard_next_ = theirs.first_kex_packet_follows && !chosen_.guess_right;
  SSHAUTH_TRY(begin_method(payload, chosen_.guess_right));
  ctx_.tell(IPWORKSAUTH_EVENT_NEGOTIATED).flags = first_done_ ? IPWORKSAUTH_FLAG_REKEY : 0;
  return Errc::ok;
}

// RFC 4251 §6: a name has 64 octets at most. Hosts save the hint in files: it holds names only.
void Transport::keep_guess_hint(const KexInit& theirs) noexcept {
  const std::string_view kex = first_name(theirs.list[KexInit::kex]);
  const std::string_view host_key = first_name(theirs.list[KexInit::host_key]);
  guess_hint_.clear();
  if (kex.size() <= 64 && host_key.size() <= 64 && is_name_list(kex) && is_name_list(host_key))
    guess_hint_ << kex << "," << host_key;
}

// OpenSSH PROTOCOL 1.10: agreed when both first KEXINITs say so; then the peer's KEXINIT must have
// been its very first packet.
Errc Transport::agree_strict(const KexInit& theirs) noexcept {
  const Settings& s = ctx_.settings;
  strict_ = s.strict != Strict::off && offers_strict(theirs, !s.is_client());
  if (strict_ && reader_.packets() != 1)
    return ctx_.fail(Errc::unexpected_message,
                     "the peer sent a message before its first SSH_MSG_KEXINIT, which strict key "
                     "exchange forbids");
  if (!strict_ && s.strict == Strict::required) return ctx_.fail(Errc::strict_kex_refused);
  return Errc::ok;
}

GroupWishes Transport::group_wishes() const noexcept {
  GroupWishes wishes = ctx_.settings.groups;
  if ((quirks_ & small_groups) != 0) {
    // What the host wants at least stays, though such a peer will hardly give it.
    const std::uint32_t most = wishes.least < kSmallGroupBits ? kSmallGroupBits : wishes.least;
    for (std::uint32_t* bits : {&wishes.preferred, &wishes.most})
      *bits = *bits < most ? *bits : most;
  }
  wishes.old_request = (quirks_ & old_group_request) != 0;
  return wishes;
}

Errc Transport::begin_method(Bytes payload, bool guess_right) noexcept {
  const Settings& s = ctx_.settings;
  const bool guessing = guessed_ && !first_done_;
  guessed_ = false;
  const bool eager = s.guess == Guess::eager;
  if (guessing && eager && kex_.method() != chosen_.kex)
    return ctx_.fail(Errc::wrong_guess,
                     "the server chose another key exchange method than the one sent eagerly; set "
                     "kex_guess to its default");
  const bool keep = guessing && (eager || guess_right);
  if (!keep) {
    if (const Errc e = kex_.choose(*s.provider, *chosen_.kex, group_wishes()); e != Errc::ok)
      return ctx_.fail(e);
  }
  begin_gss();
  const Bytes ours = Bytes(memory_.our_kexinit).first(our_kexinit_len_);
  const Bytes our_id = as_bytes(s.identification);
  const Bytes their_id = as_bytes(identification_.text());
  const Errc hashed = s.is_client() ? kex_.start_hash(our_id, their_id, ours, payload)
                                    : kex_.start_hash(their_id, our_id, payload, ours);
  if (hashed != Errc::ok) return ctx_.fail(hashed);
  exchange_ = Exchange::await_method;
  if (s.is_client()) return keep ? Errc::ok : open_method();
  // RFC 4462 §5: "null" is no host key.
  std::uint32_t index = 0;
  const IdentityRow* key = chosen_.host_key ? host_key_for(chosen_.host_key, index) : nullptr;
  const Errc e = key != nullptr     ? kex_.await(key->key)
                 : chosen_.host_key ? Errc::internal
                                    : kex_.await({});
  return e == Errc::ok ? e : ctx_.fail(e);
}

// ---- the method's messages -------------------------------------------------------------------

Errc Transport::keep_session_id() noexcept {
  if (session_id_len_ != 0) return Errc::ok;  // RFC 4253 §7.2: it never changes
  session_id_len_ = kex_.hash().size();
  copy_bytes(session_id_.data(), kex_.hash());
  return session_id_len_ != 0 ? Errc::ok : ctx_.fail(Errc::internal);
}

Errc Transport::do_method(Bytes payload) noexcept {
  const bool client = ctx_.settings.is_client();
  KexStep step = KexStep::wait;
  do {
    Writer w = writer_.begin();
    const Errc e = kex_.take(payload, client, w, step);
    if (e != Errc::ok && step != KexStep::refused) return fail_method(e);
    if (step == KexStep::send || step == KexStep::again || step == KexStep::refused)
      SSHAUTH_TRY(commit(w, PacketWriter::Pad::least));
    if (e != Errc::ok) return fail_method(e);
  } while (step == KexStep::again);
  if (step != KexStep::agreed) return Errc::ok;
  if (is_by_gss(*kex_.method())) return agreed_by_gss();
  return client ? verify_host_key() : ask_host_signature();
}

Errc Transport::verify_host_key() noexcept {
  const Settings& s = ctx_.settings;
  const KexReply& reply = kex_.reply();
  Errc why = Errc::internal;
  const auto proof = prove_host_key(chosen_.host_key, *s.provider, s.min_rsa_bits, reply.host_key,
                                    kex_.hash(), reply.signature, why);
  if (why == Errc::weak_key) return fail_weak_key();
  if (!proof) return ctx_.fail(why);
  SSHAUTH_TRY(keep_session_id());
  return accept_host_key_blob(proof->key_blob(), reply.signature);
}

Errc Transport::fail_weak_key() noexcept {
  Sentence text;
  text << "the server's host key is RSA of fewer than " << ctx_.settings.min_rsa_bits
       << " bits, or signed by an authority whose key is: it needs a longer one";
  return ctx_.fail(Errc::weak_key, text.view());
}

Errc Transport::accept_host_key_blob(Bytes blob, Bytes signature) noexcept {
  // A re-exchange with the key that was accepted needs no second verdict.
  if (host_accepted_ && same_bytes(blob, host_key())) return send_newkeys();
  host_accepted_ = false;
  copy_bytes(memory_.host_key.data(), blob);  // kMaxKeyBlob was checked when it was decoded
  host_key_len_ = blob.size();
  exchange_ = Exchange::await_verdict;
  ipworksauth_event& ev = ctx_.ask(IPWORKSAUTH_EVENT_HOST_KEY);
  ev.key = view(host_key());
  ev.algorithm = view(chosen_.host_key.name);
  ev.data = view(signature);  // its packet is not let go of while the question is open
  ev.flags = first_done_ ? IPWORKSAUTH_FLAG_REKEY : 0;
  return Errc::ok;
}

Errc Transport::answer_host_key(bool accept) noexcept {
  ctx_.clear_event();
  if (!accept) return ctx_.fail(Errc::host_key_refused);
  host_accepted_ = true;
  return send_newkeys();
}

const IdentityRow* Transport::host_key_for(const KeyAlgorithm& alg,
                                           std::uint32_t& index) const noexcept {
  const auto& keys = ctx_.settings.identities;
  for (index = 0; index < keys.size(); ++index)
    if (keys[index].type == alg.blob_type) return &keys[index];
  return nullptr;
}

Errc Transport::ask_host_signature() noexcept {
  std::uint32_t index = 0;
  const IdentityRow* key = host_key_for(chosen_.host_key, index);
  if (key == nullptr) return ctx_.fail(Errc::internal);
  SSHAUTH_TRY(keep_session_id());
  exchange_ = Exchange::await_sign;
  ipworksauth_event& ev = ctx_.ask(IPWORKSAUTH_EVENT_SIGN);
  ev.key = view(key->key);
  ev.algorithm = view(std::string_view(chosen_.host_key.sig->name));
  ev.data = view(kex_.hash());
  ev.index = index;
  return Errc::ok;
}

Errc Transport::answer_signature(Bytes signature) noexcept {
  if (!signs_for(chosen_.host_key, signature_algorithm(signature)) ||
      signature.size() > kMaxSignature - 64) {
    if (signature.empty()) {
      ctx_.clear_event();
      return ctx_.fail(Errc::cannot_sign, "the host key cannot sign the exchange hash");
    }
    return Errc::bad_argument;
  }
  ctx_.clear_event();
  std::uint8_t named[kMaxSignature];
  return send_reply(name_signature(chosen_.host_key, signature, named));
}

Errc Transport::send_reply(Bytes proof) noexcept {
  Writer w = writer_.begin();
  kex_.write_reply(w, proof);
  SSHAUTH_TRY(commit(w, PacketWriter::Pad::least));
  SSHAUTH_TRY(send_newkeys());
  return first_done_ ? Errc::ok : send_ext_info();
}

// ---- new keys --------------------------------------------------------------------------------

Errc Transport::start_direction(Protection& keys, const Suite& suite, bool encrypt, char iv,
                                char key, char mac) noexcept {
  Secret<64> iv_octets, key_octets, mac_octets;
  const std::size_t mac_len = suite.mac != nullptr ? suite.mac->key_len : 0;
  if (suite.cipher->iv_len > 64 || suite.cipher->key_len > 64 || mac_len > 64)
    return Errc::internal;
  SSHAUTH_TRY(kex_.derive(iv_octets.write().first(suite.cipher->iv_len), iv, session_id()));
  SSHAUTH_TRY(kex_.derive(key_octets.write().first(suite.cipher->key_len), key, session_id()));
  SSHAUTH_TRY(kex_.derive(mac_octets.write().first(mac_len), mac, session_id()));
  return keys.start(suite, encrypt, key_octets.write(), iv_octets.write(), mac_octets.write())
             ? Errc::ok
             : Errc::provider_failed;
}

Errc Transport::start_keys() noexcept {
  const bool client = ctx_.settings.is_client();
  const Letters out = client ? kClientToServer : kServerToClient;
  const Letters in = client ? kServerToClient : kClientToServer;
  const Suite& out_suite = client ? chosen_.c2s : chosen_.s2c;
  const Suite& in_suite = client ? chosen_.s2c : chosen_.c2s;
  SSHAUTH_TRY(start_direction(keys_out_[slot_out_ ^ 1], out_suite, true, out.iv, out.key, out.mac));
  SSHAUTH_TRY(start_direction(keys_in_[slot_in_ ^ 1], in_suite, false, in.iv, in.key, in.mac));
  kex_.forget();  // the shared secret has done its work
  end_gss();
  return Errc::ok;
}

Errc Transport::send_newkeys() noexcept {
  if (const Errc e = start_keys(); e != Errc::ok) return ctx_.fail(e);
  SSHAUTH_TRY(send(NewKeys{}));
  // RFC 4253 §7.3: NEWKEYS is sent under the old keys; every later packet under the new. The
  // directions change separately.
  Protection& old = keys_out_[slot_out_];
  slot_out_ ^= 1;
  writer_.use(keys_out_[slot_out_]);
  old.wipe();
  if (strict_) writer_.reset_sequence();  // OpenSSH PROTOCOL 1.10
  out_keys_ = true;
  SSHAUTH_TRY(start_compression_out(At::newkeys));
  exchange_ = Exchange::await_newkeys;
  // The service request leaves in the same flight (RFC 4253 §7.3 lets us speak under our new keys).
  return !first_done_ && ctx_.settings.pipelining ? request_service() : Errc::ok;
}

Errc Transport::do_newkeys(Bytes payload) noexcept {
  NewKeys message;
  if (decode(payload, message) != Errc::ok) return ctx_.fail(Errc::malformed);
  Protection& old = keys_in_[slot_in_];
  slot_in_ ^= 1;
  reader_.use(keys_in_[slot_in_]);
  old.wipe();
  if (strict_) reader_.reset_sequence();
  exchange_ = Exchange::none;
  const bool first = !first_done_;
  first_done_ = true;
  SSHAUTH_TRY(start_compression_in(At::newkeys));
  ctx_.tell(IPWORKSAUTH_EVENT_KEYS_ACTIVE).flags = first ? 0 : IPWORKSAUTH_FLAG_REKEY;
  if (is_open()) noise_ = 0;
  if (!first) {
    ++rekeys_;
    return Errc::ok;
  }
  layer_ = p_service;
  ctx_.stage = Stage::service;
  ext_info_here_ = true;
  return request_service();
}

// RFC 8308 §2.2: only to a peer that announced it takes them. §2.4: right behind our first NEWKEYS.
Errc Transport::send_ext_info() noexcept {
  if (!peer_ext_info_) return Errc::ok;
  optional_seq_ = writer_.next_seq();
  return send(ExtInfo{true, ctx_.settings.sig_algorithms, true});
}

// ---- compression -----------------------------------------------------------------------------

// RFC 4253 §6.2: a method that is not delayed starts anew with each exchange.
Errc Transport::start_compression_in(At at) noexcept {
  const CompressionAlg* alg =
      ctx_.settings.is_client() ? chosen_.s2c.compression : chosen_.c2s.compression;
  if (alg != nullptr && alg->delayed != 0 && !is_open()) alg = nullptr;
  if (at == At::success && alg == inflating_) return Errc::ok;
  if (inflating_ != nullptr) inflating_->wipe(memory_.compression_in.data());
  inflating_ = nullptr;
  reader_.stop_compression();
  if (alg == nullptr) return Errc::ok;
  secure_wipe(memory_.compression_in);
  inflating_ = alg;  // from here on wipe() lets go of what was started
  if (alg->init(memory_.compression_in.data(), 0) != 1) return ctx_.fail(Errc::provider_failed);
  reader_.start_compression(*alg, memory_.compression_in.data());
  return Errc::ok;
}

Errc Transport::start_compression_out(At at) noexcept {
  const CompressionAlg* alg =
      ctx_.settings.is_client() ? chosen_.c2s.compression : chosen_.s2c.compression;
  if (alg != nullptr && alg->delayed != 0 && !is_open()) alg = nullptr;
  if (at == At::success && alg == deflating_) return Errc::ok;
  if (deflating_ != nullptr) deflating_->wipe(memory_.compression_out.data());
  deflating_ = nullptr;
  writer_.stop_compression();
  if (alg == nullptr) return Errc::ok;
  secure_wipe(memory_.compression_out);
  deflating_ = alg;  // from here on wipe() lets go of what was started
  if (alg->init(memory_.compression_out.data(), 1) != 1) return ctx_.fail(Errc::provider_failed);
  writer_.start_compression(*alg, memory_.compression_out.data());
  return Errc::ok;
}

}  // namespace sshauth
