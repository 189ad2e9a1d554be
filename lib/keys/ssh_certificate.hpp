// OpenSSH certificates of user keys as files and settings have them: a line like that of a public
// key, whose first word says by which algorithm to use it.
#pragma once

#include <string>
#include <string_view>

#include "lib/keys/load.hpp"

namespace sshauth {

struct CertificateLine {
  std::string algorithm;  // "rsa-sha2-512-cert-v01@openssh.com"
  Blob blob;              // of type "ssh-rsa-cert-v01@openssh.com"
};

// "algorithm base64 [comment]", a user's certificate, behind a UTF-8 byte order mark where editors
// put one. Of RSA every algorithm fits the one blob.
KeyError parse_certificate_line(std::string_view line, CertificateLine& out);

// The plain blob of the key that is certified, of a user's certificate.
KeyError take_certified_key(Bytes certificate, Blob& plain);

// Whether that certificate is of that key.
bool certifies(Bytes certificate, Bytes public_blob);

// Gives the identity that came from `path` the certificate in `path`-cert.pub, if that is there.
// Nobody asked for it, so what is wrong with it is told as passed over, and the plain key stays:
// ssh goes on with that one too.
void attach_certificate(const std::string& path, Identity& identity, PassedOver& passed_over);

}  // namespace sshauth
