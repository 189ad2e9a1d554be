#include "lib/transport/transport.hpp"

#include "lib/transport/quirks.hpp"

namespace sshauth {
namespace {

constexpr std::string_view kUserauth = "ssh-userauth";
constexpr std::size_t kMaxSigAlgs = 1024;
constexpr std::size_t kOutExtra = 8192;    // beside the longest packet: the rest of a flight
constexpr std::uint32_t kMaxNoise = 1024;  // messages without use, see count_noise
constexpr std::size_t kPacketExtra = 4 + kMaxTag + 28;

bool compresses(const Settings& s) noexcept { return s.compressions != "none"; }

}  // namespace

// ---- memory and life -------------------------------------------------------------------------

void Transport::lay_out(const Settings& s, Arena& arena, Memory& m) noexcept {
  const Provider& p = *s.provider;
  m.in = arena.take(s.max_packet + kPacketExtra);
  m.out = arena.take(s.max_packet + kPacketExtra + kOutExtra);
  m.deferred = arena.take(s.max_packet);
  m.our_kexinit = arena.take(kexinit_len(s));
  m.kex_names = arena.take(s.kex.size());
  m.sig_algs = arena.take(kMaxSigAlgs);
  m.host_key = arena.take(kMaxKeyBlob);
  m.agreement_ctx = arena.take(largest_agreement_ctx(p));
  m.hash_ctx = arena.take(largest_ctx(hashes(p)));
  m.kex_family = arena.take(kex_memory_len(p, s.kex_by_gss));
  for (MutBytes& ctx : m.cipher_ctx) ctx = arena.take(largest_ctx(ciphers(p)));
  for (MutBytes& ctx : m.mac_ctx) ctx = arena.take(largest_ctx(macs(p)));
  const std::size_t compression = compresses(s) ? largest_ctx(compressions(p)) : 0;
  m.compression_in = arena.take(compression);
  m.compression_out = arena.take(compression);
  m.inflated = arena.take(compresses(s) ? s.max_packet : 0);
  m.deflated = arena.take(compresses(s) ? s.max_packet : 0);
  m.trace = arena.take(s.trace_len);
  lay_out_gss(s, arena, m);
}

Errc Transport::start(const Memory& memory) noexcept {
  memory_ = memory;
  const Settings& s = ctx_.settings;
  in_.set_memory(memory_.in);
  identification_ = IdentificationReader(s.is_client());
  reader_.start(in_, s.max_packet, memory_.inflated);
  writer_.start(memory_.out, s.max_packet, memory_.deflated, s.provider->rng);
  trace_.start(memory_.trace, s.trace_octets);
  session_gss_.set_memory(memory_.session_gss);
  rekey_gss_.set_memory(memory_.rekey_gss);
  kex_.set_memory(memory_.agreement_ctx, memory_.hash_ctx, memory_.kex_family);
  for (unsigned i = 0; i < 2; ++i) {
    keys_in_[i].cipher_ctx = memory_.cipher_ctx[i];
    keys_in_[i].mac_ctx = memory_.mac_ctx[i];
    keys_out_[i].cipher_ctx = memory_.cipher_ctx[2 + i];
    keys_out_[i].mac_ctx = memory_.mac_ctx[2 + i];
  }
  SSHAUTH_TRY(writer_.put_raw(as_bytes(s.identification)));
  SSHAUTH_TRY(writer_.put_raw(as_bytes("\r\n")));
  return send_guess();
}

void Transport::wipe() noexcept {
  kex_.forget();
  wipe_gss();
  for (Protection* keys : {&keys_in_[0], &keys_in_[1], &keys_out_[0], &keys_out_[1]}) keys->wipe();
  if (inflating_ != nullptr) inflating_->wipe(memory_.compression_in.data());
  if (deflating_ != nullptr) deflating_->wipe(memory_.compression_out.data());
  inflating_ = deflating_ = nullptr;
  secure_wipe(memory_.deferred.first(deferred_end_));
  opened_ = {};
  reader_.wipe();
  in_.wipe();
}

void Transport::wipe_all() noexcept {
  wipe();
  writer_.wipe();
  trace_.wipe();
  secure_wipe(memory_.our_kexinit.first(our_kexinit_len_));
  secure_wipe(memory_.kex_names);
  secure_wipe(memory_.sig_algs.first(sig_algs_len_));
  secure_wipe(memory_.host_key.first(host_key_len_));
}

// ---- sending ---------------------------------------------------------------------------------

Errc Transport::commit(const Writer& w, PacketWriter::Pad pad) noexcept {
  if (trace_.on() && w.ok())
    trace_.add(true, writer_.next_seq(), writer_.begun(w), title_of(writer_.begun(w)),
               mask_of(writer_.begun(w)));
  return writer_.commit(w, pad);
}

Writer AuthChannel::begin() noexcept { return transport_->writer_.begin(); }
void AuthChannel::abandon() noexcept { transport_->writer_.abandon(); }
Errc AuthChannel::commit(const Writer& w, PacketWriter::Pad pad) noexcept {
  return transport_->commit(w, pad);
}

std::optional<AuthChannel> Transport::channel() noexcept {
  const bool host = host_accepted_ || !ctx_.settings.is_client();
  // RFC 4253 §7.3: under the first keys we may speak once our own NEWKEYS is out; in a re-exchange
  // nothing of a layer is sent before both directions have changed.
  const bool first = !first_done_ && exchange_ == Exchange::await_newkeys;
  if (!out_keys_ || !host || ctx_.failed() || (exchanging() && !first)) return std::nullopt;
  return AuthChannel(*this);
}

Errc Transport::request_service() noexcept {
  if (service_asked_ || !ctx_.settings.is_client()) return Errc::ok;
  service_asked_ = true;
  SSHAUTH_TRY(send(ServiceRequest{kUserauth}));
  if (ctx_.settings.pipelining) client_may_authenticate_ = true;
  return Errc::ok;
}

Errc Transport::send_ignore(std::size_t len) noexcept {
  if (!out_keys_) return Errc::bad_state;
  if (len > 1024) return Errc::bad_argument;
  Writer w = writer_.begin();
  w.u8(number(Msg::ignore)).u32(static_cast<std::uint32_t>(len));
  const MutBytes chance = w.reserve(len);
  if (!chance.empty() && !fill_random(ctx_.settings.provider->rng, chance)) return Errc::rng_failed;
  optional_seq_ = writer_.next_seq();
  return commit(w, PacketWriter::Pad::least);
}

// OpenSSH asks the same; whatever the answer, it is one.
Errc Transport::send_keepalive() noexcept {
  if (!is_open()) return Errc::ok;
  ++keepalives_;
  // In a re-exchange we may say nothing (RFC 4253 §7.1), but its silence counts all the same.
  if (exchanging()) return Errc::ok;
  return send(GlobalRequest{"keepalive@openssh.com", true, {}});
}

void Transport::send_disconnect(std::uint32_t reason, std::string_view text) noexcept {
  if (!identified_ && !guessed_) return;  // no peer that would read a packet
  Writer w = writer_.begin();
  encode(w, Disconnect{reason, text, {}});
  static_cast<void>(commit(w, PacketWriter::Pad::least));
}

// The method that is running calls its messages by names of its own.
const char* Transport::title_of(Bytes payload) const noexcept {
  const std::uint8_t msg = payload.empty() ? 0 : payload[0];
  const char* its = kex_.title(msg);
  return its != nullptr ? its : message_name(msg);
}

// A wrong guess is a message of a method that does not run, and nobody knows what is in it.
Trace::Mask Transport::mask_of(Bytes payload) const noexcept {
  if (payload.empty() || !is_kex_number(payload[0])) return nullptr;
  return discard_next_ ? [](MutBytes wrong) noexcept { blank(wrong.subspan(1)); } : kex_.mask();
}

// ---- reading ---------------------------------------------------------------------------------

Transport::Got Transport::read(MutBytes& payload) noexcept {
  if (!identified_) return read_identification();
  if (!exchanging() && take_deferred(payload)) return work_on(payload, true);
  return read_packet(payload);
}

Transport::Got Transport::read_identification() noexcept {
  const auto got = identification_.read(in_);
  if (got == IdentificationReader::Got::need_more) {
    in_.compact();
    return Got::need_more;
  }
  if (got == IdentificationReader::Got::failed) {
    Sentence text;
    text << "the peer's identification string was refused: " << identification_.why();
    if (!identification_.text().empty())
      (text << "; it sent \"").peer(identification_.text()) << "\"";
    return result(ctx_.fail(Errc::bad_identification, text.view()));
  }
  if (got == IdentificationReader::Got::line) {
    ctx_.tell(IPWORKSAUTH_EVENT_PRELINE).text = view(identification_.text());
    return Got::progress;
  }
  identified_ = true;
  ctx_.stage = Stage::kex;
  quirks_ = quirks_of(identification_.text());
  ctx_.tell(IPWORKSAUTH_EVENT_IDENTIFIED).text = view(identification_.text());
  // Now that we know who it is, quirks can shape what we offer.
  return result(exchange_ == Exchange::none ? send_kexinit(false) : Errc::ok);
}

Transport::Got Transport::read_packet(MutBytes& payload) noexcept {
  if (opened_.empty())
    if (const Got got = open_packet(); got != Got::progress) return got;
  // RFC 4253 §7.1: while keys are exchanged the answer to an open question could not leave.
  if (ctx_.asking() && opened_[0] == number(Msg::kexinit)) return Got::need_more;
  payload = opened_;
  opened_ = {};
  return work_on(payload, false);
}

Transport::Got Transport::open_packet() noexcept {
  const OpenResult opened = reader_.next();
  if (opened.kind == Opened::need_more) return Got::need_more;
  if (opened.kind == Opened::failed) return result(ctx_.fail(opened.why));
  opened_ = opened.payload;
  keepalives_ = 0;  // the peer lives
  if (trace_.on())
    trace_.add(false, reader_.last_seq(), opened_, title_of(opened_), mask_of(opened_));
  return Got::progress;
}

Phase Transport::exchange_phase() const noexcept {
  switch (exchange_) {
    case Exchange::none: return first_done_ ? layer_ : p_kexinit;
    case Exchange::sent: return first_done_ ? p_rekey_wait : p_kexinit;
    case Exchange::await_newkeys: return first_done_ ? p_rekey_newkeys : p_newkeys;
    default: return first_done_ ? p_rekey_kex : p_kex;
  }
}

GateState Transport::gate_state() const noexcept {
  return {layer_,  exchange_phase(), ctx_.settings.is_client() ? from_server : from_client,
          strict_, custom_,          kex_.expected(),
          gss_};
}

Transport::Got Transport::work_on(MutBytes& payload, bool deferred) noexcept {
  const std::uint8_t msg = payload[0];
  // RFC 4253 §7: a wrong guess is one packet, and it is a message of a method.
  if (discard_next_ && is_kex_number(msg)) {
    discard_next_ = false;
    return Got::progress;
  }
  const Decision decision = decide(msg, gate_state());
  // What is put aside has its place by its arrival, not by when it is looked at.
  if (!deferred && decision != Decision::refuse && check_ext_info_place(msg) != Errc::ok)
    return Got::failed;
  switch (decision) {
    case Decision::refuse: return result(refuse(msg));
    case Decision::skip: return result(count_noise());
    case Decision::defer: return result(deferred ? refuse(msg) : defer(payload));
    case Decision::unimplemented:
      if (count_noise() != Errc::ok) return Got::failed;
      return result(send(Unimplemented{reader_.last_seq()}));
    case Decision::process: break;
  }
  return dispatch(payload);
}

Transport::Got Transport::dispatch(MutBytes& payload) noexcept {
  switch (static_cast<Msg>(payload[0])) {
    case Msg::disconnect: return result(do_disconnect(payload));
    case Msg::ignore: return result(count_noise());
    case Msg::unimplemented: return result(do_unimplemented(payload));
    case Msg::debug: return result(do_debug(payload));
    case Msg::service_request: return result(do_service_request(payload));
    case Msg::service_accept: return result(do_service_accept(payload));
    case Msg::ext_info: return result(do_ext_info(payload));
    case Msg::kexinit: return result(do_kexinit(payload));
    case Msg::newkeys: return result(do_newkeys(payload));
    case Msg::kex_30:
    case Msg::kex_31:
    case Msg::kex_32:
    case Msg::kex_33:
    case Msg::kex_34:
    case Msg::kex_40:
    case Msg::kex_41: return result(do_method(payload));
    case Msg::global_request: return result(do_global_request(payload));
    case Msg::request_success:
    case Msg::request_failure: return result(do_request_reply());
    case Msg::ping: return result(do_ping(payload));
    default: return Got::message;
  }
}

Errc Transport::refuse(std::uint8_t msg) noexcept {
  Sentence text;
  text << "the peer sent " << title_of({&msg, 1}) << " (" << std::uint64_t{msg}
       << "), which is not allowed ";
  switch (exchange_phase()) {
    case p_kexinit: text << "before its SSH_MSG_KEXINIT"; break;
    case p_kex:
    case p_rekey_kex: text << "during a key exchange"; break;
    case p_newkeys:
    case p_rekey_newkeys: text << "before its SSH_MSG_NEWKEYS"; break;
    case p_service: text << "before the service is granted"; break;
    case p_auth: text << "during authentication"; break;
    case p_rekey_wait: text << "during a key re-exchange"; break;
    default: text << "after authentication: no channels are opened here"; break;
  }
  return ctx_.fail(Errc::unexpected_message, text.view());
}

// RFC 8308 §2.4: right behind the peer's first NEWKEYS, or (from a server) right before SUCCESS.
Errc Transport::check_ext_info_place(std::uint8_t msg) noexcept {
  if (msg == number(Msg::disconnect)) return Errc::ok;  // whatever should have come, none will
  const bool here = ext_info_here_;
  ext_info_here_ = false;
  if (success_must_follow_ && msg != number(Msg::userauth_success)) return refuse(msg);
  success_must_follow_ = false;
  if (msg != number(Msg::ext_info) || here) return Errc::ok;
  // SERVICE_ACCEPT may be among what was put aside.
  const bool in_auth = layer_ == p_auth || (layer_ == p_service && has_deferred());
  if (!in_auth || !ctx_.settings.is_client()) return refuse(msg);
  success_must_follow_ = true;
  return Errc::ok;
}

// Messages that carry nothing are bounded until somebody is authenticated, and in every
// re-exchange: they cost the peer nothing, and would keep a login alive and old keys in use for
// ever.
Errc Transport::count_noise() noexcept {
  if ((is_open() && !exchanging()) || ++noise_ <= kMaxNoise) return Errc::ok;
  return ctx_.fail(Errc::too_much, "the peer sent more than 1024 messages without use");
}

// ---- deferred messages -----------------------------------------------------------------------

Errc Transport::defer(Bytes payload) noexcept {
  if (payload.size() + 4 > memory_.deferred.size() - deferred_end_)
    return ctx_.fail(Errc::too_much, "the peer sent too much while a key re-exchange was awaited");
  store_u32(memory_.deferred.data() + deferred_end_, static_cast<std::uint32_t>(payload.size()));
  copy_bytes(memory_.deferred.data() + deferred_end_ + 4, payload);
  deferred_end_ += 4 + payload.size();
  return Errc::ok;
}

bool Transport::take_deferred(MutBytes& payload) noexcept {
  if (deferred_begin_ == deferred_end_) {
    if (deferred_end_ != 0) secure_wipe(memory_.deferred.first(deferred_end_));
    deferred_begin_ = deferred_end_ = 0;
    return false;
  }
  const std::uint32_t len = load_u32(memory_.deferred.data() + deferred_begin_);
  payload = memory_.deferred.subspan(deferred_begin_ + 4, len);
  deferred_begin_ += 4 + std::size_t{len};
  return true;
}

// ---- messages of the transport ---------------------------------------------------------------

Errc Transport::do_disconnect(Bytes payload) noexcept {
  Disconnect message;
  if (decode(payload, message) != Errc::ok) return ctx_.fail(Errc::malformed);
  ctx_.set_peer_reason(message.reason);
  Sentence text;
  text << "the peer ended the connection (reason " << std::uint64_t{message.reason} << "): ";
  if (message.text.empty())
    text << "it gave no text";
  else
    text.peer(message.text, 600);
  return ctx_.fail(Errc::peer_disconnected, text.view());
}

Errc Transport::do_debug(Bytes payload) noexcept {
  Debug message;
  if (decode(payload, message) != Errc::ok) return ctx_.fail(Errc::malformed);
  // Told only where the engine goes on: behind a failure ENDED is the next event.
  SSHAUTH_TRY(count_noise());
  if (message.always_display) ctx_.tell(IPWORKSAUTH_EVENT_DEBUG).text = view(message.text);
  return Errc::ok;
}

Errc Transport::do_unimplemented(Bytes payload) noexcept {
  Unimplemented message;
  if (decode(payload, message) != Errc::ok) return ctx_.fail(Errc::malformed);
  if (message.seq == optional_seq_ || (is_open() && !exchanging())) return count_noise();
  Sentence text;
  text << "the peer does not implement message " << std::uint64_t{message.seq}
       << " of ours, which is needed";
  return ctx_.fail(Errc::needed_unimplemented, text.view());
}

Errc Transport::do_service_request(Bytes payload) noexcept {
  ServiceRequest message;
  if (decode(payload, message) != Errc::ok) return ctx_.fail(Errc::malformed);
  if (message.service != kUserauth) {
    Sentence text;
    (text << "the client asked for service \"").peer(message.service, 64)
        << "\"; only ssh-userauth is given";
    return ctx_.fail(Errc::bad_service, text.view());
  }
  layer_ = p_auth;
  ctx_.stage = Stage::auth;
  return send(ServiceAccept{kUserauth});
}

Errc Transport::do_service_accept(Bytes payload) noexcept {
  ServiceAccept message;
  if (decode(payload, message) != Errc::ok) return ctx_.fail(Errc::malformed);
  if (!service_asked_) return refuse(payload[0]);
  if (message.service != kUserauth) {
    Sentence text;
    (text << "the server granted service \"").peer(message.service, 64)
        << "\"; ssh-userauth was asked for";
    return ctx_.fail(Errc::bad_service, text.view());
  }
  layer_ = p_auth;
  ctx_.stage = Stage::auth;
  client_may_authenticate_ = true;
  return Errc::ok;
}

Errc Transport::do_ext_info(Bytes payload) noexcept {
  ExtInfo message;
  if (const Errc e = decode(payload, message); e != Errc::ok) return ctx_.fail(e);
  if (!message.has_server_sig_algs || !ctx_.settings.is_client()) return Errc::ok;
  Bytes names = as_bytes(message.server_sig_algs);
  if (names.size() > memory_.sig_algs.size()) {
    // Cut between names: half of one could be another's.
    std::size_t len = memory_.sig_algs.size();
    while (len != 0 && names[len] != ',') --len;
    names = names.first(len);
  }
  copy_bytes(memory_.sig_algs.data(), names);
  sig_algs_len_ = names.size();
  has_sig_algs_ = true;
  ctx_.tell(IPWORKSAUTH_EVENT_EXT_INFO).text = view(server_sig_algs());
  return Errc::ok;
}

// RFC 4254 §4: no request is known here; the answer, where one is wanted, is a failure.
Errc Transport::do_global_request(Bytes payload) noexcept {
  GlobalRequest message;
  if (decode(payload, message) != Errc::ok) return ctx_.fail(Errc::malformed);
  return message.want_reply ? send(RequestFailure{}) : Errc::ok;
}

// An answer to a keep-alive; its arrival was what mattered, and read_packet has seen it.
Errc Transport::do_request_reply() noexcept { return Errc::ok; }

Errc Transport::do_ping(Bytes payload) noexcept {
  Ping message;
  if (decode(payload, message) != Errc::ok) return ctx_.fail(Errc::malformed);
  Writer w = writer_.begin();
  encode(w, Pong{message.data});
  if (!w.ok()) return ctx_.fail(Errc::too_much, "the peer sent a ping too long to be answered");
  return commit(w, PacketWriter::Pad::least);
}

Errc Transport::authenticated() noexcept {
  session_gss_.wipe();  // gssapi-keyex was the last to need it
  layer_ = p_open;
  ctx_.stage = Stage::open;
  noise_ = 0;
  // draft-miller-secsh-compression-delayed-00 §2.3: begins behind SSH_MSG_USERAUTH_SUCCESS.
  SSHAUTH_TRY(start_compression_in(At::success));
  return start_compression_out(At::success);
}

bool Transport::rekey_due() const noexcept {
  const Settings& s = ctx_.settings;
  return layer_ != p_never && !exchanging() &&
         (reader_.octets_since_keys() >= s.rekey_octets ||
          writer_.octets_since_keys() >= s.rekey_octets ||
          reader_.packets_since_keys() >= s.rekey_packets ||
          writer_.packets_since_keys() >= s.rekey_packets);
}

}  // namespace sshauth
