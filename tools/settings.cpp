#include "tools/settings.hpp"

#include "abi/object.hpp"

namespace sshauth::tool {

namespace {

using abi::Slot;

// A command line is open to every user of the machine.
constexpr Slot kSecrets[] = {Slot::Password, Slot::NewPassword, Slot::FirewallPassword,
                             Slot::SSHCertStorePassword};

std::optional<Slot> find_slot(std::string_view name) {
  if (const auto slot = abi::find_setting(name)) return slot;
  // The one property that has no option of its own here.
  if (abi::same_name(name, abi::row_of(Slot::SSHEncryptionAlgorithms).name))
    return Slot::SSHEncryptionAlgorithms;
  return std::nullopt;
}

abi::Refusal apply(abi::Object& object, const std::string& setting) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string::npos)
    return {abi::kBadArgument, "\"" + setting + "\" is not NAME=VALUE"};
  const auto slot = find_slot(std::string_view(setting).substr(0, equals));
  for (const Slot secret : kSecrets)
    if (slot == secret) return {abi::kBadArgument, "a password has no place on the command line"};
  if (slot == Slot::SSHEncryptionAlgorithms)
    return object.assign_text(*slot, std::string_view(setting).substr(equals + 1));
  abi::TextPtr ignored;
  return object.config(setting, ignored);
}

}  // namespace

std::string apply_settings(const std::vector<std::string>& settings, ClientConfig& out,
                           KeySettings& keys) {
  abi::Object object(nullptr, nullptr);
  for (const std::string& setting : settings)
    if (const abi::Refusal refusal = apply(object, setting); !refusal.ok()) return refusal.text;
  object.put_text(Slot::SSHHost, out.host);
  if (const abi::Refusal refusal = object.prepare(out); !refusal.ok()) return refusal.text;
  const abi::StoreSpec store = object.store();
  keys = {std::string(store.sk_provider), store.last_try};
  out.password.reset();
  out.methods.clear();
  return {};
}

}  // namespace sshauth::tool
