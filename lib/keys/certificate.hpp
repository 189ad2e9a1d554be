// X.509 certificates (RFC 5280) beside keys: whose they are, and what they say of their subject.
// Whether one is to be believed is not asked here: they are the user's own.
#pragma once

#include <string>
#include <vector>

#include "lib/keys/key_list.hpp"

namespace sshauth {

// The public key in it, with the certificate as its chain.
KeyResult load_certificate(Bytes der);

// Gives each key in the list that has no chain the certificate of its public key, and those above
// that one. A certificate that is in no private key's chain becomes a public key of its own.
void join_certificates(const std::vector<Blob>& certificates, KeyList& keys);

// The subject's distinguished name as people write it (distinguished_name.hpp); empty: none.
std::string certificate_subject(Bytes der);
// The issuer's likewise.
std::string certificate_issuer(Bytes der);

}  // namespace sshauth
