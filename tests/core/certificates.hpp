// Certificates made for tests: OpenSSH's, signed by a key of ours, and X.509's by libcrypto.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lib/crypto/certificate.hpp"
#include "lib/keys/identity.hpp"

namespace sshauth::test {

struct CertificateSpec {
  std::uint32_t kind = Certificate::host;
  std::uint64_t serial = 7;
  std::string key_id = "the key's name";
  std::vector<std::string> principals{"server.example"};
  std::uint64_t valid_after = 0;
  std::uint64_t valid_before = ~std::uint64_t{0};
  std::vector<std::pair<std::string, std::string>> critical_options, extensions;
  std::string ca_algorithm;  // "": the best for its type
};

// The certificate of `key` by `authority`, as a key blob.
Blob make_certificate(const Identity& key, const Identity& authority,
                      const CertificateSpec& spec = {});

// A key, and a certificate of it in DER that it signed itself.
struct X509Key {
  Identity identity;
  Blob der;
};
// The `nth` of "ssh-rsa" (2048 bits), "ecdsa-sha2-nistp*", "ssh-dss"; made once.
const X509Key& x509_key_of(std::string_view type, unsigned nth = 0);

// RFC 6187 §2.1, without OCSP responses; and the older drafts' form.
Blob x509_blob(std::string_view name, const std::vector<Blob>& certificates);
Blob x509_draft_blob(std::string_view name, const Blob& certificate);

// A key for a public key algorithm of any form, with the blob that is shown for it.
struct FormKey {
  const Identity* identity = nullptr;
  Blob blob;
};
FormKey form_key_of(std::string_view algorithm, unsigned nth = 0);

}  // namespace sshauth::test
