// sshauth login: authenticates one user to one server.
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "abi/key_store.hpp"
#include "ipworksauth/sshauth.h"
#include "lib/client/client.hpp"
#include "lib/keys/load.hpp"
#include "lib/keys/pkcs11.hpp"
#include "lib/keys/ssh_certificate.hpp"
#include "lib/net/agent.hpp"
#include "lib/net/proxy_environment.hpp"
#include "tools/commands.hpp"
#include "tools/key_source.hpp"
#include "tools/login_observer.hpp"
#include "tools/login_report.hpp"
#include "tools/settings.hpp"
#include "tools/target.hpp"
#include "tools/terminal.hpp"

namespace sshauth::tool {
namespace {

// Why a login could not even start.
struct Trouble {
  Exit status;
  int code;  // the SSHAuth object's
  std::string text;
  KeyErrc key = KeyErrc::ok;  // which of the ways in which a key file can be unfit
};

constexpr int kBadArgument = 10022;
constexpr int kNoPrivateHalf = 273;
constexpr int kCannotOpen = 302;
constexpr std::size_t kMaxPassword = 1024;  // as in the engine
constexpr std::size_t kMaxCertificateFile = std::size_t{64} * 1024;

Trouble usage(std::string text) { return {exit_usage, kBadArgument, std::move(text)}; }

std::string account_name() {
  const passwd* entry = getpwuid(getuid());
  return entry != nullptr ? entry->pw_name : "";
}

std::string home_folder() {
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') return home;
  const passwd* entry = getpwuid(getuid());
  return entry != nullptr ? entry->pw_dir : "";
}

void set_target(const LoginOptions& options, ClientConfig& config) {
  Target target;
  std::string why;
  if (!parse_target(options.target, target, why)) throw usage(options.target + ": " + why);
  config.host = target.host;
  if (target.port != 0) config.port = target.port;
  config.user = target.user.empty() ? account_name() : target.user;
}

void parse_proxy(std::string_view url, ProxySettings& out) {
  if (const NetError error = parse_proxy_url(url, out); !error.ok())
    throw usage("--proxy " + error.text);
  if (out.password.size() != 0)
    throw usage("--proxy: a password has no place on the command line; use --proxy-password-env");
}

void set_proxy(const LoginOptions& options, ClientConfig& config) {
  if (!options.proxy.empty()) parse_proxy(options.proxy, config.proxy);
  const std::string& variable = options.proxy_password_env;
  if (!variable.empty() && !take_env(variable, config.proxy.password))
    throw usage("--proxy-password-env: there is no variable " + variable);
}

// A file that is there and cannot be read might hold another key of this host, or a revocation:
// without it a changed key would look like a first contact.
void read_known_hosts(const std::string& file, bool may_be_missing, KnownHosts& out) {
  const KeyError e = out.add_file(file);
  if (e.ok() || (may_be_missing && e.os_error == ENOENT)) return;
  throw Trouble{exit_credential, kCannotOpen,
                "--known-hosts: " + e.text + "; name another file, or none to go without"};
}

// The files that were named, the user's own, or none. A person at the terminal may name one that
// is yet to be made; anybody else who names a missing one has mistyped it.
KnownHostsStore read_known_hosts(const LoginOptions& options, KnownHosts& out) {
  const std::vector<std::string>& named = options.known_hosts;
  if (named == std::vector<std::string>{"none"}) {
    if (options.hash_known_hosts)
      throw usage("--hash-known-hosts: with --known-hosts none nothing is stored");
    return {};
  }
  KnownHostsStore store;
  for (const std::string& file : named) {
    if (file.empty() || file == "none")
      throw usage("--known-hosts: none stands alone, and a file has a name");
    read_known_hosts(file, has_terminal(), out);
  }
  if (named.empty()) {
    const std::string home = home_folder();
    if (home.empty()) return {};
    store.file = home + "/.ssh/known_hosts";
    store.make_folder = true;
    read_known_hosts(store.file, true, out);
  } else {
    store.file = named.front();
  }
  store.hashed = options.hash_known_hosts || out.hides_names(store.file);
  return store;
}

// A public key line, or a file with one.
void add_host_ca(const std::string& text, HostTrust& trust) {
  if (trust.add_authority(text).ok()) return;
  KeyResult key = load_identity_file(text, {});
  const KeyError e = key ? trust.add_authority(key->public_line()) : key.error();
  if (!e.ok()) throw usage("--host-ca: " + e.text);
}

KnownHostsStore set_trust(const LoginOptions& options, ClientConfig& config) {
  auto trust =
      config.trust ? std::make_shared<HostTrust>(*config.trust) : std::make_shared<HostTrust>();
  for (const std::string& key : options.host_keys)
    if (const KeyError e = trust->pinned().add(key); !e.ok()) throw usage("--host-key: " + e.text);
  KnownHostsStore store = read_known_hosts(options, trust->known_hosts());
  if (options.verbosity > 0)
    for (const KnownHostsProblem& p : trust->known_hosts().problems())
      tell(p.file + " line " + std::to_string(p.number) + " was skipped: " + p.why);
  for (const std::string& ca : options.host_cas) add_host_ca(ca, *trust);
  for (const std::string& file : options.x509_cas)
    if (const KeyError e = trust->x509().add_file(file); !e.ok())
      throw Trouble{exit_credential, kCannotOpen, "--x509-ca: " + e.text};
  config.trust = std::move(trust);
  config.accept_any_host_key |= options.accept_any;
  return store;
}

// Of a token or a security key.
SecretBytes given_pin(const LoginOptions& options) {
  SecretBytes pin;
  if (!options.token.pin_env.empty() && !take_env(options.token.pin_env, pin))
    throw usage("--pin-env: there is no variable " + options.token.pin_env);
  return pin;
}

struct OpenedKeys {
  std::vector<abi::KeyPtr> keys;
  PassedOver passed_over;
};

KeyTrouble open_given(const KeySource& source, const std::optional<SecretBytes>& passphrase,
                      OpenedKeys& out) {
  const auto open = [&](std::optional<std::string_view> word) {
    return open_source(source, word, false, out.keys, out.passed_over);
  };
  KeyTrouble trouble = open(std::nullopt);
  const bool left_some = trouble.ok() && out.passed_over.num != 0;  // closed ones, it may be
  if (trouble.why != KeyErrc::needs_passphrase && !(left_some && passphrase)) return trouble;
  out = {};
  if (passphrase) return open(as_text(passphrase->reveal()));
  return open_asking(source, std::move(trouble), out.keys, out.passed_over);
}

abi::KeyPtr load_key(const KeySource& source, const std::optional<SecretBytes>& passphrase,
                     ClientConfig& config) {
  OpenedKeys opened;
  abi::KeyPtr key;
  KeyTrouble trouble = open_given(source, passphrase, opened);
  const std::string over = passed_over_sentence(opened.passed_over);
  if (trouble.ok()) {
    trouble = choose(source, opened.keys, key);
    if (!trouble.ok() && !over.empty()) trouble.text += "; " + over;
  }
  if (!trouble.ok()) throw Trouble{exit_credential, trouble.code, trouble.text, trouble.why};
  if (!over.empty()) config.remarks.push_back(shown_source(source.where) + ": " + over);
  return key;
}

// Where a PIN is missing a person is asked for it, and told how few tries there may be. One that
// the URI has, or that was given at the reader, is not missing.
KeyError open_token(const std::string& store, std::string_view pin, bool last_try,
                    std::vector<Pkcs11Key>& keys) {
  KeyError bad = load_pkcs11({.store = store, .pin = pin, .last_try = last_try}, keys);
  if (bad.code != KeyErrc::needs_passphrase) return bad;
  SecretBytes typed;
  for (int asked = 0; asked < kPassphraseTries && has_terminal(); ++asked) {
    tell(bad.text);
    if (ask_line("PIN: ", false, typed) != Asked::answered || typed.size() == 0) break;
    bad = load_pkcs11({.store = store, .pin = as_text(typed.reveal()), .last_try = true}, keys);
    if (bad.code != KeyErrc::wrong_passphrase) break;
  }
  return bad;
}

// Every key of the token that can sign.
void add_token_keys(const LoginOptions& options, const SecretBytes& pin, bool last_try,
                    ClientConfig& config) {
  if (options.token.store.empty()) return;
  std::vector<Pkcs11Key> keys;
  const KeyError bad = open_token(options.token.store, as_text(pin.reveal()), last_try, keys);
  if (!bad.ok())
    throw Trouble{exit_credential, abi::store_error_code(bad.code), "--pkcs11: " + bad.text,
                  bad.code};
  std::size_t num = 0;
  for (Pkcs11Key& key : keys) {
    if (!key.identity.can_sign()) continue;
    config.identities.push_back(std::make_shared<const Identity>(std::move(key.identity)));
    ++num;
  }
  if (num == 0)
    throw Trouble{exit_credential, kNoPrivateHalf,
                  "--pkcs11: the token has public keys alone, with which nobody can log in",
                  KeyErrc::cannot_sign};
}

void set_agent(const LoginOptions& options, ClientConfig& config) {
  AgentUse& agent = config.agent;
  if (!options.agent.wanted()) return;
  agent.socket = options.agent.socket.empty() ? agent_of_environment() : options.agent.socket;
  agent.mode = options.mode == "publickey" && config.identities.empty()
                   ? AgentUse::Mode::only
                   : AgentUse::Mode::when_there;
}

void set_identities(const LoginOptions& options, const KeySettings& settings,
                    ClientConfig& config) {
  std::optional<SecretBytes> passphrase;
  if (!options.passphrase_env.empty() && !take_env(options.passphrase_env, passphrase.emplace()))
    throw usage("--passphrase-env: there is no variable " + options.passphrase_env);
  const SecretBytes pin = given_pin(options);
  const std::string& provider =
      options.sk_provider.empty() ? settings.sk_provider : options.sk_provider;
  for (const std::string& file : options.identities) {
    const KeySource source{file,     options.store_type,    options.subject,  true,
                           provider, as_text(pin.reveal()), settings.last_try};
    const abi::KeyPtr key = load_key(source, passphrase, config);
    if (!key->can_sign() && !options.agent.wanted())
      throw Trouble{exit_credential, kNoPrivateHalf,
                    shown_source(file) +
                        " is a public key; -i wants the private key that belongs to it, or --agent "
                        "an agent that has it",
                    KeyErrc::cannot_sign};
    const Bytes blob = key->public_blob();
    config.agent.wanted.emplace_back(blob.begin(), blob.end());
    if (key->can_sign()) config.identities.push_back(key);
  }
  add_token_keys(options, pin, settings.last_try, config);
  set_agent(options, config);
  // Several keys: a signature each is dearer than the question which one the server knows.
  config.probe_identities = config.identities.size() > 1;
}

void set_certificate(const LoginOptions& options, ClientConfig& config) {
  if (options.certificate.empty()) return;
  SecretBytes contents;
  CertificateLine line;
  KeyError e = read_file(options.certificate, kMaxCertificateFile, contents);
  if (e.ok()) e = parse_certificate_line(as_text(contents.reveal()), line);
  if (!e.ok()) throw Trouble{exit_credential, kCannotOpen, "--certificate: " + e.text};
  for (const auto& identity : config.identities)
    if (certifies(line.blob, identity->public_blob())) config.user_certificate = line.blob;
  for (const Blob& wanted : config.agent.wanted)
    if (certifies(line.blob, wanted)) config.user_certificate = line.blob;
  // The name that ssh-keygen writes for RSA is the type's, and says nothing about the hash.
  if (line.algorithm != "ssh-rsa-cert-v01@openssh.com")
    config.user_certificate_algorithms = line.algorithm;
  if (config.user_certificate.empty())
    throw Trouble{exit_credential, kBadArgument,
                  "--certificate: it is of none of the keys that -i names"};
}

std::optional<SecretBytes> given_password(const LoginOptions& options) {
  std::optional<SecretBytes> password;
  if (!options.password_env.empty() && !take_env(options.password_env, password.emplace()))
    throw usage("--password-env: there is no variable " + options.password_env);
  if (options.password_stdin && !read_stdin_line(password.emplace()))
    throw Trouble{exit_credential, kBadArgument, "--password-stdin: stdin holds no line"};
  if (password && password->size() > kMaxPassword)
    throw Trouble{exit_credential, kBadArgument,
                  "the password has " + std::to_string(password->size()) + " octets; at most " +
                      std::to_string(kMaxPassword) + " are sent"};
  return password;
}

// "auto" is every method there may be a credential for; the first one leaves with the key
// exchange's last flight, so it should be the one most likely to be right.
void set_methods(const LoginOptions& options, ClientConfig& config, bool has_password) {
  const bool has_keys = !config.identities.empty() || config.agent.mode != AgentUse::Mode::off;
  if (options.mode == "publickey" && !has_keys)
    throw usage("--mode publickey needs a key: name one with -i, or use --agent");
  const auto add = [&](const char* method) {
    if (options.mode != method) config.methods.emplace_back(method);
  };
  const bool every = options.mode == "auto" || config.try_all;
  config.try_all = every;
  config.methods.clear();
  if (options.mode != "auto") config.methods = {options.mode};
  if (every && has_keys) add("publickey");
  // To look for a KDC may take long where there is none, so a setting has to speak of one.
  if (every && (!config.kerberos.spn.empty() || !config.kerberos.realm.empty()))
    add("gssapi-with-mic");
  if (every && (has_password || has_terminal() || !has_keys)) {
    add("password");
    add("keyboard-interactive");
  }
  config.password_tries = has_terminal() && !has_password ? 3 : 1;
}

// What differs from the object's defaults, then what the user set.
std::vector<std::string> all_settings(const LoginOptions& options) {
  std::vector<std::string> settings = {
      "SecurityPolicy=Modern", "UseIPv6=2",
      "LogLevel=" + std::to_string(std::min(options.verbosity, 3))};
  settings.insert(settings.end(), options.settings.begin(), options.settings.end());
  return settings;
}

// Where a host key that a person accepts goes, is the result.
KnownHostsStore fill_config(const LoginOptions& options, ClientConfig& config,
                            const std::optional<SecretBytes>& password) {
  set_target(options, config);
  KeySettings key_settings;
  if (const std::string why = apply_settings(all_settings(options), config, key_settings);
      !why.empty())
    throw usage("--set: " + why);
  set_target(options, config);  // again, over what the object would have
  config.timeout = options.timeout;
  set_proxy(options, config);
  KnownHostsStore store = set_trust(options, config);
  set_identities(options, key_settings, config);
  set_certificate(options, config);
  set_methods(options, config, password.has_value());
  if (password) config.kerberos.password.emplace(password->reveal());
  return store;
}

int report(const LoginOptions& options, const ClientConfig& config, const ClientResult& result,
           Exit status, const LoginExtras& extras) {
  if (options.json) print_json(login_json(config, result, status, extras));
  if (!options.json || status != exit_authenticated) show_login(config, result, status);
  return status;
}

}  // namespace

int run_login(const LoginOptions& options) {
  ClientConfig plan;
  try {
    std::optional<SecretBytes> password = given_password(options);
    KnownHostsStore store = fill_config(options, plan, password);
    LoginObserver observer(plan.log_level, std::move(password));
    observer.set_store(std::move(store));
    observer.set_password_prompt(std::exchange(plan.is_password_prompt, nullptr));
    Client client(observer);
    observer.watch(client.result());
    client.config() = std::move(plan);
    const ClientResult& result = client.run();
    return report(options, client.config(), result, exit_of(result, observer.lacked_credential()),
                  {observer.stored_in(), {}});
  } catch (const Trouble& trouble) {
    ClientResult nothing;
    nothing.code = trouble.code;
    nothing.text = trouble.text;
    const bool has_name = trouble.key != KeyErrc::ok;
    return report(options, plan, nothing, trouble.status,
                  {{}, has_name ? std::string(key_errc_name(trouble.key)) : std::string()});
  }
}

}  // namespace sshauth::tool
