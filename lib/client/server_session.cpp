#include "lib/client/server_session.hpp"

#include <algorithm>

#include "lib/client/engine_config.hpp"
#include "lib/client/views.hpp"
#include "lib/keys/key_error.hpp"

namespace sshauth {
namespace {

constexpr std::uint32_t kByApplication = 11;  // RFC 4253 §11.1

const char* or_default(const std::string& text) noexcept {
  return text.empty() ? nullptr : text.c_str();
}

void add_method(std::string& list, std::string_view method) {
  if (("," + list + ",").find("," + std::string(method) + ",") != std::string::npos) return;
  if (!list.empty()) list += ',';
  list += method;
}

// What any of the users may do: the same for everybody, so that it tells nobody who exists.
std::string all_methods(const AuthServerConfig& config) {
  std::string out;
  for (const ServerUser& user : config.users) {
    if (!user.required.empty()) add_method(out, user.required.front());
    if (!user.required.empty()) continue;
    if (!user.authorized_keys.empty()) add_method(out, "publickey");
    if (user.password) add_method(out, "password");
    if (!user.rounds.empty()) add_method(out, "keyboard-interactive");
  }
  return out.empty() ? "publickey,password" : out;
}

// And what may follow a partial success: the engine asks about no method that is not listed.
std::string every_method(const AuthServerConfig& config) {
  std::string out = all_methods(config);
  for (const ServerUser& user : config.users)
    for (const std::string& method : user.required) add_method(out, method);
  return out;
}

}  // namespace

void ServerSession::Free::operator()(ipworksauth_engine* e) const noexcept {
  ipworksauth_engine_destroy(e);
}

ServerSession::ServerSession(AuthServerConfig& config, AuthServerObserver* observer,
                             unsigned number)
    : config_(config), observer_(observer), number_(number) {}

ServerSession::~ServerSession() = default;

bool ServerSession::start(std::string& why) {
  const std::string methods = every_method(config_);
  std::vector<ipworksauth_identity> host_keys;
  for (const auto& key : config_.host_keys)
    host_keys.push_back({key->public_blob().data(), key->public_blob().size(), nullptr, 0});
  ipworksauth_engine_config c{};
  c.struct_size = sizeof c;
  c.role = IPWORKSAUTH_SERVER;
  c.provider = config_.provider;
  c.identification = or_default(config_.identification);
  c.kex_algorithms = or_default(config_.kex_algorithms);
  c.ciphers = or_default(config_.ciphers);
  c.macs = or_default(config_.macs);
  c.compressions = or_default(config_.compressions);
  c.strict_kex = engine_strict_kex(config_.strict_kex);
  c.rekey_octets = config_.rekey_octets;
  c.host_keys = host_keys.data();
  c.num_host_keys = host_keys.size();
  c.banner = or_default(config_.banner);
  c.auth_methods = methods.c_str();
  c.max_attempts = config_.max_attempts;

  ipworksauth_engine* engine = nullptr;
  const char* reason = "a setting is not allowed";
  constexpr std::size_t kAlign = 16;
  const std::size_t size = ipworksauth_engine_size(&c);
  std::size_t room = size + kAlign;
  block_ = std::make_unique<std::uint8_t[]>(room);
  void* at = block_.get();
  if (ipworksauth_engine_create(&engine, std::align(kAlign, size, at, room), size, &c, &reason) !=
      IPWORKSAUTH_OK) {
    why = reason;
    return false;
  }
  engine_.reset(engine);
  return true;
}

void ServerSession::work(std::uint64_t now) {
  ipworksauth_engine_tick(engine_.get(), now);
  Event event{};
  while (!ended_ && ipworksauth_engine_next_event(engine_.get(), &event) == 1) {
    handle(event);
    event = {};
  }
}

std::size_t ServerSession::receive(Bytes octets) {
  std::size_t used = 0;
  const int result = ipworksauth_engine_receive(engine_.get(), octets.data(), octets.size(), &used);
  return result == IPWORKSAUTH_OK || result == IPWORKSAUTH_E_CLOSED ? used : octets.size();
}

void ServerSession::receive_end() { ipworksauth_engine_receive_end(engine_.get()); }

Bytes ServerSession::pending() const {
  const std::uint8_t* out = nullptr;
  std::size_t len = 0;
  if (ipworksauth_engine_pending(engine_.get(), &out, &len) != 1) return {};
  return {out, len};
}

void ServerSession::sent(std::size_t len) { ipworksauth_engine_sent(engine_.get(), len); }

void ServerSession::disconnect(const char* text) {
  ipworksauth_engine_disconnect(engine_.get(), kByApplication, text);
}

void ServerSession::handle(const Event& event) {
  switch (event.kind) {
    case IPWORKSAUTH_EVENT_IDENTIFIED:
      return log("The client's identification: " + printable(text_of(event.text), 300));
    case IPWORKSAUTH_EVENT_SIGN: return do_sign(event);
    case IPWORKSAUTH_EVENT_REQUEST: return do_request(event);
    case IPWORKSAUTH_EVENT_RESPONSES: return do_responses(event);
    case IPWORKSAUTH_EVENT_AUTHENTICATED:
      authenticated_ = true;
      if (observer_ != nullptr)
        observer_->authenticated(number_, user_name_, text_of(event.method));
      return;
    case IPWORKSAUTH_EVENT_ENDED: {
      ipworksauth_engine_error_info info{};
      ipworksauth_engine_error(engine_.get(), &info);
      ended_ = true;
      code_ = authenticated_ ? 0 : info.object_code;
      text_ = info.text != nullptr ? info.text : "";
      return;
    }
    default: return;
  }
}

void ServerSession::do_sign(const Event& event) {
  const bool known = event.index < config_.host_keys.size();
  const Identity* key = known ? config_.host_keys[event.index].get() : nullptr;
  Blob signature;
  if (key != nullptr && key->private_key() != nullptr &&
      ipworksauth_engine_answer_private_key(engine_.get(), key->private_key()) == IPWORKSAUTH_OK)
    return;
  if (key != nullptr &&
      key->sign(text_of(event.algorithm), bytes_of(event.data), *config_.provider, signature)
          .ok()) {
    ipworksauth_engine_answer_signature(engine_.get(), signature.data(), signature.size());
    return;
  }
  ipworksauth_engine_answer_signature(engine_.get(), nullptr, 0);
}

// RFC 4252 §5: with another user name everything begins anew.
void ServerSession::begin_user(std::string_view name) {
  if (user_set_ && user_name_ == name) return;
  user_set_ = true;
  user_name_ = std::string(name);
  user_ = nullptr;
  for (ServerUser& user : config_.users)
    if (user.name == name) user_ = &user;
  passed_ = 0;
  used_keys_.clear();
}

void ServerSession::do_request(const Event& event) {
  begin_user(text_of(event.user));
  const std::string_view method = text_of(event.method);
  if (method == "password") return judge_password(event);
  if (method == "publickey") return judge_key(event);
  if (method == "keyboard-interactive") {
    round_ = 0;
    return ask_round();
  }
  decide(std::string(method), method == "none" && user_ != nullptr && user_->may_come_in_without);
}

bool ServerSession::password_fits(std::string_view given) const {
  // Nobody is compared with a password too, and does not fit it.
  static const std::string kNobody = "\x01nobody";
  const bool has = user_ != nullptr && user_->password;
  const bool equal = ct_equal(as_bytes(given), as_bytes(has ? *user_->password : kNobody));
  return equal && has;
}

void ServerSession::judge_password(const Event& event) {
  const bool fits = password_fits(text_of(event.data));
  if (fits && user_->must_change_password) {
    if ((event.flags & IPWORKSAUTH_FLAG_CHANGE) == 0) {
      note("password", "asked");
      ipworksauth_engine_answer_change(engine_.get(), "The password has expired");
      return;
    }
    const std::string_view fresh = text_of(event.new_data);
    if (fresh.empty() || fresh == *user_->password) {
      note("password", "asked");
      ipworksauth_engine_answer_change(engine_.get(), "The new password must be another one");
      return;
    }
    user_->password = std::string(fresh);
    user_->must_change_password = false;
  }
  decide("password", fits);
}

void ServerSession::judge_key(const Event& event) {
  const Bytes key = bytes_of(event.key);
  const auto is_it = [&](const Blob& other) { return same_bytes(key, other); };
  const bool fits =
      user_ != nullptr &&
      std::any_of(user_->authorized_keys.begin(), user_->authorized_keys.end(), is_it) &&
      std::none_of(used_keys_.begin(), used_keys_.end(), is_it);
  if ((event.flags & IPWORKSAUTH_FLAG_SIGNED) == 0) {
    note("publickey", fits ? "asked" : "refused");
    ipworksauth_engine_answer_request(engine_.get(), fits ? IPWORKSAUTH_ACCEPT : IPWORKSAUTH_REFUSE,
                                      can_continue().c_str());
    return;
  }
  if (fits) used_keys_.emplace_back(key.begin(), key.end());
  decide("publickey", fits);
}

// Nobody is asked what the first user who is asked anything would be.
const std::vector<ServerRound>& ServerSession::rounds() const noexcept {
  static const std::vector<ServerRound> kNone;
  if (user_ != nullptr) return user_->rounds;
  for (const ServerUser& user : config_.users)
    if (!user.rounds.empty()) return user.rounds;
  return kNone;
}

void ServerSession::ask_round() {
  if (round_ >= rounds().size())
    return decide("keyboard-interactive", user_ != nullptr && !rounds().empty());
  const ServerRound& round = rounds()[round_];
  std::vector<ipworksauth_prompt> prompts;
  for (const ServerPrompt& p : round.prompts) prompts.push_back({p.text.c_str(), p.echo ? 1 : 0});
  note("keyboard-interactive", "asked");
  ipworksauth_engine_answer_ask(engine_.get(), round.name.c_str(), round.instruction.c_str(),
                                prompts.data(), prompts.size());
}

void ServerSession::do_responses(const Event& event) {
  const bool open = round_ < rounds().size();
  bool fits = open && event.num == rounds()[round_].prompts.size();
  for (std::uint32_t i = 0; fits && i < event.num; ++i) {
    ipworksauth_octets given{};
    ipworksauth_engine_prompt(engine_.get(), i, &given, nullptr);
    fits = ct_equal(bytes_of(given), as_bytes(rounds()[round_].prompts[i].response));
  }
  if (!fits || user_ == nullptr) return decide("keyboard-interactive", false);
  ++round_;
  ask_round();
}

void ServerSession::decide(const std::string& method, bool fits) {
  if (!fits) return answer(IPWORKSAUTH_REFUSE, method);
  if (user_->required.empty()) return answer(IPWORKSAUTH_ACCEPT, method);
  if (passed_ >= user_->required.size() || user_->required[passed_] != method)
    return answer(IPWORKSAUTH_REFUSE, method);
  ++passed_;
  answer(passed_ == user_->required.size() ? IPWORKSAUTH_ACCEPT : IPWORKSAUTH_PARTIAL, method);
}

std::string ServerSession::can_continue() const {
  if (user_ != nullptr && passed_ < user_->required.size()) return user_->required[passed_];
  return all_methods(config_);
}

void ServerSession::answer(std::uint32_t verdict, const std::string& method) {
  note(method, verdict == IPWORKSAUTH_ACCEPT    ? "accepted"
               : verdict == IPWORKSAUTH_PARTIAL ? "partial"
                                                : "refused");
  ipworksauth_engine_answer_request(engine_.get(), verdict, can_continue().c_str());
}

void ServerSession::note(std::string_view method, std::string_view outcome) {
  if (observer_ != nullptr) observer_->request(number_, user_name_, method, outcome);
}

void ServerSession::log(const std::string& sentence) {
  if (observer_ != nullptr) observer_->log(number_, sentence);
}

}  // namespace sshauth
