#include "tools/key_source.hpp"

#include <charconv>

#include "lib/keys/ssh_certificate.hpp"

namespace sshauth::tool {
namespace {

KeyTrouble open_typed(const KeySource& source, std::optional<std::string_view> passphrase,
                      std::vector<abi::KeyPtr>& keys, PassedOver& passed_over) {
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
  const abi::Refusal refusal = abi::open_store(spec, keys, passed_over);
  return {refusal.code, abi::store_key_errc(refusal.code), refusal.text};
}

}  // namespace

KeyTrouble trouble_of(const KeyError& error) {
  return {abi::store_error_code(error.code), error.code, error.text};
}

KeyTrouble open_source(const KeySource& source, std::optional<std::string_view> passphrase,
                       bool public_only, std::vector<abi::KeyPtr>& keys, PassedOver& passed_over) {
  if (!source.type.empty()) return open_typed(source, passphrase, keys, passed_over);
  LoadOptions how;
  how.passphrase = passphrase;
  how.public_only = public_only;
  how.sk_provider = source.sk_provider;
  how.sk_pin = source.pin;
  std::vector<Identity> found;
  if (const KeyError error = load_keys_file(source.where, how, found, &passed_over); !error.ok())
    return trouble_of(error);
  if (source.with_certificate && found.size() == 1)
    if (const KeyError error = attach_certificate(source.where, found.front()); !error.ok())
      return trouble_of(error);
  for (Identity& key : found) keys.push_back(std::make_shared<const Identity>(std::move(key)));
  return {};
}

KeyTrouble choose(const KeySource& source, const std::vector<abi::KeyPtr>& keys, abi::KeyPtr& key) {
  key = source.subject.empty() ? abi::first_choice(keys) : abi::find_subject(keys, source.subject);
  if (key != nullptr) return {};
  std::string there;
  for (const abi::KeyPtr& have : keys)
    there += (there.empty() ? "" : "; ") + printable(abi::key_subject(*have));
  return {abi::kNoKey, KeyErrc::ok,
          source.where + ": no key in it fits \"" + source.subject + "\"; there is " + there};
}

}  // namespace sshauth::tool
