#include "lib/engine/engine.hpp"

#include "lib/wire/name_list.hpp"

namespace sshauth {
namespace {

// Below this much room in the output, and that of our KEXINIT, nothing more is read: the rest of a
// flight must fit (a reply with its host key and signature, NEWKEYS, EXT_INFO).
constexpr std::size_t kFlightRoom = 8192;

}  // namespace

// ---- life ------------------------------------------------------------------------------------

void Engine::lay_out(const Settings& s, Arena& arena, Memory& out) noexcept {
  Transport::lay_out(s, arena, out.transport);
  AuthClient::lay_out(s, arena, out.client);
  AuthServer::lay_out(s, arena, out.server);
}

Errc Engine::start(const Memory& memory) noexcept {
  memory_ = memory;
  client_.start(memory.client);
  server_.start(memory.server);
  return transport_.start(memory.transport);
}

void Engine::wipe() noexcept {
  transport_.wipe();
  client_.wipe();
  server_.wipe();
}

void Engine::wipe_all() noexcept {
  wipe();
  transport_.wipe_all();
}

// ---- failure ---------------------------------------------------------------------------------

// Ends every public call that may have failed the engine.
Errc Engine::done(Errc code) noexcept {
  const ErrorClass fault = error_row(code).fault;
  if (fault == ErrorClass::peer || fault == ErrorClass::local) static_cast<void>(ctx_.fail(code));
  if (ctx_.failed()) settle_failure();
  return code;
}

void Engine::settle_failure() noexcept {
  if (settled_) return;
  settled_ = true;
  const ErrorRow& row = error_row(ctx_.failure().code);
  // A peer that has said farewell is sent nothing more.
  if (row.code == Errc::peer_disconnected) transport_.writer().drop_pending();
  if (row.reason != 0) transport_.send_disconnect(row.reason, row.text);
  if (ctx_.asking()) ctx_.clear_event();
  ctx_.stage = Stage::ended;
  wipe();
}

bool Engine::tell_ended(ipworksauth_event& out) noexcept {
  settle_failure();
  if (ended_told_) return false;
  ended_told_ = true;
  ipworksauth_event& ev = ctx_.tell(IPWORKSAUTH_EVENT_ENDED);
  ev.code = static_cast<std::int32_t>(ctx_.failure().code);
  ev.text = view(ctx_.failure().text.view());
  out = ev;
  ctx_.unseen = false;  // seen now, and told only once
  return true;
}

// ---- octets ----------------------------------------------------------------------------------

Errc Engine::receive(Bytes in, std::size_t& used) noexcept {
  used = in.size();
  if (ctx_.failed()) return Errc::closed;
  used = transport_.feed(in);
  octets_in_ += used;
  return Errc::ok;
}

Errc Engine::receive_end() noexcept {
  input_ended_ = true;
  return ctx_.failed() ? Errc::closed : Errc::ok;
}

Errc Engine::sent(std::size_t len) noexcept {
  if (len > pending().size()) return Errc::bad_argument;
  if (len == 0) return Errc::ok;
  if (!speaking_) ++flights_;
  speaking_ = true;
  octets_out_ += len;
  transport_.writer().sent(len);
  return Errc::ok;
}

// ---- events ----------------------------------------------------------------------------------

bool Engine::next_event(ipworksauth_event& out) noexcept {
  ctx_.make_room(may_listen());
  while (!ctx_.has_event()) {
    if (ctx_.failed()) return tell_ended(out);
    if (!(ctx_.asking() ? listen() : step())) break;
  }
  if (ctx_.failed()) {
    settle_failure();  // takes an open question back
    if (!ctx_.has_event()) return tell_ended(out);
  }
  if (!ctx_.has_event()) ctx_.ask_again();
  out = ctx_.event;
  ctx_.unseen = false;
  return ctx_.has_event();
}

bool Engine::has_room() const noexcept {
  // Once open an answer may be as long as what it answers (SSH_MSG_PONG); a token may be any time.
  const std::size_t need = transport_.is_open() || ctx_.settings.gss != nullptr
                               ? ctx_.settings.max_packet + kPacketRest
                               : kFlightRoom + memory_.transport.our_kexinit.size();
  return pending().empty() || transport_.writer().room() >= need;
}

// A signature may take as long as a person does, and the server need not wait for it: it says so
// (RFC 4253 §11.1), or goes. False when nothing more is here; then the question is asked again.
bool Engine::listen() noexcept {
  // No answer can be of use any more, and what the server said last is read as ever.
  if (input_ended_) ctx_.clear_event();
  return input_ended_ || (has_room() && read_message());
}

// One thing is done; false when nothing can be.
bool Engine::step() noexcept {
  if (!has_room()) return false;
  if ((rekey_wanted_ || transport_.rekey_due()) && !transport_.has_deferred() &&
      !must_keep_silent()) {
    rekey_wanted_ = false;
    if (const Errc e = transport_.start_rekey(); e != Errc::ok && e != Errc::bad_state)
      static_cast<void>(ctx_.fail(e));
  }
  return read_message() || step_without_input();
}

// False when no whole one is here.
bool Engine::read_message() noexcept {
  MutBytes payload;
  switch (transport_.read(payload)) {
    case Transport::Got::need_more: return false;
    case Transport::Got::message: {
      const Errc e =
          ctx_.settings.is_client() ? client_.receive(payload) : server_.receive(payload);
      if (e != Errc::ok) static_cast<void>(ctx_.fail(e));
      break;
    }
    case Transport::Got::progress:
    case Transport::Got::failed: break;
  }
  speaking_ = false;
  heard_since_tick_ = true;
  if (ctx_.event.kind == IPWORKSAUTH_EVENT_KEYS_ACTIVE) keys_since_tick_ = true;
  return true;
}

// All that arrived was looked at: the client may speak for itself.
bool Engine::step_without_input() noexcept {
  if (ctx_.settings.is_client())
    if (const Errc e = client_.pump(); e != Errc::ok) static_cast<void>(ctx_.fail(e));
  if (ctx_.failed() || ctx_.has_event()) return true;
  if (!input_ended_) return false;
  Sentence text;
  text << "the peer closed the connection ";
  switch (ctx_.stage) {
    case Stage::identification: text << "before its identification string"; break;
    case Stage::kex: text << "during the key exchange"; break;
    case Stage::service: text << "before it granted the service"; break;
    case Stage::auth: text << "during authentication"; break;
    default: text << "after authentication"; break;
  }
  static_cast<void>(ctx_.fail(Errc::connection_lost, text.view()));
  return true;
}

bool Engine::prompt(std::uint32_t i, ipworksauth_octets& text, bool& echo) const noexcept {
  if (i >= ctx_.event.num) return false;
  if (ctx_.asking(IPWORKSAUTH_EVENT_PROMPTS)) {
    text = view(client_.info().prompt[i].text);
    echo = client_.info().prompt[i].echo;
    return true;
  }
  if (!ctx_.asking(IPWORKSAUTH_EVENT_RESPONSES)) return false;
  text = view(server_.responses().response[i]);
  echo = false;
  return true;
}

// ---- answers ---------------------------------------------------------------------------------

Errc Engine::open_question(std::uint32_t kind) noexcept {
  if (ctx_.failed()) return Errc::closed;
  ctx_.ask_again();
  return ctx_.asking(kind) ? Errc::ok : Errc::bad_state;
}

Errc Engine::answer_host_key(std::uint32_t verdict) noexcept {
  SSHAUTH_TRY(open_question(IPWORKSAUTH_EVENT_HOST_KEY));
  const Errc code = transport_.answer_host_key(verdict == IPWORKSAUTH_ACCEPT_HOST_KEY);
  // Refusing is an answer, not a mistake of the caller: the engine has ended as it was told to.
  static_cast<void>(done(code));
  return code == Errc::host_key_refused ? Errc::ok : code;
}

Errc Engine::answer_signature(Bytes signature) noexcept {
  SSHAUTH_TRY(open_question(IPWORKSAUTH_EVENT_SIGN));
  return done(ctx_.settings.is_client() ? client_.answer_signature(signature)
                                        : transport_.answer_signature(signature));
}

Errc Engine::answer_private_key(const ipworksauth_private_key& key) noexcept {
  SSHAUTH_TRY(open_question(IPWORKSAUTH_EVENT_SIGN));
  const Provider& p = *ctx_.settings.provider;
  const Bytes name(ctx_.event.algorithm.data, ctx_.event.algorithm.len);
  const SigAlg* alg = find(sigs(p), as_text(name));
  if (alg == nullptr) return Errc::bad_argument;
  std::uint8_t signature[kMaxSignature];
  Writer w(signature);
  const Bytes data(ctx_.event.data.data, ctx_.event.data.len);
  if (make_signature(w, *alg, p.rng, key, data) != Errc::ok) return Errc::bad_argument;
  return answer_signature(w.written());
}

Errc Engine::answer_password(Bytes password, bool given) noexcept {
  SSHAUTH_TRY(open_question(IPWORKSAUTH_EVENT_PASSWORD));
  return done(client_.answer_password(password, given));
}

Errc Engine::answer_new_password(Bytes old_password, Bytes new_password, bool given) noexcept {
  SSHAUTH_TRY(open_question(IPWORKSAUTH_EVENT_NEW_PASSWORD));
  return done(client_.answer_new_password(old_password, new_password, given));
}

Errc Engine::answer_prompts(std::span<const ipworksauth_octets> responses, bool given) noexcept {
  SSHAUTH_TRY(open_question(IPWORKSAUTH_EVENT_PROMPTS));
  return done(client_.answer_prompts(responses, given));
}

Errc Engine::answer_custom(Bytes payload, bool given) noexcept {
  SSHAUTH_TRY(open_question(IPWORKSAUTH_EVENT_CUSTOM));
  const Errc code = client_.answer_custom(payload, given);
  static_cast<void>(done(code));
  return code == Errc::gave_up ? Errc::ok : code;
}

Errc Engine::answer_request(std::uint32_t verdict, const char* can_continue) noexcept {
  if (ctx_.failed()) return Errc::closed;
  if (!ctx_.asking(IPWORKSAUTH_EVENT_REQUEST) && !ctx_.asking(IPWORKSAUTH_EVENT_RESPONSES))
    return Errc::bad_state;
  const Errc code =
      server_.answer_request(verdict, can_continue != nullptr ? std::string_view(can_continue)
                                                              : ctx_.settings.auth_methods);
  static_cast<void>(done(code));
  return code == Errc::auth_failed ? Errc::ok : code;
}

Errc Engine::answer_change(std::string_view prompt) noexcept {
  SSHAUTH_TRY(open_question(IPWORKSAUTH_EVENT_REQUEST));
  return done(server_.answer_change(prompt));
}

Errc Engine::answer_ask(const InfoRequest& request) noexcept {
  if (ctx_.failed()) return Errc::closed;
  if (!ctx_.asking(IPWORKSAUTH_EVENT_REQUEST) && !ctx_.asking(IPWORKSAUTH_EVENT_RESPONSES))
    return Errc::bad_state;
  return done(server_.answer_ask(request));
}

// ---- actions ---------------------------------------------------------------------------------

// draft-miller-secsh-compression-delayed-00 §2.3: the server takes what follows its SUCCESS as
// compressed. While a request is outstanding a SUCCESS may be on its way, and whatever we said on
// our own account would cross it.
bool Engine::must_keep_silent() const noexcept {
  return client_.awaiting() && transport_.success_starts_compression();
}

Errc Engine::rekey() noexcept {
  if (ctx_.failed()) return Errc::closed;
  if (transport_.layer() == p_never) return Errc::bad_state;
  // While a question is open its answer must still be able to leave: later, then.
  if (ctx_.asking() || transport_.has_deferred() || must_keep_silent()) {
    rekey_wanted_ = true;
    return Errc::ok;
  }
  return done(transport_.start_rekey());
}

Errc Engine::ignore(std::size_t len) noexcept {
  if (ctx_.failed()) return Errc::closed;
  if (must_keep_silent()) return Errc::bad_state;
  return done(transport_.send_ignore(len));
}

Errc Engine::disconnect(std::uint32_t reason, std::string_view text) noexcept {
  if (ctx_.failed()) return Errc::closed;
  if (text.size() > 1024) return Errc::bad_argument;
  transport_.send_disconnect(reason,
                             text.empty() ? std::string_view("closed by the application") : text);
  static_cast<void>(ctx_.fail(Errc::ended));
  settled_ = true;  // this DISCONNECT is the one that is sent
  ctx_.clear_event();
  ctx_.stage = Stage::ended;
  wipe();
  return Errc::ok;
}

}  // namespace sshauth
