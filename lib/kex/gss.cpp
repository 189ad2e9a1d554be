// Key exchange by GSSAPI: RFC 4462 §2.1, RFC 8732 §5, and with a group that the server names RFC
// 4462 §2.2. Tokens of the mechanism travel along with the values; in place of a signature comes a
// MIC on the exchange hash, so that what proves the host is its name in the mechanism.
//
//   client                        server
//   GROUPREQ       (gex)     ->
//                            <-   GROUP                       ask_for_group, give_group
//   INIT token, value        ->
//                            <-   HOSTKEY                     may be left out
//                            <-   CONTINUE token              as often as the mechanism likes
//   CONTINUE token           ->
//                            <-   COMPLETE value, MIC, token  or ERROR
//
// The client's value waits in the run's memory, behind what a group takes of it, until the context
// is established, and so does the host key that a client was sent.
#include "lib/crypto/public_key.hpp"
#include "lib/kex/family.hpp"
#include "lib/kex/groups.hpp"

namespace sshauth {
namespace {

constexpr Msg kInit = Msg::kex_30;
constexpr Msg kContinue = Msg::kex_31;
constexpr Msg kComplete = Msg::kex_32;
constexpr Msg kHostKey = Msg::kex_33;
constexpr Msg kError = Msg::kex_34;
constexpr Msg kGroupReq = Msg::kex_40;
constexpr Msg kGroup = Msg::kex_41;

constexpr std::size_t kMemory = kGroupMemory + kMaxKeyBlob;
static_assert(kMaxKexValue <= kMaxKeyBlob);
constexpr std::uint32_t kGssFailure = 13U << 16;  // RFC 2744 §3.9.1: GSS_S_FAILURE

const char* title(std::uint8_t msg) noexcept {
  switch (static_cast<Msg>(msg)) {
    case kInit: return "SSH_MSG_KEXGSS_INIT";
    case kContinue: return "SSH_MSG_KEXGSS_CONTINUE";
    case kComplete: return "SSH_MSG_KEXGSS_COMPLETE";
    case kHostKey: return "SSH_MSG_KEXGSS_HOSTKEY";
    case kError: return "SSH_MSG_KEXGSS_ERROR";
    case kGroupReq: return "SSH_MSG_KEXGSS_GROUPREQ";
    case kGroup: return "SSH_MSG_KEXGSS_GROUP";
    default: return nullptr;
  }
}

// A token of Kerberos is a credential (RFC 4120 §3.2). It is the first field of its message, or the
// last; what cannot be read may be one.
void mask(MutBytes payload) noexcept {
  KexGssInit init;
  KexGssContinue more;
  KexGssComplete complete;
  switch (static_cast<Msg>(payload[0])) {
    case kInit:
      if (decode(payload, init, ValueForm::string) != Errc::ok) return blank(payload.subspan(1));
      return blank(payload.subspan(5, init.token.size()));
    case kContinue:
      if (decode(payload, more) != Errc::ok) return blank(payload.subspan(1));
      return blank(payload.subspan(5));
    case kComplete:
      if (decode(payload, complete, ValueForm::string) != Errc::ok)
        return blank(payload.subspan(1));
      return blank(payload.last(complete.token.size()));
    default: return;
  }
}

bool served(const Provider& provider, const KexMethod& method) noexcept {
  return find(agreements(provider), method.agreement) != nullptr;
}

Errc begin(KexRun& run) noexcept {
  return run.use(find(agreements(*run.provider), run.method->agreement));
}

// The agreement comes with the group.
Errc begin_gex(KexRun& /*run*/) noexcept { return Errc::ok; }

Errc refuse(KexRun& run, std::string_view why) noexcept {
  run.why.clear();
  run.why << why;
  return Errc::gss_failed;
}

Errc fail_mechanism(KexRun& run) noexcept {
  char room[300];
  run.why.clear();
  (run.why << "GSSAPI: ").peer(run.gss.context->error_text(room), sizeof room);
  return Errc::gss_failed;
}

// Keeps octets of a message until the exchange is over.
Errc keep(KexRun& run, Bytes in, Bytes& out) noexcept {
  if (in.size() > kMaxKeyBlob) return Errc::malformed;
  const MutBytes room = run.memory.subspan(kGroupMemory, in.size());
  copy_bytes(room.data(), in);
  out = room;
  return Errc::ok;
}

// RFC 4462 §2.1: without both the exchange has failed.
Errc check_flags(KexRun& run) noexcept {
  if (!run.gss.context->has(IPWORKSAUTH_GSS_MUTUAL))
    return refuse(run, "GSSAPI: the mechanism did not prove the server to the client");
  if (!run.gss.context->has(IPWORKSAUTH_GSS_INTEGRITY))
    return refuse(run, "GSSAPI: the mechanism has no integrity protection");
  return Errc::ok;
}

// ---- client

// The first token was made before these methods were offered.
Errc write_init(KexRun& run, Writer& w) noexcept {
  if (run.gss.said.empty()) return Errc::internal;
  SSHAUTH_TRY(run.make_value());
  encode(w, KexGssInit{run.gss.said, run.value()}, run.method->value_form);
  for (const Msg next : {kContinue, kComplete, kHostKey, kError}) run.expect(next);
  return Errc::ok;
}

Errc open(KexRun& run, Writer& w) noexcept { return write_init(run, w); }

Errc open_gex(KexRun& run, Writer& w) noexcept {
  ask_for_group(run, w, kGroupReq);
  run.expect(kGroup);
  return Errc::ok;
}

Errc take_gex_group(KexRun& run, Bytes payload, Writer& w, KexStep& step) noexcept {
  SSHAUTH_TRY(take_group(run, payload, kGroup));
  step = KexStep::send;
  return write_init(run, w);
}

// RFC 4462 §2.1: if at all, it comes first, and the MIC covers it.
Errc take_host_key(KexRun& run, Bytes payload) noexcept {
  KexGssHostKey message;
  SSHAUTH_TRY(decode(payload, message));
  for (const Msg next : {kContinue, kComplete, kError}) run.expect(next);
  return keep(run, message.host_key, run.host_key);
}

Errc take_continue(KexRun& run, Bytes payload, Writer& w, KexStep& step) noexcept {
  KexGssContinue message;
  if (decode(payload, message) != Errc::ok || message.token.empty()) return Errc::malformed;
  if (run.gss.step(message.token) == GssStep::failed) return fail_mechanism(run);
  for (const Msg next : {kContinue, kComplete, kError}) run.expect(next);
  if (run.gss.said.empty()) return Errc::ok;
  encode(w, KexGssContinue{run.gss.said});
  step = KexStep::send;
  return Errc::ok;
}

Errc take_complete(KexRun& run, Bytes payload, KexStep& step) noexcept {
  KexGssComplete message;
  SSHAUTH_TRY(decode(payload, message, run.method->value_form));
  GssContext& context = *run.gss.context;
  if (message.has_token) {
    if (message.token.empty() || context.established())
      return refuse(run, "GSSAPI: the server sent a token to a context that is established");
    if (run.gss.step(message.token) == GssStep::failed) return fail_mechanism(run);
  }
  if (!context.established() || (message.has_token && !run.gss.said.empty()))
    return refuse(run, "GSSAPI: the server completed before the mechanism did");
  SSHAUTH_TRY(check_flags(run));
  SSHAUTH_TRY(run.agree(message.value));
  run.reply = {run.host_key, message.value, message.mic};
  step = KexStep::agreed;
  return run.finish_hash(run.value(), message.value);
}

Errc take_error(KexRun& run, Bytes payload) noexcept {
  GssError message;
  SSHAUTH_TRY(decode(payload, message, kError));
  run.why.clear();
  (run.why << "the server's GSSAPI mechanism says: ").peer(message.text, 300);
  return Errc::gss_failed;
}

Errc take_as_client(KexRun& run, Bytes payload, Writer& w, KexStep& step) noexcept {
  switch (static_cast<Msg>(payload[0])) {
    case kGroup: return take_gex_group(run, payload, w, step);
    case kHostKey: return take_host_key(run, payload);
    case kContinue: return take_continue(run, payload, w, step);
    case kComplete: return take_complete(run, payload, step);
    default: return take_error(run, payload);
  }
}

// ---- server

Errc answer_token(KexRun& run, Bytes token, Writer& w, KexStep& step) noexcept {
  switch (run.gss.step(token)) {
    case GssStep::failed: {
      char room[300];
      encode(w, GssError{kGssFailure, 0, run.gss.context->error_text(room), {}}, kError);
      step = KexStep::refused;
      return fail_mechanism(run);
    }
    case GssStep::going_on:
      encode(w, KexGssContinue{run.gss.said});
      run.expect(kContinue);
      step = KexStep::send;
      return Errc::ok;
    case GssStep::established: break;
  }
  SSHAUTH_TRY(check_flags(run));
  step = KexStep::agreed;
  return run.finish_hash(run.kept, run.value());
}

Errc take_init(KexRun& run, Bytes payload, Writer& w, KexStep& step) noexcept {
  KexGssInit message;
  if (decode(payload, message, run.method->value_form) != Errc::ok || message.token.empty())
    return Errc::malformed;
  if (!run.host_key.empty() && !run.host_key_said) {
    encode(w, KexGssHostKey{run.host_key});
    run.host_key_said = true;
    run.expect(kInit);
    step = KexStep::again;
    return Errc::ok;
  }
  SSHAUTH_TRY(run.answer(message.value));
  SSHAUTH_TRY(keep(run, message.value, run.kept));
  return answer_token(run, message.token, w, step);
}

Errc take_gex_request(KexRun& run, Bytes payload, Writer& w, KexStep& step) noexcept {
  SSHAUTH_TRY(give_group(run, payload, w, kGroupReq, kGroup));
  run.expect(kInit);
  step = KexStep::send;
  return Errc::ok;
}

Errc take_as_server(KexRun& run, Bytes payload, Writer& w, KexStep& step) noexcept {
  switch (static_cast<Msg>(payload[0])) {
    case kGroupReq: return take_gex_request(run, payload, w, step);
    case kInit: return take_init(run, payload, w, step);
    default: {
      KexGssContinue message;
      if (decode(payload, message) != Errc::ok || message.token.empty()) return Errc::malformed;
      return answer_token(run, message.token, w, step);
    }
  }
}

void reply(const KexRun& run, Writer& w, Bytes mic) noexcept {
  encode(w, KexGssComplete{run.value(), mic, !run.gss.said.empty(), run.gss.said},
         run.method->value_form);
}

constexpr KexServerHalf kServer = {kex_number(number(kInit)), take_as_server, reply};
constexpr KexServerHalf kGexServer = {kex_number(number(kGroupReq)), take_as_server, reply};

}  // namespace

// Nothing is guessed: the tokens of a guess that is wrong would be for nothing.
constinit const KexFamily gss_family = {
    served, begin, title, kMemory, false, true, {open, take_as_client}, if_both_roles(kServer),
    mask};
constinit const KexFamily gss_gex_family = {groups_served,
                                            begin_gex,
                                            title,
                                            kMemory,
                                            false,
                                            true,
                                            {open_gex, take_as_client},
                                            if_both_roles(kGexServer),
                                            mask};

}  // namespace sshauth
