#include "tools/login_observer.hpp"

#include "tools/terminal.hpp"

namespace sshauth::tool {
namespace {

void tell_lines(std::string_view text) {
  std::string rest = readable(text, true);
  while (!rest.empty() && rest.back() == '\n') rest.pop_back();
  for (std::size_t at = 0; at <= rest.size();) {
    const std::size_t end = std::min(rest.find('\n', at), rest.size());
    tell(rest.substr(at, end - at));
    at = end + 1;
  }
}

}  // namespace

void LoginObserver::log(int level, std::string_view message) {
  if (level <= verbosity_) tell_lines(message);
}

void LoginObserver::banner(std::string_view text, std::string_view) { tell_lines(text); }

HostKeyAnswer LoginObserver::host_key(const HostKeyQuestion& question) {
  if (question.preset) return HostKeyAnswer::accept;
  const HostKeyAnswer answer = ask_host_key(question, store_);
  if (answer == HostKeyAnswer::accept) stored_ = store_host_key(question, store_);
  return answer;
}

Answer LoginObserver::password(const PasswordQuestion& question, SecretBytes& out) {
  if (!given_as_response_ && give_password(out, given_as_password_)) return Answer::given;
  if (question.again) tell("The server refused that password.");
  const std::string prompt = "Password for " + readable(question.user) + ": ";
  return give(ask_line(prompt, false, out));
}

Answer LoginObserver::new_password(const NewPasswordQuestion& question, SecretBytes& old_password,
                                   SecretBytes& new_password) {
  tell("The server wants a new password: " + std::string(question.prompt));
  SecretBytes again;
  if (ask_line("Old password: ", false, old_password) != Asked::answered ||
      ask_line("New password: ", false, new_password) != Asked::answered ||
      ask_line("New password, again: ", false, again) != Asked::answered)
    return lack();
  if (ct_equal(new_password.reveal(), again.reveal())) return Answer::given;
  tell("The two new passwords differ.");
  return lack();
}

Answer LoginObserver::prompts(const PromptRound& round, std::vector<SecretBytes>& responses) {
  if (has_terminal()) {
    if (!round.name.empty()) tell(round.name);
    if (!round.instruction.empty()) banner(round.instruction, {});
  }
  for (std::size_t i = 0; i < round.prompts.size() && i < responses.size(); ++i) {
    if (round.prompts[i].filled) continue;
    if (one_response(round.prompts[i], responses[i]) != Answer::given) return Answer::none;
  }
  return Answer::given;
}

// A hidden prompt that says so, in the words servers use, or one that the user described.
bool LoginObserver::asks_for_password(const Prompt& prompt) const {
  if (asks_ && asks_(prompt.text)) return true;
  if (prompt.echo) return false;
  for (const std::string_view word : {"assword", "ASSWORD", "assphrase", "asscode"})
    if (prompt.text.find(word) != std::string::npos) return true;
  return false;
}

Answer LoginObserver::one_response(const Prompt& prompt, SecretBytes& out) {
  if (asks_for_password(prompt) && !password_was_judged() && give_password(out, given_as_response_))
    return Answer::given;
  return give(ask_line(readable(prompt.text), prompt.echo, out));
}

// Once for each way: offering a refused password again only costs attempts.
bool LoginObserver::give_password(SecretBytes& out, bool& given) const {
  if (!password_ || given) return false;
  out = SecretBytes(password_->reveal());
  given = true;
  return true;
}

// Whether the server has looked at the password and refused it. Where it does not list the method
// "password", it refused the method and not what came with it.
bool LoginObserver::password_was_judged() const {
  if (!given_as_password_ || result_ == nullptr) return false;
  return ("," + result_->can_continue + ",").find(",password,") != std::string::npos;
}

bool LoginObserver::lacked_credential() const noexcept {
  if (!lacked_ || result_ == nullptr) return lacked_;
  const bool tried =
      gave_ || given_as_password_ || given_as_response_ || !result_->key_algorithm.empty();
  return !tried || result_->partial_success;
}

Answer LoginObserver::give(Asked asked) noexcept {
  if (asked != Asked::answered) return lack();
  gave_ = true;
  return Answer::given;
}

Answer LoginObserver::lack() noexcept {
  lacked_ = true;
  return Answer::none;
}

}  // namespace sshauth::tool
