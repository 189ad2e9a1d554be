// sshauth key FILE: what is in a key file, whatever its format.
#include <chrono>
#include <cstdio>
#include <optional>

#include "lib/crypto/providers.hpp"
#include "lib/keys/fingerprint.hpp"
#include "lib/keys/pkcs11.hpp"
#include "lib/net/agent.hpp"
#include "lib/net/interrupt.hpp"
#include "tools/json.hpp"
#include "tools/key_source.hpp"
#include "tools/terminal.hpp"

namespace sshauth::tool {
namespace {

struct LookedAt {
  KeyTrouble trouble;
  std::vector<abi::KeyPtr> keys;
  bool sealed = false;  // encrypted, and their private halves stayed closed
  PassedOver passed_over{};
};

KeyTrouble no_variable(const std::string& name) {
  return {abi::kBadArgument, KeyErrc::bad_argument, "the environment has no variable " + name};
}

LookedAt load_with(const KeySource& source, const SecretBytes* passphrase, bool public_only) {
  LookedAt out;
  std::optional<std::string_view> word;
  if (passphrase != nullptr) word = as_text(passphrase->reveal());
  out.trouble = open_source(source, word, public_only, out.keys, out.passed_over);
  out.sealed = public_only;
  return out;
}

// As much as can be had: with the passphrase when one was named, else the public half alone, and
// only where the format hides even that, a question on the terminal.
LookedAt look_at(const KeyOptions& options, const KeySource& source) {
  SecretBytes passphrase;
  if (!options.passphrase_env.empty()) {
    if (!take_env(options.passphrase_env, passphrase))
      return {no_variable(options.passphrase_env), {}};
    return load_with(source, &passphrase, false);
  }
  LookedAt whole = load_with(source, nullptr, false);
  if (whole.trouble.why != KeyErrc::needs_passphrase) return whole;
  LookedAt half = load_with(source, nullptr, true);
  if (half.trouble.why != KeyErrc::needs_passphrase) return half;
  half.trouble = open_asking(source, std::move(half.trouble), half.keys, half.passed_over);
  half.sealed = false;
  return half;
}

Json describe(const KeyOptions& options, const Identity& key, bool sealed) {
  const Provider& provider = default_provider();
  sealed = sealed && key.encrypted();
  const auto print = [&](FingerprintKind kind) -> Json {
    const std::string text = fingerprint(key.public_blob(), kind, provider);
    return text.empty() ? Json(nullptr) : Json(text);
  };
  return {{"result", "ok"},
          {"file", shown_source(options.file)},
          {"format", key.format()},
          {"type", key.type()},
          {"bits", key.bits()},
          {"fingerprints",
           {{"sha256", print(FingerprintKind::sha256_base64)},
            {"sha256_hex", print(FingerprintKind::sha256_hex)},
            {"md5", print(FingerprintKind::md5_hex)}}},
          {"comment", key.comment()},
          {"subject", abi::key_subject(key)},
          {"certificates", key.x509_chain().size()},
          {"encrypted", key.encrypted() || sealed},
          {"private", key.can_sign() || sealed},
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
  if (facts["certificates"] != 0) line("subject", facts["subject"]);
  line("encrypted", yes("encrypted"));
  line("private", yes("private"));
}

int refuse(const KeyOptions& options, const KeyTrouble& trouble) {
  const Exit status = trouble.why == KeyErrc::bad_argument ? exit_usage : exit_credential;
  tell("sshauth: " + trouble.text);
  if (options.json)
    print_json({{"result", "error"},
                {"exit", int{status}},
                {"code", trouble.code},
                {"error", key_errc_name(trouble.why)},
                {"message", trouble.text},
                {"file", shown_source(options.file)}});
  return status;
}

// An agent that does not answer is not waited for longer than a person would.
KeyError list_agent(const std::string& path, AgentListing& listing) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::seconds kPatience{10};
  const auto end = Clock::now() + kPatience;
  for (;;) {
    const AgentLine::State state = listing.step();
    if (state == AgentLine::State::failed) return listing.error();
    if (state == AgentLine::State::replied) return {};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0)
      return {KeyErrc::io, "key agent " + readable(path) + ": it has not answered within 10 s"};
    const SignWait wait = listing.wait();
    wait_for({wait.fd, wait.read, wait.write, static_cast<int>(left)}, nullptr);
  }
}

int run_agent_keys(KeyOptions options) {
  const std::string path =
      options.agent.socket.empty() ? agent_of_environment() : options.agent.socket;
  AgentListing listing(path);
  options.file = path;
  if (const KeyError why = list_agent(path, listing); !why.ok())
    return refuse(options, trouble_of(why));
  Json all = Json::array();
  for (const auto& key : listing.identities()) all.push_back(describe(options, *key, false));
  if (options.json) {
    print_json({{"result", "ok"}, {"agent", path}, {"keys", all}});
    return exit_authenticated;
  }
  for (const Json& facts : all) {
    if (&facts != &all.front()) std::putchar('\n');
    show(facts);
  }
  if (all.empty()) tell("The agent holds no key, or it is locked.");
  return exit_authenticated;
}

int run_token_keys(KeyOptions options) {
  SecretBytes pin;
  options.file = options.token.store;
  if (!options.token.pin_env.empty() && !take_env(options.token.pin_env, pin))
    return refuse(options, no_variable(options.token.pin_env));
  std::vector<Pkcs11Key> keys;
  const Pkcs11Spec spec{.store = options.file, .pin = as_text(pin.reveal()), .public_halves = true};
  if (const KeyError why = load_pkcs11(spec, keys); !why.ok())
    return refuse(options, trouble_of(why));
  Json all = Json::array();
  for (const Pkcs11Key& key : keys) {
    Json facts = describe(options, key.identity, false);
    facts["file"] = key.uri;
    all.push_back(facts);
  }
  if (options.json) print_json({{"result", "ok"}, {"keys", all}});
  for (const Json& facts : all) {
    if (options.json) break;
    std::printf("%-12s %s\n", "uri", readable(facts["file"].get<std::string>()).c_str());
    show(facts);
  }
  return exit_authenticated;
}

// The chosen key's facts, and where there are several those of each.
void print_facts(const KeyOptions& options, const LookedAt& seen, const Identity& chosen) {
  Json facts = describe(options, chosen, seen.sealed);
  facts["passed_over"] = {{"num", seen.passed_over.num}, {"first", seen.passed_over.first.text}};
  facts["keys"] = Json::array();
  for (const abi::KeyPtr& key : seen.keys)
    facts["keys"].push_back(describe(options, *key, seen.sealed));
  print_json(facts);
}

void show_all(const KeyOptions& options, const LookedAt& seen, const Identity& chosen) {
  if (!options.subject.empty()) return show(describe(options, chosen, seen.sealed));
  for (std::size_t i = 0; i < seen.keys.size(); ++i) {
    if (i != 0) std::printf("\n");
    show(describe(options, *seen.keys[i], seen.sealed));
  }
}

}  // namespace

int run_key(const KeyOptions& options) {
  if (!options.token.store.empty()) return run_token_keys(options);
  if (options.agent.wanted()) return run_agent_keys(options);
  if (!options.names_file)
    return refuse(options, {abi::kBadArgument, KeyErrc::bad_argument,
                            "name a key file, or use --agent or --pkcs11"});
  SecretBytes pin;
  if (!options.token.pin_env.empty() && !take_env(options.token.pin_env, pin))
    return refuse(options, no_variable(options.token.pin_env));
  const KeySource source{options.file, options.store_type,   options.subject, false,
                         {},           as_text(pin.reveal())};
  LookedAt seen = look_at(options, source);
  abi::KeyPtr chosen;
  if (seen.trouble.ok()) seen.trouble = choose(source, seen.keys, chosen);
  if (!seen.trouble.ok()) return refuse(options, seen.trouble);
  if (options.json)
    print_facts(options, seen, *chosen);
  else
    show_all(options, seen, *chosen);
  if (seen.passed_over.num != 0)
    tell("sshauth: " + shown_source(options.file) + ": " + passed_over_sentence(seen.passed_over));
  return exit_authenticated;
}

}  // namespace sshauth::tool
