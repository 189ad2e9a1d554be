// Key exchange by GSSAPI, RFC 4462 §2, as the transport has it: contexts, and what takes the place
// of the host key's signature and of the verdict on it.
//
// The context of the first exchange is kept for gssapi-keyex (RFC 4462 §4), those of later ones are
// gone with them.
#include "lib/transport/transport.hpp"

namespace sshauth {

void Transport::lay_out_gss(const Settings& s, Arena& arena, Memory& m) noexcept {
  if (s.gss == nullptr || !s.kex_by_gss) return;
  m.session_gss = arena.take(s.gss->ctx_len);
  m.rekey_gss = arena.take(s.gss->ctx_len);
  m.gss_token = arena.take(gss_token_len(s));
}

// Whether methods by GSSAPI can be offered. A client finds out by making the first token, which its
// first message then carries: who has no ticket offers none of them. A server that chose another
// method would choose another again: then no context is made for a re-exchange.
bool Transport::prepare_gss() noexcept {
  const Settings& s = ctx_.settings;
  if (memory_.gss_token.empty()) return false;
  if (!s.is_client()) return true;
  if (first_done_ && !is_by_gss(*chosen_.kex)) return false;
  GssContext& context = exchange_gss();
  const std::uint32_t delegate = s.gss_delegate ? IPWORKSAUTH_GSS_DELEGATE : 0;
  context.begin(*s.gss, GssContext::Role::initiator, delegate | IPWORKSAUTH_GSS_PROVES_HOST);
  gss_used_ = true;
  gss_why_.clear();
  if (context.step({}, memory_.gss_token, gss_said_) != GssStep::failed) return true;
  char room[300];
  (gss_why_ << "GSSAPI: ").peer(context.error_text(room), sizeof room);
  context.wipe();
  gss_said_ = {};
  return false;
}

// The method is chosen: with the context, or without, and then it is let go of.
void Transport::begin_gss() noexcept {
  if (memory_.gss_token.empty()) return;
  const Settings& s = ctx_.settings;
  GssContext& context = exchange_gss();
  if (!is_by_gss(*chosen_.kex)) return context.wipe();
  if (!s.is_client()) {
    context.begin(*s.gss, GssContext::Role::acceptor);
    gss_used_ = true;
  }
  kex_.use_gss({&context, memory_.gss_token, gss_said_});
}

// The exchange is over.
void Transport::end_gss() noexcept {
  if (first_done_) rekey_gss_.wipe();
  if (gss_used_) secure_wipe(memory_.gss_token);
  gss_used_ = false;
  gss_said_ = {};
}

Errc Transport::agreed_by_gss() noexcept {
  return ctx_.settings.is_client() ? verify_host_by_gss() : complete_gss();
}

Errc Transport::verify_host_by_gss() noexcept {
  const KexReply& reply = kex_.reply();
  const auto proof = prove_host_by_gss(exchange_gss(), kex_.hash(), reply.signature);
  if (!proof)
    return ctx_.fail(Errc::bad_signature,
                     "GSSAPI: the server's MIC on the exchange hash does not verify");
  SSHAUTH_TRY(keep_session_id());
  return accept_host(*proof, reply.host_key);
}

// RFC 4462 §2.1: the host is who the mechanism says, so no verdict on a key is asked for. The size
// of a key was checked when it came.
Errc Transport::accept_host(const GssHostProof& /*proof*/, Bytes key) noexcept {
  host_accepted_ = true;
  if (!key.empty()) {
    copy_bytes(memory_.host_key.data(), key);
    host_key_len_ = key.size();
  }
  ipworksauth_event& ev = ctx_.tell(IPWORKSAUTH_EVENT_HOST_PROVED);
  ev.key = key.empty() ? ipworksauth_octets{} : view(host_key());
  ev.flags = first_done_ ? IPWORKSAUTH_FLAG_REKEY : 0;
  return send_newkeys();
}

Errc Transport::complete_gss() noexcept {
  std::uint8_t room[kMaxGssMic];
  Bytes mic;
  if (!exchange_gss().get_mic(kex_.hash(), room, mic)) {
    char words[300];
    Sentence text;
    (text << "GSSAPI: ").peer(exchange_gss().error_text(words), sizeof words);
    return ctx_.fail(Errc::gss_failed, text.view());
  }
  SSHAUTH_TRY(keep_session_id());
  return send_reply(mic);
}

void Transport::wipe_gss() noexcept {
  session_gss_.wipe();
  rekey_gss_.wipe();
  if (gss_used_) secure_wipe(memory_.gss_token);
  gss_used_ = false;
  gss_said_ = {};
}

}  // namespace sshauth
