// The subcommands of sshauth: what each is told, and the function that does it.
//
// Each function returns the exit status. stdout carries the result: lines for people, or with
// `json` one JSON object and nothing else, also on failure. stderr carries progress, questions and
// errors. No option holds a password: the command line of a process is open to every user of the
// machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sshauth::tool {

enum Exit : int {
  exit_authenticated = 0,
  exit_refused = 1,     // by the server
  exit_usage = 2,       // the command line
  exit_host_key = 3,    // not accepted, or its proof is wrong
  exit_connection = 4,  // address, connection, proxy, time
  exit_protocol = 5,    // negotiation, or the server broke the protocol
  exit_credential = 6,  // a key file, passphrase or other credential is missing or unusable
};

// Naming a socket is asking for the agent.
struct AgentOption {
  bool use = false;
  std::string socket;  // "": the environment's

  bool wanted() const noexcept { return use || !socket.empty(); }
};

struct TokenOption {
  std::string store;  // a PKCS#11 URI or module; "": no token
  std::string pin_env;
};

struct LoginOptions {
  std::string target;  // [user@]host[:port]
  std::string mode = "auto";
  bool password_stdin = false;
  std::string password_env;
  std::vector<std::string> identities;
  AgentOption agent;
  std::string subject, store_type;
  std::string passphrase_env;
  std::string certificate;
  std::string sk_provider;
  TokenOption token;
  std::vector<std::string> host_keys, host_cas, x509_cas;
  std::vector<std::string> known_hosts;  // {"none"}: no file is read or written
  bool hash_known_hosts = false;
  bool accept_any = false;
  std::vector<std::string> settings;  // NAME=VALUE
  std::string proxy;
  std::string proxy_password_env;
  unsigned timeout = 60;
  int verbosity = 0;
  bool json = false;
};
int run_login(const LoginOptions& options);

struct KeyOptions {
  std::string file;
  bool names_file = false;  // an empty name is one, too
  AgentOption agent;        // instead of the file
  TokenOption token;        // likewise
  std::string subject, store_type;
  std::string passphrase_env;
  bool json = false;
};
int run_key(const KeyOptions& options);

int run_algorithms(bool json);

struct ServeOptions {
  std::uint16_t port = 0;
  bool v6 = false;
  // Users, and what belongs to one of them ("USER=...") or to all ("...").
  std::vector<std::string> users;
  std::vector<std::string> password_env;
  std::vector<std::string> authorized_keys;
  std::vector<std::string> prompts, echo_prompts;  // "TEXT=VAR"
  std::vector<std::string> required;
  bool allow_none = false;
  bool must_change = false;
  std::vector<std::string> host_keys;       // files
  std::vector<std::string> host_key_types;  // made fresh
  std::string identification, kex_algorithms, ciphers, macs, compressions, banner;
  unsigned strict_kex = 1;
  unsigned max_attempts = 0;
  std::uint64_t rekey_octets = 0;
  std::size_t count = 0;
  bool once = false;
  bool json = false;
};
int run_serve(const ServeOptions& options);

int run_demo(bool json);

}  // namespace sshauth::tool
