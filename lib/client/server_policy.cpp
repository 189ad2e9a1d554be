// Who comes in: each request is judged here, and answered.
#include <algorithm>

#include "lib/client/server_session.hpp"
#include "lib/client/views.hpp"

namespace sshauth {
namespace {

void add_method(std::string& list, std::string_view method) {
  if (("," + list + ",").find("," + std::string(method) + ",") != std::string::npos) return;
  if (!list.empty()) list += ',';
  list += method;
}

}  // namespace

std::string server_methods(const AuthServerConfig& config) {
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

std::string every_method(const AuthServerConfig& config) {
  std::string out = server_methods(config);
  for (const ServerUser& user : config.users)
    for (const std::string& method : user.required) add_method(out, method);
  return out;
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
  return server_methods(config_);
}

void ServerSession::answer(std::uint32_t verdict, const std::string& method) {
  note(method, verdict == IPWORKSAUTH_ACCEPT    ? "accepted"
               : verdict == IPWORKSAUTH_PARTIAL ? "partial"
                                                : "refused");
  ipworksauth_engine_answer_request(engine_.get(), verdict, can_continue().c_str());
}

}  // namespace sshauth
