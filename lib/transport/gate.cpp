#include "lib/transport/gate.hpp"

namespace sshauth {
namespace {

struct Row {
  Phase process, skip;
  Sender senders;
};

const Row* find_row(std::uint8_t msg) noexcept {
  switch (msg) {
#define X(name, number, title, rfc, process, skip, senders, secret) \
  case number: {                                                    \
    static constexpr Row kRow{process, skip, senders};              \
    return &kRow;                                                   \
  }
#include "lib/wire/messages.def"
#undef X
    default: return nullptr;
  }
}

bool in(Phase phase, Phase set) noexcept { return (phase & set) != 0; }

// The layer in force and those that messages put aside may lead to: what was sent behind
// SERVICE_ACCEPT or SUCCESS arrives before we have looked at either.
Phase reachable(Phase layer) noexcept {
  switch (layer) {
    case p_service: return p_layer;
    case p_auth: return p_auth | p_open;
    default: return layer;
  }
}

Phase with_gss(Phase phase, Phase gss) noexcept { return in(phase, p_auth) ? phase | gss : phase; }

// Numbers without a row. RFC 4251 §7, RFC 4250 §4.1.2: 1-19 transport, 20-29 negotiation, 30-49 the
// method's own, 50-79 authentication, 80-127 connection, 128-191 reserved, 192-255 local
// extensions. Unknown numbers of the transport and of extensions are answered; those of a layer are
// never right here: no channel is ever opened, and methods say which numbers are theirs.
Decision decide_unknown(std::uint8_t msg, const GateState& state) noexcept {
  if (state.strict && in(state.phase, p_first)) return Decision::refuse;
  if (state.custom && msg >= 60 && msg <= 79) {
    if (state.phase == p_rekey_wait && in(reachable(state.layer), p_auth)) return Decision::defer;
    return in(state.phase, p_auth) ? Decision::process : Decision::refuse;
  }
  if ((msg >= 1 && msg <= 29) || msg >= 128) return Decision::unimplemented;
  return Decision::refuse;
}

}  // namespace

Decision decide(std::uint8_t msg, const GateState& state) noexcept {
  const Row* row = find_row(msg);
  // The host of a custom method sees what is another's as well.
  if (state.custom && msg >= 61 && msg <= 79) return decide_unknown(62, state);
  if (row == nullptr) return decide_unknown(msg, state);
  if (is_kex_number(msg) && (state.kex & kex_number(msg)) == 0) return Decision::refuse;
  // RFC 4462 §3.4: 61 is a token from either side, where otherwise it is a client's responses.
  const bool token = state.gss && msg == 61;
  if ((row->senders & state.peer) == 0 && !token) return Decision::refuse;
  const Phase gss = state.gss ? p_gss : p_never;
  // Strict key exchange, OpenSSH PROTOCOL 1.10: between the first KEXINIT and NEWKEYS nothing but
  // the message expected, not even the four that RFC 4253 §11 allows at any time.
  const bool any_time = row->process == p_any;
  if (any_time && msg != 1 && state.strict && in(state.phase, p_first)) return Decision::refuse;
  if (in(with_gss(state.phase, gss), row->process)) return Decision::process;
  if (in(state.phase, row->skip)) return Decision::skip;
  // RFC 4253 §7.1, §9: what the peer sent before it saw our KEXINIT still belongs to the layers. It
  // is decided about again when its turn comes.
  const Phase later = with_gss(reachable(state.layer), gss);
  if (state.phase == p_rekey_wait && in(later, row->process | row->skip)) return Decision::defer;
  return Decision::refuse;
}

}  // namespace sshauth
