#include "tests/core/misbehave.hpp"

#include <stdexcept>
#include <utility>

#include "lib/crypto/public_key.hpp"
#include "lib/wire/name_list.hpp"

namespace sshauth::test {
namespace {

std::string str(Bytes octets) { return std::string(as_text(octets)); }
std::string str(const ipworksauth_octets& o) { return str(Bytes(o.data, o.len)); }
Octets copy(Bytes octets) { return {octets.begin(), octets.end()}; }

std::vector<std::max_align_t> room_for(std::size_t octets) {
  return std::vector<std::max_align_t>(octets / sizeof(std::max_align_t) + 1);
}
MutBytes octets_of(std::vector<std::max_align_t>& memory) {
  return {reinterpret_cast<std::uint8_t*>(memory.data()), memory.size() * sizeof(std::max_align_t)};
}

void need(bool ok, const char* what) {
  if (!ok) throw std::logic_error(what);
}

template <class Write>
Octets written(Write write) {
  Octets out(8192);
  Writer w(out);
  write(w);
  need(w.ok(), "a payload of the test is too long");
  out.resize(w.len());
  return out;
}

}  // namespace

Octets false_ed25519(std::uint8_t fill) {
  return written([&](Writer& w) { w.string("ssh-ed25519").string(Octets(32, fill)); });
}
Octets false_signature(std::string_view algorithm) {
  return written([&](Writer& w) { w.string(algorithm).string(Octets(64, 1)); });
}

// ---- Misbehaver ------------------------------------------------------------------------------

Misbehaver::Keys::Keys(const Provider& provider)
    : cipher(room_for(largest_ctx(ciphers(provider)))), mac(room_for(largest_ctx(macs(provider)))) {
  protection.cipher_ctx = octets_of(cipher);
  protection.mac_ctx = octets_of(mac);
}

Misbehaver::Misbehaver(const Provider& provider, Ways its_ways)
    : ways(std::move(its_ways)),
      provider_(provider),
      agreement_ctx_(room_for(largest_agreement_ctx(provider))),
      hash_ctx_(room_for(largest_ctx(hashes(provider)))),
      family_(room_for(kex_memory_len(provider, true))),
      in_memory_(80'000),
      out_memory_(200'000) {
  in_.set_memory(in_memory_);
  reader_.start(in_, PacketReader::kMaxLength, {});
  writer_.start(out_memory_, 40'000, {}, provider.rng);
  kex_.set_memory(octets_of(agreement_ctx_), octets_of(hash_ctx_), octets_of(family_));
}
Misbehaver::~Misbehaver() = default;

void Misbehaver::raw(Bytes octets) {
  need(writer_.put_raw(octets) == Errc::ok, "the test says too much at once");
}
void Misbehaver::raw(std::string_view octets) { raw(as_bytes(octets)); }

void Misbehaver::say(Bytes payload) {
  Writer w = writer_.begin();
  w.raw(payload);
  need(writer_.commit(w) == Errc::ok, "the test says too much at once");
}

void Misbehaver::identify(std::string_view end) {
  raw(ways.identification);
  raw(end);
}

Octets Misbehaver::make_kexinit() {
  static constexpr std::uint8_t kCookie[16] = {4, 8, 15, 16, 23, 42};
  std::string kex = ways.kex;
  if (!first_done_ && ways.ext_info) kex += ways.server ? ",ext-info-s" : ",ext-info-c";
  if (!first_done_ && ways.strict)
    kex += ways.server ? ",kex-strict-s-v00@openssh.com" : ",kex-strict-c-v00@openssh.com";
  const std::string& s2c =
      ways.compressions_s2c.empty() ? ways.compressions : ways.compressions_s2c;
  KexInit m;
  m.cookie = kCookie;
  m.list = {kex,       ways.host_keys,    ways.ciphers, ways.ciphers, ways.macs,
            ways.macs, ways.compressions, s2c,          "",           ""};
  m.first_kex_packet_follows = ways.follows;
  return payload_of(m);
}

void Misbehaver::kexinit() {
  our_kexinit = make_kexinit();
  say(our_kexinit);
}

std::string Misbehaver::agreed(KexInit::List list) const {
  KexInit ours, theirs;
  need(decode(our_kexinit, ours) == Errc::ok && decode(their_kexinit, theirs) == Errc::ok,
       "both KEXINITs are needed first");
  const KexInit& client = ways.server ? theirs : ours;
  const KexInit& server = ways.server ? ours : theirs;
  for (std::string_view rest = client.list[list], name; next_name(rest, name);)
    if (list_contains(server.list[list], name)) return std::string(name);
  throw std::logic_error("nothing in common");
}

void Misbehaver::choose(std::string_view method) {
  const KexMethod* row = find_method(provider_, method);
  need(row != nullptr && kex_.choose(provider_, *row, ways.groups) == Errc::ok, "no such method");
  method_chosen_ = true;
  if (!is_by_gss(*row)) return;
  need(ways.gss != nullptr, "the test gives no mechanism");
  gss_ctx_ = room_for(ways.gss->ctx_len);
  gss_room_.resize(4096);
  gss_.set_memory(octets_of(gss_ctx_));
  gss_.begin(*ways.gss, GssContext::Role::acceptor);
  kex_.use_gss({&gss_, gss_room_, {}});
}

void Misbehaver::start_hash() {
  const Bytes ours = as_bytes(ways.identification), theirs = as_bytes(their_identification);
  const Errc e = ways.server ? kex_.start_hash(theirs, ours, their_kexinit, our_kexinit)
                             : kex_.start_hash(ours, theirs, our_kexinit, their_kexinit);
  need(e == Errc::ok, "the hash does not start");
}

// Before their KEXINIT is here it is a guess: the first of our methods.
void Misbehaver::kex_init() {
  if (their_kexinit.empty())
    choose(first_name(ways.kex));
  else
    choose(agreed(KexInit::kex));
  say(written([&](Writer& w) { need(kex_.open(w) == Errc::ok, "no value"); }));
}

// What the method writes where a message of it has come.
Octets Misbehaver::run_method(Bytes payload, KexStep wanted) {
  KexStep step = KexStep::wait;
  return written([&](Writer& w) {
    need(kex_.take(payload, !ways.server, w, step) == Errc::ok && step == wanted,
         "the engine's value is refused");
  });
}

void Misbehaver::begin_as_server() {
  choose(agreed(KexInit::kex));
  start_hash();
  need(kex_.await(ways.host_key) == Errc::ok, "the method has no server half");
}

void Misbehaver::group() {
  need(!their_init_.empty(), "no request is here to reply to");
  begin_as_server();
  say(run_method(std::exchange(their_init_, {}), KexStep::send));
}

void Misbehaver::init_in_group() {
  need(!their_group_.empty(), "no group is here to work in");
  say(run_method(std::exchange(their_group_, {}), KexStep::send));
}

Octets Misbehaver::make_kex_reply() {
  need(!their_init_.empty(), "no init is here to reply to");
  if (their_init_[0] != number(Msg::kex_32)) begin_as_server();
  run_method(their_init_, KexStep::agreed);
  Octets signature =
      is_by_gss(*kex_.method()) ? make_mic() : false_signature(agreed(KexInit::host_key));
  if (ways.private_key != nullptr) {
    const SigAlg* alg = find(sigs(provider_), agreed(KexInit::host_key));
    signature = written([&](Writer& w) {
      need(make_signature(w, *alg, provider_.rng, *ways.private_key, kex_.hash()) == Errc::ok,
           "no signature");
    });
  }
  return written([&](Writer& w) { kex_.write_reply(w, signature); });
}

Octets Misbehaver::make_mic() {
  std::uint8_t room[kMaxGssMic];
  Bytes mic;
  need(gss_.get_mic(kex_.hash(), room, mic), "the mechanism makes no MIC");
  Octets out = copy(mic);
  if (ways.false_mic) out[0] ^= 1;
  return out;
}

void Misbehaver::kex_reply() {
  say(make_kex_reply());
  make_keys();
  their_init_.clear();
}

void Misbehaver::newkeys() {
  say(NewKeys{});
  if (out_next_ == nullptr) return;
  writer_.use(out_next_->protection);
  out_now_ = std::move(out_next_);
  first_done_ = true;
  if (strict_) writer_.reset_sequence();
}

Octets Misbehaver::take() {
  const Octets out = copy(writer_.pending());
  writer_.sent(out.size());
  return out;
}

void Misbehaver::make_direction(std::unique_ptr<Keys>& out, bool encrypt, const char* letters) {
  const bool c2s = letters[0] == 'A';
  Suite suite;
  suite.cipher = find(ciphers(provider_), agreed(c2s ? KexInit::cipher_c2s : KexInit::cipher_s2c));
  if (needs_mac(*suite.cipher))
    suite.mac = find(macs(provider_), agreed(c2s ? KexInit::mac_c2s : KexInit::mac_s2c));
  Octets iv(64), key(64), mac(64);
  for (auto [octets, letter] : {std::pair{&iv, letters[0]}, {&key, letters[1]}, {&mac, letters[2]}})
    need(kex_.derive(*octets, letter, session_id) == Errc::ok, "no key");
  out = std::make_unique<Keys>(provider_);
  need(out->protection.start(suite, encrypt, key, iv, mac), "the keys do not start");
}

void Misbehaver::make_keys() {
  if (session_id.empty()) session_id = copy(kex_.hash());
  make_direction(in_next_, false, ways.server ? "ACE" : "BDF");
  make_direction(out_next_, true, ways.server ? "BDF" : "ACE");
  method_chosen_ = false;
}

void Misbehaver::hear(Bytes octets) {
  while (their_identification.empty() && !octets.empty()) {
    const char c = static_cast<char>(octets[0]);
    octets = octets.subspan(1);
    if (c != '\n') {
      if (c != '\r') line_ += c;
      continue;
    }
    if (line_.rfind("SSH-", 0) == 0) their_identification = line_;
    line_.clear();
  }
  while (broken.empty() && !octets.empty()) {
    octets = octets.subspan(in_.feed(octets));
    OpenResult r = reader_.next();
    for (; r.kind == Opened::packet; r = reader_.next()) look_at(r.payload);
    if (r.kind == Opened::failed) broken = std::string(error_row(r.why).name);
  }
}

// What an honest peer has to notice to be able to go on; it answers nothing by itself.
void Misbehaver::look_at(Bytes payload) {
  heard.push_back(copy(payload));
  switch (payload[0]) {
    case 20: {
      their_kexinit = copy(payload);
      KexInit m;
      need(decode(their_kexinit, m) == Errc::ok, "the engine's KEXINIT is malformed");
      follows_heard = m.first_kex_packet_follows;
      their_guess_wrong_ = follows_heard && (first_name(m.list[0]) != first_name(ways.kex) ||
                                             first_name(m.list[1]) != first_name(ways.host_keys));
      if (!first_done_)
        strict_ =
            ways.strict && list_contains(m.list[0], ways.server ? "kex-strict-c-v00@openssh.com"
                                                                : "kex-strict-s-v00@openssh.com");
      break;
    }
    case 30:
      if (ways.server && !std::exchange(their_guess_wrong_, false)) their_init_ = copy(payload);
      break;
    case 32:
    case 34:
      if (ways.server) their_init_ = copy(payload);
      break;
    case 31:
    case 33:
      if (!ways.server && payload[0] == 31 && kex_.title(31) != nullptr) {
        their_group_ = copy(payload);
      } else if (!ways.server && method_chosen_) {
        start_hash();
        run_method(payload, KexStep::agreed);
        make_keys();
      }
      break;
    case 21:
      need(in_next_ != nullptr, "the engine's NEWKEYS comes without keys");
      reader_.use(in_next_->protection);
      in_now_ = std::move(in_next_);
      if (strict_) reader_.reset_sequence();
      break;
    default: break;
  }
}

// ---- Subject ---------------------------------------------------------------------------------

namespace {

std::string name_of_event(const ipworksauth_event& ev) {
  switch (ev.kind) {
    case IPWORKSAUTH_EVENT_IDENTIFIED: return "identified";
    case IPWORKSAUTH_EVENT_NEGOTIATED: return "negotiated";
    case IPWORKSAUTH_EVENT_KEYS_ACTIVE: return "keys";
    case IPWORKSAUTH_EVENT_EXT_INFO: return "ext-info";
    case IPWORKSAUTH_EVENT_BANNER: return "banner";
    case IPWORKSAUTH_EVENT_ATTEMPT:
      return "attempt:" + str(ev.method) +
             ((ev.flags & IPWORKSAUTH_FLAG_PROBE) != 0 ? ":probe" : "");
    case IPWORKSAUTH_EVENT_REFUSED:
      return (ev.flags & IPWORKSAUTH_FLAG_PARTIAL) != 0 ? "partial" : "refused";
    case IPWORKSAUTH_EVENT_AUTHENTICATED: return "authenticated";
    case IPWORKSAUTH_EVENT_DEBUG: return "debug";
    case IPWORKSAUTH_EVENT_HOST_PROVED: return "host-proved";
    case IPWORKSAUTH_EVENT_GSS_ERROR: return "gss-error";
    case IPWORKSAUTH_EVENT_ENDED: return "ended";
    case IPWORKSAUTH_EVENT_PRELINE: return "preline";
    case IPWORKSAUTH_EVENT_HOST_KEY: return "host-key?";
    case IPWORKSAUTH_EVENT_SIGN: return "sign?";
    case IPWORKSAUTH_EVENT_PASSWORD: return "password?";
    case IPWORKSAUTH_EVENT_NEW_PASSWORD: return "new-password?";
    case IPWORKSAUTH_EVENT_PROMPTS: return "prompts?";
    case IPWORKSAUTH_EVENT_CUSTOM: return "custom?";
    case IPWORKSAUTH_EVENT_REQUEST: return "request?";
    case IPWORKSAUTH_EVENT_RESPONSES: return "responses?";
    default: return "event-" + std::to_string(ev.kind);
  }
}

}  // namespace

bool answer_plainly(ipworksauth_engine* e, const ipworksauth_event& ev) {
  switch (ev.kind) {
    case IPWORKSAUTH_EVENT_HOST_KEY:
      return ipworksauth_engine_answer_host_key(e, IPWORKSAUTH_ACCEPT_HOST_KEY) == 0;
    case IPWORKSAUTH_EVENT_SIGN: {
      const Octets s = false_signature(str(ev.algorithm));
      return ipworksauth_engine_answer_signature(e, s.data(), s.size()) == 0;
    }
    case IPWORKSAUTH_EVENT_PASSWORD: return ipworksauth_engine_answer_password(e, "secret", 6) == 0;
    case IPWORKSAUTH_EVENT_NEW_PASSWORD:
      return ipworksauth_engine_answer_new_password(e, "secret", 6, "newer", 5) == 0;
    case IPWORKSAUTH_EVENT_PROMPTS: {
      const Octets text = {'s', 'e', 'c', 'r', 'e', 't'};
      const std::vector<ipworksauth_octets> all(ev.num + 1, {text.data(), text.size()});
      return ipworksauth_engine_answer_prompts(e, all.data(), ev.num) == 0;
    }
    case IPWORKSAUTH_EVENT_REQUEST:
    case IPWORKSAUTH_EVENT_RESPONSES:
      return ipworksauth_engine_answer_request(e, IPWORKSAUTH_REFUSE, nullptr) == 0;
    default: return false;
  }
}

Subject::Subject(const ipworksauth_engine_config& config) : answer(answer_plainly) {
  block_ = room_for(ipworksauth_engine_size(&config));
  const char* why = nullptr;
  if (ipworksauth_engine_create(&engine_, block_.data(), block_.size() * sizeof(std::max_align_t),
                                &config, &why) != 0)
    throw std::runtime_error(why);
}
Subject::~Subject() { ipworksauth_engine_destroy(engine_); }

void Subject::work() {
  ipworksauth_event ev;
  std::uint32_t open = facts().question;  // an open question is told once in `events`
  while (ipworksauth_engine_next_event(engine_, &ev) == 1) {
    if (ev.kind != open)
      events.push_back(name_of_event(ev));
    else
      open = 0;
    if (ev.kind >= IPWORKSAUTH_EVENT_HOST_KEY && !answer(engine_, ev)) return;
  }
}

Octets Subject::speak() {
  Octets out;
  const std::uint8_t* at = nullptr;
  std::size_t len = 0;
  for (work(); ipworksauth_engine_pending(engine_, &at, &len) == 1; work()) {
    out.insert(out.end(), at, at + len);
    ipworksauth_engine_sent(engine_, len);
    push();
  }
  return out;
}

void Subject::hear(Bytes octets) {
  backlog_.insert(backlog_.end(), octets.begin(), octets.end());
  push();
}

// Gives it what it takes; the rest waits until a question is answered or output has left.
void Subject::push() {
  std::size_t used = 1;
  while (!backlog_.empty() && used != 0) {
    ipworksauth_engine_receive(engine_, backlog_.data(), backlog_.size(), &used);
    backlog_.erase(backlog_.begin(), backlog_.begin() + static_cast<std::ptrdiff_t>(used));
    if (!backlog_.empty()) work();
  }
}

std::string Subject::ended() const {
  ipworksauth_engine_error_info info{};
  ipworksauth_engine_error(engine_, &info);
  return info.code == 0 ? "" : info.name;
}
std::string Subject::why() const {
  ipworksauth_engine_error_info info{};
  ipworksauth_engine_error(engine_, &info);
  return info.text;
}
ipworksauth_engine_facts Subject::facts() const {
  ipworksauth_engine_facts facts{};
  ipworksauth_engine_get_facts(engine_, &facts);
  return facts;
}
std::string Subject::text(std::uint32_t which) const {
  ipworksauth_octets o{};
  ipworksauth_engine_text(engine_, which, &o);
  return str(o);
}
bool Subject::has(std::string_view event) const {
  for (const std::string& each : events)
    if (each == event) return true;
  return false;
}

// ---- Duel ------------------------------------------------------------------------------------

void Duel::carry() {
  for (int round = 0; round < 10'000; ++round) {
    const Octets out = subject.speak(), in = peer.take();
    if (out.empty() && in.empty()) return;
    peer.hear(out);
    subject.hear(in);
  }
  throw std::logic_error("the duel does not end");
}

std::string Duel::outcome() {
  std::string out;
  const auto add = [&out](const std::string& word) {
    if (!out.empty()) out += ' ';
    out += word;
  };
  for (; events_seen_ < subject.events.size(); ++events_seen_)
    if (subject.events[events_seen_] != "ended") add(subject.events[events_seen_]);
  for (const Octets& payload : peer.heard) add("says-" + std::to_string(payload[0]));
  peer.heard.clear();
  if (!peer.broken.empty()) add("broken");
  if (const std::string error = subject.ended(); !error.empty()) add("ends:" + error);
  return out.empty() ? "nothing" : out;
}

Setup::Setup(const Provider& provider, std::uint32_t role) : key_(false_ed25519(7)) {
  config.struct_size = sizeof config;
  config.role = role;
  config.provider = &provider;
  config.user = "alice";
  config.methods = "password";
  row_ = {key_.data(), key_.size(), nullptr, 0};
  if (role == IPWORKSAUTH_SERVER) {
    config.host_keys = &row_;
    config.num_host_keys = 1;
  }
}

}  // namespace sshauth::test
