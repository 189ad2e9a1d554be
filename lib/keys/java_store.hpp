// Sun's key stores of Java: JKS and JCEKS. No standard describes them. Big-endian throughout:
//
//   uint32 magic (JKS FEEDFEED, JCEKS CECECECE), uint32 version 1 or 2, uint32 number of entries,
//   the entries, SHA-1 of password (UTF-16), "Mighty Aphrodite" and all octets before
//
//   entry: uint32 kind, name alias, uint64 milliseconds since 1970, then
//     1  private key: uint32 length, EncryptedPrivateKeyInfo; uint32 number, certificates
//     2  trusted certificate: certificate
//     3  secret key (JCEKS): a serialized Java object (java_object.hpp), passed over
//   certificate: name type (version 2: "X.509"), uint32 length, DER
//   name: uint16 length, modified UTF-8
//
// How the private keys are encrypted: java_protection.hpp.
#pragma once

#include "lib/keys/key_list.hpp"

namespace sshauth {

bool is_java_store(Bytes data) noexcept;
KeyError read_java_store(Bytes data, LoadOptions& options, KeyList& keys);

}  // namespace sshauth
