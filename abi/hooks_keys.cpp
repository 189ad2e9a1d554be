// Hooks of the host key and of the user's key.
#include <climits>

#include "abi/hooks.hpp"
#include "abi/object.hpp"
#include "abi/trust.hpp"
#include "lib/keys/ssh_certificate.hpp"

namespace sshauth::abi {

namespace {

Refusal named(Slot slot, const Refusal& refusal) {
  return {refusal.code, std::string(row_of(slot).name) + ": " + refusal.text};
}

bool is_default_store(const Object& object) noexcept {
  return object.number(Slot::SSHCertStoreType) == IPWORKSAUTH_CST_USER &&
         object.text(Slot::SSHCertStore) == "MY";
}

}  // namespace

Refusal set_accepted_key(Object&, Slot slot, Value& value) {
  PinnedKeys pins;
  if (value.text->size() == 0) return {};
  Refusal refusal = pin_key(pins, value.text->view());
  return refusal.ok() ? refusal : named(slot, refusal);
}

Refusal set_fingerprints(Object&, Slot slot, Value& value) {
  PinnedKeys pins;
  if (value.text->size() == 0) return {};
  const KeyError error = pins.add_fingerprints(value.text->view());
  return error.ok() ? Refusal() : named(slot, {kBadArgument, error.text});
}

Refusal set_ca_keys(Object&, Slot slot, Value& value) {
  HostTrust trust;
  const Refusal refusal = add_authorities(trust, value.text->view());
  return refusal.ok() ? refusal : named(slot, refusal);
}

Refusal set_signed_cert(Object&, Slot slot, Value& value) {
  CertificateLine line;
  if (value.text->size() == 0) return {};
  const KeyError error = parse_certificate_line(value.text->view(), line);
  return error.ok() ? Refusal() : named(slot, {kBadArgument, error.text});
}

// Another store: what was chosen from the old one no longer holds.
Refusal set_cert_store(Object& object, Slot, Value&) {
  object.choose_key(nullptr, false);
  return {};
}

Refusal set_cert_store_type(Object& object, Slot slot, Value& value) {
  const bool fits = value.number >= INT_MIN && value.number <= INT_MAX;
  if (!fits) return check_range(row_of(slot), value.number);
  if (Refusal refusal = check_store_type(static_cast<int>(value.number)); !refusal.ok())
    return refusal;
  return set_cert_store(object, slot, value);
}

Refusal set_cert_subject(Object& object, Slot, Value& value) {
  std::vector<KeyPtr> keys;
  KeyPtr key;
  if (value.text->size() != 0) {
    if (Refusal refusal = object.open_keys(keys); !refusal.ok()) return refusal;
    key = find_subject(keys, value.text->view());
  }
  object.choose_key(key, true);
  value.text = make_text(object.text(Slot::SSHCertSubject));
  return {};
}

Refusal set_cert_encoded(Object& object, Slot slot, Value& value) {
  if (value.text->size() == 0) {
    object.choose_key(nullptr, false);
    return {};
  }
  KeyPtr given;
  Refusal refusal = read_key(value.text->view(), object.text(Slot::SSHCertStorePassword), given);
  if (!refusal.ok())
    return named(slot, refusal.code == kBadStore ? Refusal(kBadArgument, refusal.text) : refusal);
  KeyPtr key = given;
  if (!given->can_sign()) {
    std::vector<KeyPtr> keys;
    refusal = object.open_keys(keys);
    if (!refusal.ok() && !is_default_store(object)) return refusal;
    key = find_public(keys, given->public_blob());
  }
  object.choose_key(key, true);
  value.text = make_text(key_encoded(key != nullptr ? *key : *given));
  return {};
}

}  // namespace sshauth::abi
