// sshauth key FILE: what is in a key file, whatever its format.
#include <cstdio>
#include <optional>

#include "lib/crypto/providers.hpp"
#include "lib/keys/fingerprint.hpp"
#include "lib/keys/load.hpp"
#include "tools/json.hpp"
#include "tools/terminal.hpp"

namespace sshauth::tool {
namespace {

struct LookedAt {
  KeyResult key;
  bool sealed;  // encrypted, and its private half stayed closed
};

KeyResult load_with(const KeyOptions& options, const SecretBytes* passphrase, bool public_only) {
  LoadOptions how;
  if (passphrase != nullptr) how.passphrase = as_text(passphrase->reveal());
  how.public_only = public_only;
  return load_identity_file(options.file, how);
}

// As much as can be had: with the passphrase when one was named, else the public half alone, and
// only where the format hides even that, a question on the terminal.
LookedAt look_at(const KeyOptions& options) {
  SecretBytes passphrase;
  if (!options.passphrase_env.empty()) {
    if (!take_env(options.passphrase_env, passphrase))
      return {KeyError(KeyErrc::bad_argument,
                       "the environment has no variable " + options.passphrase_env),
              false};
    return {load_with(options, &passphrase, false), false};
  }
  KeyResult whole = load_with(options, nullptr, false);
  if (whole || whole.error().code != KeyErrc::needs_passphrase) return {std::move(whole), false};
  KeyResult half = load_with(options, nullptr, true);
  if (half || half.error().code != KeyErrc::needs_passphrase) return {std::move(half), true};
  if (ask_line("Passphrase for " + readable(options.file) + ": ", false, passphrase) !=
      Asked::answered)
    return {std::move(half), true};
  return {load_with(options, &passphrase, false), false};
}

Json describe(const KeyOptions& options, Identity& key, bool sealed) {
  const Provider& provider = default_provider();
  const auto print = [&](FingerprintKind kind) -> Json {
    const std::string text = fingerprint(key.public_blob(), kind, provider);
    return text.empty() ? Json(nullptr) : Json(text);
  };
  return {{"result", "ok"},
          {"file", options.file},
          {"format", key.format()},
          {"type", key.type()},
          {"bits", key.bits()},
          {"fingerprints",
           {{"sha256", print(FingerprintKind::sha256_base64)},
            {"sha256_hex", print(FingerprintKind::sha256_hex)},
            {"md5", print(FingerprintKind::md5_hex)}}},
          {"comment", key.comment()},
          {"encrypted", key.encrypted() || sealed},
          {"private", key.has_private() || sealed},
          {"public_key", key.public_line()}};
}

void show(const Json& facts) {
  const auto line = [](const char* name, const std::string& value) {
    std::printf("%-12s %s\n", name, readable(value).c_str());
  };
  const auto yes = [&](const char* name) { return facts[name] == true ? "yes" : "no"; };
  line("format", facts["format"]);
  line("type", facts["type"]);
  line("bits", std::to_string(facts["bits"].get<unsigned>()));
  for (const auto& [name, value] : facts["fingerprints"].items())
    line(name.c_str(), value.is_string() ? value : "not available from this provider");
  line("comment", facts["comment"]);
  line("encrypted", yes("encrypted"));
  line("private", yes("private"));
}

int refuse(const KeyOptions& options, const KeyError& why) {
  const Exit status = why.code == KeyErrc::bad_argument ? exit_usage : exit_credential;
  tell("sshauth: " + why.text);
  if (options.json)
    print_json({{"result", "error"},
                {"exit", int{status}},
                {"error", key_errc_name(why.code)},
                {"message", why.text},
                {"file", options.file}});
  return status;
}

}  // namespace

int run_key(const KeyOptions& options) {
  LookedAt seen = look_at(options);
  if (!seen.key) return refuse(options, seen.key.error());
  const Json facts = describe(options, *seen.key, seen.sealed);
  if (options.json)
    print_json(facts);
  else
    show(facts);
  return exit_authenticated;
}

}  // namespace sshauth::tool
