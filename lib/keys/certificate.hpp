// X.509 certificates (RFC 5280) beside keys: whose they are, and what they say of their subject.
// Whether one is to be believed is not asked here: they are the user's own.
#pragma once

#include <string>
#include <vector>

#include "lib/keys/key_list.hpp"

namespace sshauth {

// The public key in it, with the certificate as its chain.
KeyResult load_certificate(Bytes der);

// A certificate and what its owner calls it; empty: nothing.
struct NamedCertificate {
  Blob der;
  std::string name;
};

// Gives each key in the list that has no chain the certificate of its public key, and those above
// that one, and where it has no name the certificate's. A certificate that is in no private key's
// chain becomes a public key of its own.
void join_certificates(const std::vector<NamedCertificate>& certificates, KeyList& keys);

// Gives a key the chain that a key store has for it, where the first one can be read and is for it.
KeyError give_chain(Identity& key, std::vector<Blob> chain);

// In PEM (RFC 7468 §5.1).
std::string certificate_pem(Bytes der);

// The subject's distinguished name as people write it (distinguished_name.hpp); empty: none.
std::string certificate_subject(Bytes der);
// The issuer's likewise.
std::string certificate_issuer(Bytes der);

}  // namespace sshauth
