#include "tools/key_source.hpp"

#include <charconv>

#include "ipworksauth/sshauth.h"
#include "lib/keys/pkcs11_uri.hpp"
#include "lib/keys/ssh_certificate.hpp"
#include "tools/terminal.hpp"

namespace sshauth::tool {
namespace {

KeyTrouble open_typed(const KeySource& source, std::optional<std::string_view> passphrase,
                      bool public_only, std::vector<abi::KeyPtr>& keys, PassedOver& passed_over) {
  abi::StoreSpec spec;
  const char* const end = source.type.data() + source.type.size();
  if (std::from_chars(source.type.data(), end, spec.type).ptr != end)
    return {abi::kBadArgument, KeyErrc::bad_argument,
            "--store-type " + source.type + ": expected a number, a value of SSHCertStoreType"};
  spec.store = source.where;
  spec.password = passphrase.value_or(std::string_view());
  spec.sk_provider = source.sk_provider;
  spec.pin = source.pin;
  spec.last_try = source.last_try;
  spec.public_halves = public_only;
  const abi::Refusal refusal = abi::open_store(spec, keys, passed_over);
  return {refusal.code, abi::store_key_errc(refusal.code), refusal.text};
}

}  // namespace

KeyTrouble trouble_of(const KeyError& error) {
  return {abi::store_error_code(error.code), error.code, error.text};
}

KeyTrouble open_source(const KeySource& source, std::optional<std::string_view> passphrase,
                       bool public_only, std::vector<abi::KeyPtr>& keys, PassedOver& passed_over) {
  if (!source.type.empty()) return open_typed(source, passphrase, public_only, keys, passed_over);
  LoadOptions how;
  how.passphrase = passphrase;
  how.public_only = public_only;
  how.sk_provider = source.sk_provider;
  how.sk_pin = source.pin;
  std::vector<Identity> found;
  if (const KeyError error = load_keys_file(source.where, how, found, &passed_over); !error.ok())
    return trouble_of(error);
  if (source.with_certificate && found.size() == 1)
    attach_certificate(source.where, found.front(), passed_over);
  for (Identity& key : found) keys.push_back(std::make_shared<const Identity>(std::move(key)));
  return {};
}

KeyTrouble open_asking(KeySource source, KeyTrouble trouble, std::vector<abi::KeyPtr>& keys,
                       PassedOver& passed_over) {
  const bool pin =
      source.type == std::to_string(IPWORKSAUTH_CST_PKCS11) || is_pkcs11_uri(source.where);
  const std::string question =
      (pin ? "PIN for " : "Passphrase for ") + readable(shown_source(source.where)) + ": ";
  SecretBytes typed;
  source.last_try = true;
  for (int asked = 0; asked < kPassphraseTries && has_terminal(); ++asked) {
    tell(trouble.text);
    if (ask_line(question, false, typed) != Asked::answered) break;
    if (pin && typed.size() == 0) break;  // no PIN is empty, and the URI's own has been tried
    trouble = open_source(source, as_text(typed.reveal()), false, keys, passed_over);
    if (trouble.why != KeyErrc::wrong_passphrase) break;
  }
  return trouble;
}

std::string shown_source(std::string_view where) {
  if (is_pkcs11_uri(where)) return std::string(where.substr(0, where.find('?')));
  return abi::looks_like_file_name(where) ? std::string(where) : "the key";
}

KeyTrouble choose(const KeySource& source, const std::vector<abi::KeyPtr>& keys, abi::KeyPtr& key) {
  key = source.subject.empty() ? abi::first_choice(keys) : abi::find_subject(keys, source.subject);
  if (key != nullptr) return {};
  std::string there;
  for (const abi::KeyPtr& have : keys)
    there += (there.empty() ? "" : "; ") + printable(abi::key_subject(*have));
  return {abi::kNoKey, KeyErrc::ok,
          shown_source(source.where) + ": no key in it fits \"" + source.subject + "\"; there is " +
              there};
}

}  // namespace sshauth::tool
