#include "tools/serve_config.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include "lib/crypto/providers.hpp"
#include "lib/keys/generate.hpp"
#include "lib/keys/load.hpp"
#include "tools/terminal.hpp"

namespace sshauth::tool {
namespace {

constexpr std::size_t kMaxAuthorizedKeys = std::size_t{1024} * 1024;

// Environment variables, each taken out of the environment once and remembered here.
class Secrets {
 public:
  const std::string& get(const char* option, const std::string& variable) {
    const auto known = taken_.find(variable);
    if (known != taken_.end()) return known->second;
    SecretBytes value;
    if (!take_env(variable, value))
      throw ServeTrouble{exit_usage, std::string(option) + ": there is no variable " + variable};
    return taken_[variable] = as_text(value.reveal());
  }

 private:
  std::map<std::string, std::string> taken_;
};

// "USER=VALUE" concerns that user, "VALUE" all of them.
void for_users(const char* option, const std::string& text, std::vector<ServerUser>& users,
               const std::function<void(ServerUser&, const std::string&)>& apply) {
  const std::size_t equals = text.find('=');
  const std::string value = equals == std::string::npos ? text : text.substr(equals + 1);
  const std::string name = equals == std::string::npos ? "" : text.substr(0, equals);
  bool any = false;
  for (ServerUser& user : users) {
    if (!name.empty() && user.name != name) continue;
    apply(user, value);
    any = true;
  }
  if (!any) throw ServeTrouble{exit_usage, std::string(option) + ": there is no --user " + name};
}

// An authorized_keys file: key lines, comments, empty lines.
std::vector<Blob> read_authorized_keys(const std::string& path) {
  SecretBytes contents;
  if (const KeyError e = read_file(path, kMaxAuthorizedKeys, contents); !e.ok())
    throw ServeTrouble{exit_credential, "--authorized-keys: " + e.text};
  std::vector<Blob> keys;
  std::string_view rest = as_text(contents.reveal());
  for (unsigned number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line[first] == '#') continue;
    PublicKeyLine key;
    if (const KeyError e = parse_public_line(line, key); !e.ok())
      throw ServeTrouble{exit_credential, "--authorized-keys: " + path + " line " +
                                              std::to_string(number) + ": " + e.text};
    keys.push_back(std::move(key.blob));
  }
  return keys;
}

void add_prompts(const char* option, const std::vector<std::string>& from, bool echo,
                 Secrets& secrets, ServerRound& round) {
  for (const std::string& text : from) {
    const std::size_t equals = text.rfind('=');
    if (equals == std::string::npos)
      throw ServeTrouble{exit_usage, std::string(option) + " wants TEXT=VAR"};
    round.prompts.push_back(
        {text.substr(0, equals), echo, secrets.get(option, text.substr(equals + 1))});
  }
}

std::vector<ServerUser> make_users(const ServeOptions& o) {
  std::vector<ServerUser> users;
  Secrets secrets;
  ServerRound round;
  add_prompts("--prompt", o.prompts, false, secrets, round);
  add_prompts("--echo-prompt", o.echo_prompts, true, secrets, round);
  for (const std::string& name : o.users) {
    ServerUser user;
    user.name = name;
    user.may_come_in_without = o.allow_none;
    user.must_change_password = o.must_change;
    user.required = o.required;
    if (!round.prompts.empty()) user.rounds.push_back(round);
    users.push_back(std::move(user));
  }
  for (const std::string& text : o.password_env) {
    const std::string& password = secrets.get("--password-env", text.substr(text.find('=') + 1));
    for_users("--password-env", text, users,
              [&](ServerUser& user, const std::string&) { user.password = password; });
  }
  for (const std::string& text : o.authorized_keys)
    for_users("--authorized-keys", text, users, [](ServerUser& user, const std::string& path) {
      for (Blob& key : read_authorized_keys(path)) user.authorized_keys.push_back(std::move(key));
    });
  return users;
}

std::shared_ptr<const Identity> taken(KeyResult key, const char* option) {
  if (!key) throw ServeTrouble{exit_credential, std::string(option) + ": " + key.error().text};
  if (!key->can_sign())
    throw ServeTrouble{exit_credential, std::string(option) + ": that is a public key alone"};
  return std::make_shared<const Identity>(std::move(*key));
}

}  // namespace

AuthServerConfig serve_config(const ServeOptions& o) {
  AuthServerConfig config;
  config.provider = &default_provider();
  config.users = make_users(o);
  for (const std::string& file : o.host_keys)
    config.host_keys.push_back(taken(load_identity_file(file), "--host-key"));
  std::vector<std::string> fresh = o.host_key_types;
  if (fresh.empty() && o.host_keys.empty()) fresh.emplace_back("ed25519");
  for (const std::string& type : fresh)
    config.host_keys.push_back(taken(generate_identity(type), "--host-key-type"));
  config.v6 = o.v6;
  config.port = o.port;
  config.identification = o.identification;
  config.kex_algorithms = o.kex_algorithms;
  config.ciphers = o.ciphers;
  config.macs = o.macs;
  config.compressions = o.compressions;
  config.strict_kex = o.strict_kex;
  config.banner = o.banner;
  config.max_attempts = o.max_attempts;
  config.rekey_octets = o.rekey_octets;
  return config;
}

}  // namespace sshauth::tool
