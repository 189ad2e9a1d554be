#include "tools/cli.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "tools/commands.hpp"
#include "tools/json.hpp"

namespace sshauth::tool {
namespace {

// ---- login -----------------------------------------------------------------------------------

void add_agent_socket(CLI::App& command, AgentOption& o) {
  command
      .add_option("--agent-socket", o.socket, "the agent at that socket, and not SSH_AUTH_SOCK's")
      ->type_name("PATH");
}

CLI::Option* add_token(CLI::App& command, TokenOption& o) {
  command
      .add_option("--pin-env", o.pin_env,
                  "environment variable with the PIN of a token or security key")
      ->type_name("VAR");
  return command
      .add_option("--pkcs11", o.store,
                  "keys on a token: pkcs11:... (RFC 7512), or a module's file; pkcs11: alone is "
                  "whatever p11-kit knows")
      ->type_name("URI|MODULE");
}

void add_key_choice(CLI::App& command, std::string& subject, std::string& store_type) {
  command.add_option("--subject", subject,
                     "which key of a key store: its subject, name or fingerprint, or a part of it; "
                     "default: the first with a private half");
  command
      .add_option("--store-type", store_type,
                  "what the key file is, a value of SSHCertStoreType (0 and 1: an entry of the key "
                  "folder of the user or the machine, or MY for all); default: found from its "
                  "content")
      ->type_name("NUMBER");
}

void add_credentials(CLI::App& command, LoginOptions& o) {
  command.add_option("--mode", o.mode, "auto (whatever there is a credential for), or one method")
      ->check(CLI::IsMember({"auto", "none", "password", "publickey", "keyboard-interactive",
                             "gssapi-with-mic", "gssapi-keyex"}))
      ->capture_default_str();
  CLI::Option* from_stdin = command.add_flag("--password-stdin", o.password_stdin,
                                             "read the password from the first line of stdin");
  command.add_option("--password-env", o.password_env, "environment variable with the password")
      ->type_name("VAR")
      ->excludes(from_stdin);
  command
      .add_option("-i,--identity", o.identities,
                  "file with a private key, or a key store; may be repeated")
      ->type_name("KEYFILE")
      ->allow_extra_args(false);
  command.add_flag("--agent", o.agent.use,
                   "use the keys of the agent that SSH_AUTH_SOCK names; with -i these alone, whose "
                   "public half is enough");
  add_agent_socket(command, o.agent);
  add_token(command, o.token);
  command
      .add_option("--sk-provider", o.sk_provider,
                  "library that asks security keys; default: SSH_SK_PROVIDER's, else libfido2")
      ->type_name("LIBRARY");
  command
      .add_option("--certificate", o.certificate,
                  "OpenSSH certificate of one of the keys, used in its place; without this KEYFILE"
                  "-cert.pub is used where it is there")
      ->type_name("FILE");
  command
      .add_option("--passphrase-env", o.passphrase_env,
                  "environment variable with the passphrase of the key files")
      ->type_name("VAR");
  add_key_choice(command, o.subject, o.store_type);
}

void add_trust(CLI::App& command, LoginOptions& o) {
  command
      .add_option("--host-key", o.host_keys,
                  "the right host key: SHA256:..., a hexadecimal fingerprint, or 'TYPE BASE64'; "
                  "may be repeated")
      ->type_name("KEY")
      ->allow_extra_args(false);
  command
      .add_option("--host-ca", o.host_cas,
                  "authority whose host certificates are accepted: 'TYPE BASE64', or a file with "
                  "its public key; may be repeated")
      ->type_name("KEY|FILE")
      ->allow_extra_args(false);
  command
      .add_option("--x509-ca", o.x509_cas,
                  "PEM file of authorities whose X.509 host certificates are accepted; may be "
                  "repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command
      .add_option("--known-hosts", o.known_hosts,
                  "known_hosts file, may be repeated; an accepted key is stored in the first; "
                  "default: the one in ~/.ssh; none: neither read nor store")
      ->type_name("FILE|none")
      ->allow_extra_args(false);
  command.add_flag("--hash-known-hosts", o.hash_known_hosts,
                   "store the host's name as a hash, also where no line has one yet");
  command.add_flag("--accept-any-host-key", o.accept_any,
                   "for tests: whoever answers gets the credentials");
}

void add_connection(CLI::App& command, LoginOptions& o) {
  command
      .add_option("--set", o.settings, "any setting of the SSHAuth object, see Config in sshauth.h")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  command
      .add_option("--proxy", o.proxy, "http, socks4, socks4a or socks5, then ://[user@]host[:port]")
      ->type_name("URL");
  command
      .add_option("--proxy-password-env", o.proxy_password_env,
                  "environment variable with the proxy's password")
      ->type_name("VAR");
  command.add_option("--timeout", o.timeout, "seconds without progress before giving up")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  command.add_flag("-v", o.verbosity, "tell each step; -vv each packet, -vvv its octets");
  command.add_flag("--json", o.json, "print one JSON object");
}

void add_login(CLI::App& app, int& status) {
  auto options = std::make_shared<LoginOptions>();
  CLI::App* command = app.add_subcommand("login", "Authenticate to a server");
  command->add_option("TARGET", options->target, "[user@]host[:port]")->required();
  add_credentials(*command, *options);
  add_trust(*command, *options);
  add_connection(*command, *options);
  command->footer(
      "A password is taken from the terminal unless told otherwise, never from the command line.\n"
      "Algorithms are those of the policy Modern; --set SecurityPolicy=Reference for old servers.\n"
      "Exit status: 0 authenticated, 1 refused by the server, 2 usage, 3 host key not accepted,\n"
      "4 connection or proxy, 5 protocol or negotiation, 6 key or credential.");
  command->callback([options, &status] { status = run_login(*options); });
}

// ---- serve -----------------------------------------------------------------------------------

void add_users(CLI::App& c, ServeOptions& o) {
  const auto repeated = [](CLI::Option* option, const char* type) {
    option->type_name(type)->allow_extra_args(false);
  };
  repeated(c.add_option("--user", o.users, "a user; may be repeated; default: demo"), "NAME");
  repeated(c.add_option("--password-env", o.password_env,
                        "environment variable with the password of that user, or of all"),
           "[USER=]VAR");
  repeated(c.add_option("--authorized-keys", o.authorized_keys,
                        "file with the public keys of that user, or of all"),
           "[USER=]FILE");
  repeated(c.add_option("--prompt", o.prompts,
                        "a keyboard-interactive question, and the variable with its answer"),
           "TEXT=VAR");
  repeated(c.add_option("--echo-prompt", o.echo_prompts, "the same, with the answer shown"),
           "TEXT=VAR");
  c.add_option("--require", o.required, "methods that must all succeed, in this order")
      ->type_name("METHOD,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  c.add_flag("--allow-none", o.allow_none, "let users in without any credential");
  c.add_flag("--must-change-password", o.must_change, "ask for a new password once");
}

void add_server(CLI::App& c, ServeOptions& o) {
  const auto list = [&](const char* name, std::string& value, const char* what) {
    c.add_option(name, value, what)->type_name("NAMES");
  };
  c.add_option("--port", o.port, "port to listen on; 0: a free one")->capture_default_str();
  c.add_flag("--v6", o.v6, "listen on ::1 instead of 127.0.0.1");
  c.add_option("--host-key", o.host_keys, "private key file; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  c.add_option("--host-key-type", o.host_key_types,
               "type of a fresh host key (ed25519, ecdsa, rsa); may be repeated; default: ed25519")
      ->type_name("TYPE")
      ->allow_extra_args(false);
  c.add_option("--identification", o.identification, "SSH-2.0-...")->type_name("TEXT");
  list("--kex", o.kex_algorithms, "key exchange methods");
  list("--ciphers", o.ciphers, "ciphers");
  list("--macs", o.macs, "MACs");
  list("--compressions", o.compressions, "compression methods");
  c.add_option("--strict-kex", o.strict_kex, "0 off, 1 offered, 2 safe without it, 3 required")
      ->check(CLI::Range(0, 3))
      ->capture_default_str();
  c.add_option("--banner", o.banner, "text shown before authentication")->type_name("TEXT");
  c.add_option("--max-attempts", o.max_attempts, "refused requests before the end")->type_name("N");
  c.add_option("--rekey-octets", o.rekey_octets, "octets before the keys are exchanged again")
      ->type_name("N");
  c.add_option("--count", o.count, "end after so many connections")->type_name("N");
  c.add_flag("--once", o.once, "end after one connection");
  c.add_flag("--json", o.json, "print one JSON object a line");
}

void add_serve(CLI::App& app, int& status) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App* command = app.add_subcommand(
      "serve", "Authenticate users on the loopback address, for demonstrations and tests");
  add_users(*command, *options);
  add_server(*command, *options);
  command->callback([options, &status] {
    if (options->users.empty()) options->users.emplace_back("demo");
    status = run_serve(*options);
  });
}

// ---- the small ones --------------------------------------------------------------------------

void add_key(CLI::App& app, int& status) {
  auto options = std::make_shared<KeyOptions>();
  CLI::App* command = app.add_subcommand("key", "Show what is in a key file, private or public");
  CLI::Option* file = command->add_option("FILE", options->file, "the key file");
  command->add_flag("--agent", options->agent.use, "show what the agent of SSH_AUTH_SOCK holds")
      ->excludes(file);
  add_agent_socket(*command, options->agent);
  add_token(*command, options->token)->excludes(file);
  command
      ->add_option("--passphrase-env", options->passphrase_env,
                   "environment variable that holds the passphrase")
      ->type_name("VAR");
  add_key_choice(*command, options->subject, options->store_type);
  command->add_flag("--json", options->json, "print one JSON object");
  command->callback([options, file, &status] {
    options->names_file = file->count() != 0;
    status = run_key(*options);
  });
}

void add_algorithms(CLI::App& app, int& status) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command =
      app.add_subcommand("algorithms", "List every algorithm, with its libraries and marks");
  command->add_flag("--json", *json, "print one JSON object");
  command->callback([json, &status] { status = run_algorithms(*json); });
}

void add_demo(CLI::App& app, int& status) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand(
      "demo", "Serve and log in within this process: three logins that succeed, two refused");
  command->add_flag("--json", *json, "print one JSON object");
  command->callback([json, &status] { status = run_demo(*json); });
}

// As JSON too where that was asked for, however far reading the command line came.
int refuse_usage(const CLI::ParseError& error, const std::vector<std::string>& words) {
  const bool json = std::find(words.begin(), words.end(), "--json") != words.end();
  std::string what = error.what();
  if (error.get_name() == "RequiredError" && !words.front().starts_with('-') &&
      what.find("subcommand") != std::string::npos)
    what = "there is no command \"" + words.front() + "\"";
  return fail(exit_usage, what + " (--help tells more)", json);
}

}  // namespace

int run_command_line(int argc, char** argv) {
  int status = exit_authenticated;
  CLI::App app("Authenticates to SSH servers and looks at what that takes.", "sshauth");
  app.require_subcommand(1);
  app.set_version_flag("--version", SSHAUTH_VERSION);
  app.footer(
      "Exit status: 0 authenticated (or done), 1 refused by the server, 2 usage, 3 host key not\n"
      "accepted, 4 connection or proxy, 5 protocol or negotiation, 6 key or credential.");
  add_login(app, status);
  add_key(app, status);
  add_algorithms(app, status);
  add_serve(app, status);
  add_demo(app, status);
  if (argc < 2) {
    std::fputs(app.help().c_str(), stderr);
    return exit_usage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);  // --help and --version
    return refuse_usage(e, {argv + 1, argv + argc});
  }
  return status;
}

}  // namespace sshauth::tool
