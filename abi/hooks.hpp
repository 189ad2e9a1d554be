// What the rows of properties.def and settings.def name: functions that look at a new value before
// it is stored, or make the value that is read. Each refusal names the property or setting.
#pragma once

#include "abi/slots.hpp"

namespace sshauth::abi {

// hooks.cpp
Refusal set_firewall_type(Object&, Slot, Value&);
Refusal set_firewall_data(Object&, Slot, Value&);
Refusal set_proxy_exceptions(Object&, Slot, Value&);
Refusal set_host_name(Object&, Slot, Value&);
Refusal set_remote_host(Object&, Slot, Value&);
Refusal set_ssh_port(Object&, Slot, Value&);
Refusal set_identification(Object&, Slot, Value&);
Refusal set_version_patterns(Object&, Slot, Value&);
Refusal set_prompt_pattern(Object&, Slot, Value&);
Refusal set_hint(Object&, Slot, Value&);
Refusal set_agent_socket(Object&, Slot, Value&);
Refusal set_hash(Object&, Slot, Value&);
Refusal set_keep_alive(Object&, Slot, Value&);
Refusal set_channel_length(Object&, Slot, Value&);
Refusal set_code_page(Object&, Slot, Value&);
Refusal set_fips(Object&, Slot, Value&);
Refusal get_fips(Object&, Slot, Value&);
Refusal set_nothing(Object&, Slot, Value&);

// hooks_lists.cpp
Refusal set_kexes(Object&, Slot, Value&);
Refusal set_host_keys(Object&, Slot, Value&);
Refusal set_ciphers(Object&, Slot, Value&);
Refusal set_macs(Object&, Slot, Value&);
Refusal set_compressions(Object&, Slot, Value&);
Refusal set_sig_algs(Object&, Slot, Value&);
Refusal set_policy(Object&, Slot, Value&);

// hooks_keys.cpp
Refusal set_accepted_key(Object&, Slot, Value&);
Refusal set_ca_keys(Object& object, Slot slot, Value& value);
Refusal set_signed_cert(Object& object, Slot slot, Value& value);
Refusal set_fingerprints(Object&, Slot, Value&);
Refusal set_cert_store(Object&, Slot, Value&);
Refusal set_cert_store_type(Object&, Slot, Value&);
Refusal set_cert_encoded(Object&, Slot, Value&);
Refusal set_cert_subject(Object&, Slot, Value&);

// hooks_facts.cpp
Refusal get_local_host(Object&, Slot, Value&);
Refusal get_local_port(Object&, Slot, Value&);
Refusal get_remote_host(Object&, Slot, Value&);
Refusal get_hint(Object&, Slot, Value&);
Refusal get_server_version(Object&, Slot, Value&);
Refusal get_fingerprint_md5(Object&, Slot, Value&);
Refusal get_fingerprint_sha1(Object&, Slot, Value&);
Refusal get_fingerprint_sha256(Object&, Slot, Value&);
Refusal get_renegotiate(Object&, Slot, Value&);
Refusal get_build_info(Object&, Slot, Value&);
Refusal get_license_info(Object&, Slot, Value&);

}  // namespace sshauth::abi
