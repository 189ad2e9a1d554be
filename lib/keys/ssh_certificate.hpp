// OpenSSH certificates of user keys as files and settings have them: a line like that of a public
// key, whose first word says by which algorithm to use it.
#pragma once

#include <string>
#include <string_view>

#include "lib/keys/identity.hpp"

namespace sshauth {

struct CertificateLine {
  std::string algorithm;  // "rsa-sha2-512-cert-v01@openssh.com"
  Blob blob;              // of type "ssh-rsa-cert-v01@openssh.com"
};

// "algorithm base64 [comment]", a user's certificate. Of RSA every algorithm fits the one blob.
KeyError parse_certificate_line(std::string_view line, CertificateLine& out);

// The plain blob of the key that is certified, of a user's certificate.
KeyError take_certified_key(Bytes certificate, Blob& plain);

// Whether that certificate is of that key.
bool certifies(Bytes certificate, Bytes public_blob);

// Gives the identity that came from `path` the certificate in `path`-cert.pub, if that is there and
// of this key; as ssh does, of another key it is passed over.
KeyError attach_certificate(const std::string& path, Identity& identity);

}  // namespace sshauth
