// Certificates around a key, as public key algorithms have them: key_forms.cpp, with the rows of
// key_forms.def; a build without them (profile tiny) has key_forms_without.cpp, and there every key
// is a plain one.
#pragma once

#include "lib/crypto/key_algorithm.hpp"

namespace sshauth {

// Of an RSA key's modulus; 0: another type.
std::uint32_t rsa_bits_of(std::string_view key_type, const ipworksauth_public_key& key) noexcept;

// The key inside a blob of a form that is not the plain one.
Errc open_form(const KeyAlgorithm& alg, const Provider& p, Bytes blob, OpenedKey& out) noexcept;

// Whether an OpenSSH certificate carries its authority's signature, by a key that is long enough.
Errc check_authority(const KeyAlgorithm& alg, const Provider& p, Bytes blob,
                     std::uint32_t min_rsa_bits) noexcept;

}  // namespace sshauth
