// Stands between a login and the person (or script) that started it: shows progress, asks on the
// terminal what only a person can answer, and gives a password that came with the command.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "lib/client/observer.hpp"
#include "lib/client/result.hpp"
#include "lib/keys/secret_bytes.hpp"
#include "tools/host_key_question.hpp"
#include "tools/terminal.hpp"

namespace sshauth::tool {

class LoginObserver : public ClientObserver {
 public:
  // `verbosity` is the number of -v; `password` is what --password-stdin or -env gave.
  LoginObserver(int verbosity, std::optional<SecretBytes> password)
      : verbosity_(verbosity), password_(std::move(password)) {}

  void log(int level, std::string_view message) override;
  void banner(std::string_view text, std::string_view language) override;

  HostKeyAnswer host_key(const HostKeyQuestion& question) override;
  Answer password(const PasswordQuestion& question, SecretBytes& out) override;
  Answer new_password(const NewPasswordQuestion& question, SecretBytes& old_password,
                      SecretBytes& new_password) override;
  Answer prompts(const PromptRound& round, std::vector<SecretBytes>& responses) override;

  // Also which prompts ask for it; null: the words servers use decide alone.
  void set_password_prompt(std::function<bool(std::string_view)> asks) { asks_ = std::move(asks); }

  // Where a host key that a person accepts is stored; without it nowhere.
  void set_store(KnownHostsStore store) { store_ = std::move(store); }
  // The file that it was stored in; empty when it was not.
  std::string stored_in() const { return stored_ ? store_.file : std::string(); }

  // The login's own result, which grows while it runs; outlives it.
  void watch(const ClientResult& result) { result_ = &result; }

  // The login ended because a credential was wanted and there was none to give. Where the server
  // had refused another one before, it is that refusal that ended it.
  bool lacked_credential() const noexcept;

 private:
  bool give_password(SecretBytes& out, bool& given) const;
  bool password_was_judged() const;
  Answer one_response(const Prompt& prompt, SecretBytes& out);
  Answer lack() noexcept;
  Answer give(Asked asked) noexcept;
  bool asks_for_password(const Prompt& prompt) const;

  std::function<bool(std::string_view)> asks_;
  KnownHostsStore store_;
  bool stored_ = false;
  int verbosity_;
  std::optional<SecretBytes> password_;
  bool given_as_password_ = false, given_as_response_ = false;
  const ClientResult* result_ = nullptr;
  bool gave_ = false;
  bool lacked_ = false;
};

}  // namespace sshauth::tool
