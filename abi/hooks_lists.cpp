// Hooks of the algorithm lists.
#include "abi/algorithms.hpp"
#include "abi/hooks.hpp"
#include "abi/object.hpp"

namespace sshauth::abi {

namespace {

struct ListSlot {
  Slot slot;
  ListKind kind;
};

constexpr ListSlot kLists[] = {
    {Slot::SSHKeyExchangeAlgorithms, ListKind::kex},
    {Slot::SSHPublicKeyAlgorithms, ListKind::host_key},
    {Slot::SSHEncryptionAlgorithms, ListKind::cipher},
    {Slot::SSHMacAlgorithms, ListKind::mac},
    {Slot::SSHCompressionAlgorithms, ListKind::compression},
    {Slot::SSHPubKeyAuthSigAlgorithms, ListKind::signature},
};

Refusal check(ListKind kind, Object& object, Slot slot, const Value& value) {
  Refusal refusal = check_list(kind, value.text->view(), object.provider());
  if (!refusal.ok()) refusal.text = std::string(row_of(slot).name) + ": " + refusal.text;
  return refusal;
}

}  // namespace

Refusal set_kexes(Object& o, Slot s, Value& v) { return check(ListKind::kex, o, s, v); }
Refusal set_host_keys(Object& o, Slot s, Value& v) { return check(ListKind::host_key, o, s, v); }
Refusal set_ciphers(Object& o, Slot s, Value& v) { return check(ListKind::cipher, o, s, v); }
Refusal set_macs(Object& o, Slot s, Value& v) { return check(ListKind::mac, o, s, v); }
Refusal set_compressions(Object& o, Slot s, Value& v) {
  return check(ListKind::compression, o, s, v);
}
Refusal set_sig_algs(Object& o, Slot s, Value& v) {
  Refusal refusal = check(ListKind::signature, o, s, v);
  if (refusal.ok()) o.own_sig_algorithms(true);
  return refusal;
}

Refusal set_policy(Object& object, Slot slot, Value& value) {
  const std::string_view wanted = value.text->view();
  const std::string_view policy = policy_name(wanted);
  if (policy.empty())
    return {kBadArgument, std::string(row_of(slot).name) + ": \"" +
                              std::string(wanted.substr(0, 40)) +
                              "\" is no policy; Reference, Modern and FIPS are"};
  for (const ListSlot& list : kLists) {
    const std::string names = policy_list(policy, list.kind);
    object.put_text(list.slot, names.empty() ? row_of(list.slot).initial : names);
  }
  object.own_sig_algorithms(false);
  value.text = make_text(policy);
  return {};
}

}  // namespace sshauth::abi
