// Hooks of what is read and not set.
#include "abi/hooks.hpp"
#include "abi/object.hpp"
#include "abi/shown.hpp"
#include "lib/keys/fingerprint.hpp"

namespace sshauth::abi {

namespace {

// The facts of the connection that is up; null when none is.
const ClientResult* connected_facts(const Object& object) noexcept {
  return object.client().is_connected() ? object.facts() : nullptr;
}

Refusal give_fingerprint(Object& object, FingerprintKind kind, Value& value) {
  const ClientResult* facts = object.facts();
  if (facts != nullptr && !facts->host_key.empty())
    value.text = make_text(fingerprint(facts->host_key, kind, object.provider()));
  return {};
}

}  // namespace

Refusal get_local_host(Object& object, Slot, Value& value) {
  const ClientResult* facts = connected_facts(object);
  if (facts != nullptr && !facts->local_address.empty())
    value.text = make_text(facts->local_address);
  return {};
}

Refusal get_local_port(Object& object, Slot, Value& value) {
  const ClientResult* facts = connected_facts(object);
  if (facts != nullptr && facts->local_port != 0) value.number = facts->local_port;
  return {};
}

// After a look-up the address stands for the name; what the host set is kept for known_hosts.
Refusal get_remote_host(Object& object, Slot slot, Value& value) {
  if (!object.resolved(slot).empty()) value.text = make_text(object.resolved(slot));
  return {};
}

Refusal get_hint(Object& object, Slot, Value& value) {
  if (!object.learned_hint().empty()) value.text = make_text(object.learned_hint());
  return {};
}

Refusal get_server_version(Object& object, Slot, Value& value) {
  if (object.facts() != nullptr)
    value.text = make_text(shown_text(object.facts()->server_identification));
  return {};
}

Refusal get_fingerprint_md5(Object& object, Slot, Value& value) {
  return give_fingerprint(object, FingerprintKind::md5_hex, value);
}
Refusal get_fingerprint_sha1(Object& object, Slot, Value& value) {
  return give_fingerprint(object, FingerprintKind::sha1_hex, value);
}
Refusal get_fingerprint_sha256(Object& object, Slot, Value& value) {
  return give_fingerprint(object, FingerprintKind::sha256_hex, value);
}

Refusal get_renegotiate(Object& object, Slot slot, Value&) {
  if (object.client().rekey()) return {};
  return {kNotConnected, std::string(row_of(slot).name) +
                             ": there is no connection whose keys could be exchanged again"};
}

Refusal get_build_info(Object& object, Slot, Value& value) {
  value.text = make_text(std::string("ipworksauth " IPWORKSAUTH_VERSION) + ", cryptography by " +
                         object.provider().name);
  return {};
}

// The five lines that the reference documents, with this project's facts.
Refusal get_license_info(Object&, Slot, Value& value) {
  value.text =
      make_text("Product: ipworksauth " IPWORKSAUTH_VERSION
                "\nProduct Key: none needed\nLicense Source: the file LICENSE of the project"
                "\nLicense Type: MIT\nLast Valid Build: no limit");
  return {};
}

}  // namespace sshauth::abi
