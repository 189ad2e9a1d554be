#include "fuzz/engine_driver.hpp"

#include <algorithm>
#include <array>

#include "fuzz/null_gss.hpp"
#include "fuzz/require.hpp"
#include "lib/crypto/gss.hpp"
#include "lib/wire/messages.hpp"

namespace sshauth {
namespace {

constexpr unsigned kMostEvents = 4096;  // per drain; an engine that says more goes round in circles

constexpr const char* kMethodLists[] = {
    "password", "publickey", "keyboard-interactive",     "publickey,password,keyboard-interactive",
    "none",     "custom",    "gssapi-with-mic,password", "keyboard-interactive,password"};

constexpr unsigned kGssMethods = 6;  // which of them are by GSSAPI

// Reading every octet lets the sanitizer see a view that points nowhere.
std::uint32_t sum(const ipworksauth_octets& view) {
  require(view.data != nullptr || view.len == 0);
  std::uint32_t total = 0;
  for (std::size_t i = 0; i < view.len; ++i) total += view.data[i];
  return total;
}

constexpr const char* kKexByGssAndWithout =
    "gss-curve25519-sha256-toWM5Slw5Ew8Mqkay+al2g==,curve25519-sha256";

Octets copy(const ipworksauth_octets& view) { return {view.data, view.data + view.len}; }

}  // namespace

// config: bits 0-2 methods, 3-4 strict_kex, 5-6 kex_guess, 7 step by step.
// more: bit 0 probe, 1 try_all, 2 full packets, 3 time limits, 4 few octets between re-exchanges,
//       5 trace with octets, 6 guess hint, 7 several password tries.
EngineDriver::EngineDriver(std::uint32_t role, std::uint8_t config, std::uint8_t more)
    : provider_(null_provider(rng_)),
      client_(role == IPWORKSAUTH_CLIENT),
      gss_((config & 7) == kGssMethods &&
           why_unusable(kNullGss, GssContext::Role::initiator) == nullptr),
      output_([this] { return negotiated(false); }) {
  const auto bit = [more](unsigned n) { return (more >> n & 1U) != 0; };
  const Octets first = ed25519_blob(3), second = rsa_blob();
  const std::uint32_t flags = bit(0) ? IPWORKSAUTH_IDENTITY_PROBE : 0;
  const ipworksauth_identity keys[] = {{first.data(), first.size(), nullptr, flags},
                                       {second.data(), second.size(), nullptr, flags}};
  ipworksauth_engine_config c{};
  c.struct_size = sizeof c;
  c.role = role;
  c.provider = &provider_;
  c.compressions = "none,zlib@openssh.com";
  c.strict_kex = 1U + (config >> 3 & 3U);
  c.kex_guess = config >> 5 & 3U;
  c.pipelining = (config & 0x80) != 0 ? 2 : 1;
  c.max_packet = bit(2) ? 0 : 4096;
  c.login_timeout = bit(3) ? 10'000 : 0;
  c.keepalive_interval = bit(3) ? 1000 : 0;
  c.rekey_octets = bit(4) ? 4096 : 0;
  c.trace_len = bit(5) ? 4096 : 0;
  c.trace_octets = bit(5) ? 1 : 0;
  c.guess_hint = bit(6) ? "curve25519-sha256;ssh-ed25519" : nullptr;
  c.user = "alice";
  // A build without GSSAPI goes in by password where others do by a token.
  c.methods = kMethodLists[(config & 7) == kGssMethods && !gss_ ? 0 : config & 7];
  c.try_all = bit(1) ? 1 : 0;
  c.password_tries = bit(7) ? 3 : 0;
  c.identities = keys;
  c.num_identities = client_ ? std::size(keys) : 0;
  c.host_keys = keys;
  c.num_host_keys = client_ ? 0 : std::size(keys);
  c.banner = bit(1) ? "welcome" : nullptr;
  c.auth_methods = "publickey,password,keyboard-interactive";
  if (gss_) {
    c.gss = &kNullGss;
    c.kex_algorithms = kKexByGssAndWithout;
    c.auth_methods = "gssapi-with-mic,gssapi-keyex,password";
  }
  const std::size_t size = ipworksauth_engine_size(&c);
  require(size != 0);
  memory_ = std::make_unique<std::uint8_t[]>(size);
  const char* why = nullptr;
  require(ipworksauth_engine_create(&engine_, memory_.get(), size - 1, &c, &why) ==
          IPWORKSAUTH_E_ROOM);
  require(ipworksauth_engine_create(&engine_, memory_.get(), size, &c, &why) == IPWORKSAUTH_OK);
}

EngineDriver::~EngineDriver() { ipworksauth_engine_destroy(engine_); }

// By the key exchange itself, and the null mechanism's MIC was the only one it could be.
bool EngineDriver::host_proved() const { return gss_ && text(IPWORKSAUTH_TEXT_KEX)[0] == 'g'; }

std::string EngineDriver::text(std::uint32_t which) const {
  ipworksauth_octets view{};
  require(ipworksauth_engine_text(engine_, which, &view) >= 0);
  (void)sum(view);
  return std::string(as_text({view.data, view.len}));
}

std::string EngineDriver::why() const {
  ipworksauth_engine_error_info error{};
  require(ipworksauth_engine_error(engine_, &error) >= 0);
  return error.text;
}

Frame EngineDriver::negotiated(bool to_engine) const {
  const bool c2s = client_ != to_engine;
  return frame_of(text(c2s ? IPWORKSAUTH_TEXT_CIPHER_C2S : IPWORKSAUTH_TEXT_CIPHER_S2C),
                  text(c2s ? IPWORKSAUTH_TEXT_MAC_C2S : IPWORKSAUTH_TEXT_MAC_S2C));
}

PeerView EngineDriver::view() const {
  return {client_, text(IPWORKSAUTH_TEXT_KEX), text(IPWORKSAUTH_TEXT_HOST_KEY_ALGORITHM), last_};
}

// ---- one operation ------------------------------------------------------------------------------

void EngineDriver::step(Reader& ops) {
  const std::uint8_t op = ops.u8();
  if (op < 0x40) return say(op, ops.u8());
  switch (op % 12) {
    case 0: return feed(ops.take(std::min<std::size_t>(ops.u8(), ops.left())));
    case 1: {
      const std::size_t len = std::size_t{ops.u8()} << 8 | ops.u8();
      const Bytes payload = ops.take(std::min(len, ops.left()));
      return say_payload({payload.begin(), payload.end()});
    }
    case 2: return answer(ops.u8());
    case 3: require(answer_wrongly(ops.u8()) < 0); return;
    case 4: return send(SIZE_MAX);
    case 5: return send(ops.u8());
    case 6:
      now_ += ops.u32() % 100'000;
      require(ipworksauth_engine_tick(engine_, now_) <= 0);
      return;
    case 7: return act(ops.u8());
    case 8: piece_ = ops.u8(); return;
    case 9:
      xor_at_ = ops.u8();
      xor_with_ = ops.u8();
      return;
    case 10:
      for (const Octets& payload : honest_answer(ops.u8(), view())) say_payload(payload);
      return;
    default: return take_events();
  }
}

void EngineDriver::say(std::uint8_t which, std::uint8_t variant) {
  if (which % kNumSayings == 0) return feed(as_bytes(identification_line(variant, client_)));
  say_payload(saying(which, variant, view()));
}

void EngineDriver::say_payload(const Octets& payload) {
  if (payload.empty()) return;
  Octets packet = framed(payload, frame_);
  if (xor_with_ != 0) packet[xor_at_ % packet.size()] ^= xor_with_;
  xor_with_ = 0;
  feed(packet);
  if (payload[0] == 21) frame_ = negotiated(true);
}

void EngineDriver::feed(Bytes octets) {
  while (!octets.empty()) {
    const std::size_t len = piece_ == 0 ? octets.size() : std::min(piece_, octets.size());
    std::size_t used = SIZE_MAX;
    const int result = ipworksauth_engine_receive(engine_, octets.data(), len, &used);
    require(used <= len);
    require(result == IPWORKSAUTH_OK || (result == IPWORKSAUTH_E_CLOSED && used == len));
    octets = octets.subspan(used);
    if (piece_ != 0 || used < len) take_events();
    // An open question, or output that nobody sends, keeps the engine from taking more.
    if (used == 0) return;
  }
}

// ---- the application ----------------------------------------------------------------------------

void EngineDriver::take_events() {
  for (unsigned i = 0; i < kMostEvents; ++i) {
    ipworksauth_event event{};
    const int got = ipworksauth_engine_next_event(engine_, &event);
    require(got == 0 || got == 1);
    require(got == 0 || !ended_);  // ENDED is the last event
    look_at_output();
    if (got == 0) {
      require(question_ == 0 || ended_);
      return;
    }
    const bool aside = told_aside(event.kind);
    require(question_ == 0 || event.kind == question_ || aside ||
            event.kind == IPWORKSAUTH_EVENT_ENDED);
    const std::uint32_t open = question_;
    look_at(event);
    if (aside) question_ = open;
    // What is told aside may be answered over, or read on from until the question is repeated.
    if (question_ != 0 && (!aside || piece_ % 2 == 1)) return;
  }
  require(false);
}

// What a client may be told while it is asked for a signature: what servers say of their own
// accord.
bool EngineDriver::told_aside(std::uint32_t kind) const {
  return client_ && question_ == IPWORKSAUTH_EVENT_SIGN &&
         (kind == IPWORKSAUTH_EVENT_BANNER || kind == IPWORKSAUTH_EVENT_DEBUG);
}

void EngineDriver::look_at(const ipworksauth_event& event) {
  for (const auto* view : {&event.text, &event.language, &event.user, &event.method, &event.name,
                           &event.key, &event.algorithm, &event.data, &event.new_data})
    (void)sum(*view);
  const bool asked = event.kind >= IPWORKSAUTH_EVENT_HOST_KEY;
  question_ = asked ? event.kind : 0;
  num_ = event.num;
  algorithm_ = std::string(as_text({event.algorithm.data, event.algorithm.len}));
  switch (event.kind) {
    case IPWORKSAUTH_EVENT_ENDED:
      ended_ = true;
      require(event.code < 0);
      break;
    case IPWORKSAUTH_EVENT_AUTHENTICATED:
      require(!authenticated_);
      require(!client_ || host_key_accepted_);
      authenticated_ = true;
      break;
    case IPWORKSAUTH_EVENT_HOST_PROVED:  // in place of a verdict
      require(client_ && host_proved());
      host_key_accepted_ = true;
      break;
    case IPWORKSAUTH_EVENT_HOST_KEY:
      require(client_ && event.key.len != 0 && event.algorithm.len != 0);
      break;
    case IPWORKSAUTH_EVENT_SIGN: require(event.data.len != 0 && event.index < 2); break;
    case IPWORKSAUTH_EVENT_PASSWORD:
    case IPWORKSAUTH_EVENT_NEW_PASSWORD:
    case IPWORKSAUTH_EVENT_CUSTOM: require(client_ && host_key_accepted_); break;
    case IPWORKSAUTH_EVENT_PROMPTS: require(client_ && host_key_accepted_); [[fallthrough]];
    case IPWORKSAUTH_EVENT_RESPONSES: look_at_prompts(event.num); break;
    case IPWORKSAUTH_EVENT_REQUEST: require(!client_ && event.method.len != 0); break;
    default: require(event.kind <= IPWORKSAUTH_EVENT_GSS_ERROR); break;
  }
}

void EngineDriver::look_at_prompts(std::uint32_t num) {
  ipworksauth_octets view{};
  int echo = 0;
  for (std::uint32_t i = 0; i < num; ++i) {
    require(ipworksauth_engine_prompt(engine_, i, &view, i % 2 == 0 ? &echo : nullptr) >= 0);
    (void)sum(view);
  }
  require(ipworksauth_engine_prompt(engine_, num, &view, &echo) < 0);
  require(ipworksauth_engine_prompt(engine_, UINT32_MAX, &view, nullptr) < 0);
}

void EngineDriver::answer(std::uint8_t variant) {
  take_events();
  if (question_ == 0 || ended_) return;
  const int result = client_ || question_ == IPWORKSAUTH_EVENT_SIGN ? answer_client(variant)
                                                                    : answer_server(variant);
  require(result <= 0 && result != IPWORKSAUTH_E_STATE);
  if (result == IPWORKSAUTH_E_ARGUMENT) return;  // the question stays open
  question_ = 0;
  take_events();
}

int EngineDriver::answer_client(std::uint8_t variant) {
  const bool yes = variant % 4 != 0;
  switch (question_) {
    case IPWORKSAUTH_EVENT_HOST_KEY:
      host_key_accepted_ = yes;
      return ipworksauth_engine_answer_host_key(
          engine_, yes ? std::uint32_t{IPWORKSAUTH_ACCEPT_HOST_KEY} : variant);
    case IPWORKSAUTH_EVENT_SIGN: {
      const Octets signature = signature_blob(variant % 8 == 5 ? "ssh-dss" : algorithm_);
      return ipworksauth_engine_answer_signature(engine_, yes ? signature.data() : nullptr,
                                                 yes ? signature.size() : 0);
    }
    case IPWORKSAUTH_EVENT_PASSWORD:
      return ipworksauth_engine_answer_password(engine_, yes ? "secret" : nullptr, yes ? 6 : 0);
    case IPWORKSAUTH_EVENT_NEW_PASSWORD:
      return ipworksauth_engine_answer_new_password(engine_, yes ? "old" : nullptr, yes ? 3 : 0,
                                                    yes ? "new" : nullptr, yes ? 3 : 0);
    case IPWORKSAUTH_EVENT_PROMPTS: return answer_prompts(variant);
    case IPWORKSAUTH_EVENT_CUSTOM: {
      const std::uint8_t payload[] = {variant, 0, 0, 0, 0};
      return ipworksauth_engine_answer_custom(engine_, yes ? payload : nullptr,
                                              yes ? sizeof payload : 0);
    }
    default: require(false); return 0;
  }
}

int EngineDriver::answer_prompts(std::uint8_t variant) {
  static constexpr std::uint8_t kAnswer[] = {'y', 'e', 's'};
  const std::size_t num = variant % 8 == 5 ? num_ + 1 : num_;
  const std::vector<ipworksauth_octets> responses(num, {kAnswer, sizeof kAnswer});
  if (variant % 4 == 0) return ipworksauth_engine_answer_prompts(engine_, nullptr, 0);
  return ipworksauth_engine_answer_prompts(engine_, responses.data(), num);
}

int EngineDriver::answer_server(std::uint8_t variant) {
  static constexpr ipworksauth_prompt kPrompts[] = {{"Password: ", 0}, {"Code: ", 1}};
  switch (variant % 6) {
    case 0: return ipworksauth_engine_answer_request(engine_, IPWORKSAUTH_REFUSE, nullptr);
    case 1: return ipworksauth_engine_answer_request(engine_, IPWORKSAUTH_ACCEPT, nullptr);
    case 2: return ipworksauth_engine_answer_request(engine_, IPWORKSAUTH_PARTIAL, "password");
    case 3: {
      // Right for a password request only, and then refused with nothing changed.
      const int result = ipworksauth_engine_answer_change(engine_, "New password");
      return result == IPWORKSAUTH_E_STATE ? IPWORKSAUTH_E_ARGUMENT : result;
    }
    case 4: {
      const int result = ipworksauth_engine_answer_ask(engine_, "name", "instruction", kPrompts,
                                                       (variant / 6) % 3);
      return result == IPWORKSAUTH_E_STATE ? IPWORKSAUTH_E_ARGUMENT : result;
    }
    default: return ipworksauth_engine_answer_request(engine_, variant, "publickey");
  }
}

// An answer to a question that is not open must be refused, whatever it holds.
int EngineDriver::answer_wrongly(std::uint8_t which) {
  take_events();
  const ipworksauth_octets none{nullptr, 0};
  const std::uint8_t payload[] = {60};
  const auto open = [this](std::uint32_t kind) { return !ended_ && question_ == kind; };
  switch (which % 7) {
    case 0:
      if (open(IPWORKSAUTH_EVENT_HOST_KEY)) break;
      return ipworksauth_engine_answer_host_key(engine_, IPWORKSAUTH_ACCEPT_HOST_KEY);
    case 1:
      if (open(IPWORKSAUTH_EVENT_SIGN)) break;
      return ipworksauth_engine_answer_signature(engine_, payload, sizeof payload);
    case 2:
      if (open(IPWORKSAUTH_EVENT_PASSWORD)) break;
      return ipworksauth_engine_answer_password(engine_, "secret", 6);
    case 3:
      if (open(IPWORKSAUTH_EVENT_NEW_PASSWORD)) break;
      return ipworksauth_engine_answer_new_password(engine_, "old", 3, "new", 3);
    case 4:
      if (open(IPWORKSAUTH_EVENT_PROMPTS)) break;
      return ipworksauth_engine_answer_prompts(engine_, &none, 1);
    case 5:
      if (open(IPWORKSAUTH_EVENT_CUSTOM)) break;
      return ipworksauth_engine_answer_custom(engine_, payload, sizeof payload);
    default:
      if (open(IPWORKSAUTH_EVENT_REQUEST) || open(IPWORKSAUTH_EVENT_RESPONSES)) break;
      return ipworksauth_engine_answer_request(engine_, IPWORKSAUTH_ACCEPT, nullptr);
  }
  return -1;  // that question is open: nothing to test
}

void EngineDriver::act(std::uint8_t which) {
  switch (which % 5) {
    case 0: (void)ipworksauth_engine_rekey(engine_); break;
    case 1: (void)ipworksauth_engine_ignore(engine_, which); break;
    case 2:
      (void)ipworksauth_engine_disconnect(engine_, 11, which > 127 ? nullptr : "enough");
      break;
    case 3: (void)ipworksauth_engine_receive_end(engine_); break;
    default: rng_.fails = !rng_.fails; break;
  }
}

// ---- what the engine says -----------------------------------------------------------------------

void EngineDriver::send(std::size_t len) {
  look_at_output();
  const std::uint8_t* out = nullptr;
  std::size_t pending = 0;
  const int got = ipworksauth_engine_pending(engine_, &out, &pending);
  require(got == (pending != 0 ? 1 : 0));
  require(ipworksauth_engine_sent(engine_, pending + 1) == IPWORKSAUTH_E_ARGUMENT);
  const std::size_t now = std::min(len, pending);
  require(ipworksauth_engine_sent(engine_, now) >= 0);
  seen_ -= now;
}

// Octets that are pending stay until they are sent, and new ones come behind them.
void EngineDriver::look_at_output() {
  const std::uint8_t* out = nullptr;
  std::size_t pending = 0;
  (void)ipworksauth_engine_pending(engine_, &out, &pending);
  if (pending < seen_) {
    // Only after the peer's DISCONNECT: what was not sent then is dropped for good.
    ipworksauth_engine_error_info error{};
    require(ipworksauth_engine_error(engine_, &error) >= 0);
    require(error.code == IPWORKSAUTH_E_PEER_DISCONNECTED && pending == 0);
    disconnected_ = true;
    seen_ = 0;
  }
  const Bytes fresh = Bytes(out, pending).subspan(seen_);
  seen_ = pending;
  require(output_.read(fresh, [this](Bytes payload) { look_at_sent(payload); }));
}

void EngineDriver::look_at_sent(Bytes payload) {
  const std::uint8_t msg = payload[0];
  require(!disconnected_);  // nothing follows a DISCONNECT
  disconnected_ = msg == 1;
  last_.assign(payload.begin(), payload.end());
  if (on_sent) on_sent(payload);
  // RFC 4253 §7.1: between our KEXINIT and our NEWKEYS only these may leave, and one KEXINIT.
  if (in_exchange_) require(msg <= 4 || msg == 21 || (msg >= 30 && msg <= 49));
  if (msg == 20) {
    in_exchange_ = true;
    ++kexinits_;
  }
  if (msg == 21) {
    in_exchange_ = false;
    require(++newkeys_ == kexinits_);
  }
  // Nothing of authentication before keys, and on a client's side before its verdict.
  if (msg == 5 || msg == 6 || (msg >= 50 && msg < 100))
    require(newkeys_ > 0 && (!client_ || host_key_accepted_ || host_proved()));
  if (client_)
    require(msg != 6 && (msg != 31 || gss_) &&
            (msg < 51 || msg == 61 || msg >= 80 || last_[0] != 52));
  if (!client_) require(msg != 5 && msg != 30 && msg != 50 && (msg != 61 || gss_));
}

// The part of a traced message that must be blank: all that a client sends to authenticate; what a
// server receives where passwords are. A peer may say the same word anywhere else.
Bytes EngineDriver::credentials(const ipworksauth_trace_record& record) const {
  const Bytes payload{record.payload.data, record.payload.len};
  if (client_)
    return record.outgoing == 1 && record.message >= 50 && record.message < 80 ? payload : Bytes{};
  if (record.outgoing == 1 || payload.empty()) return {};
  if (record.message == 61) return payload;
  UserauthRequest request;
  if (record.message != 50 || decode(payload, request) != Errc::ok) return {};
  const bool may_hold = request.method != "publickey" && request.method != "keyboard-interactive";
  return may_hold ? request.rest : Bytes{};
}

// ---- always -------------------------------------------------------------------------------------

void EngineDriver::check() {
  ipworksauth_engine_facts facts{};
  require(ipworksauth_engine_get_facts(engine_, &facts) >= 0);
  require(facts.stage >= IPWORKSAUTH_STAGE_IDENTIFICATION &&
          facts.stage <= IPWORKSAUTH_STAGE_ENDED);
  require(!ended_ || facts.stage == IPWORKSAUTH_STAGE_ENDED);
  require(facts.stage != IPWORKSAUTH_STAGE_OPEN || !client_ || host_key_accepted_ || host_proved());
  ipworksauth_engine_error_info error{};
  require(ipworksauth_engine_error(engine_, &error) >= 0);
  require(error.text != nullptr && error.name != nullptr);
  require((error.code != 0) == (facts.stage == IPWORKSAUTH_STAGE_ENDED) || !ended_);
  if (ended_) {
    std::size_t used = 0;
    const std::uint8_t octet = 0;
    require(error.code < 0);
    require(ipworksauth_engine_receive(engine_, &octet, 1, &used) == IPWORKSAUTH_E_CLOSED);
    require(used == 1);
  }
  for (std::uint32_t which = 0; which <= IPWORKSAUTH_TEXT_GUESS_HINT + 1; ++which) {
    ipworksauth_octets fact{};
    (void)ipworksauth_engine_text(engine_, which, &fact);
    (void)sum(fact);
    if (which != IPWORKSAUTH_TEXT_SESSION_ID || fact.len == 0) continue;
    // RFC 4253 §7.2: the first exchange hash, for the life of the connection.
    if (session_id_.empty()) session_id_ = copy(fact);
    require(ended_ || session_id_ == copy(fact));
  }
  ipworksauth_trace_record record{};
  while (ipworksauth_engine_trace(engine_, &record) == 1) {
    require(record.name != nullptr);
    (void)sum(record.payload);
    require(as_text(credentials(record)).find("secret") == std::string_view::npos);
  }
  std::uint64_t when = 0;
  (void)ipworksauth_engine_deadline(engine_, &when);
}

}  // namespace sshauth
