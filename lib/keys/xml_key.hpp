// Keys in XML, wherever in a document they stand:
//   RSAKeyValue    XML Signature §4.5.2.2, with the private numbers that .NET's ToXmlString adds
//   (P,
//                  Q, InverseQ, D) or xmlsec's PrivateExponent
//   DSAKeyValue    XML Signature §4.5.2.1, with X where it is private
//   ECKeyValue     XML Signature §4.5.2.3.1 with a named curve; ECDSAKeyValue: RFC 4050, as .NET
//                  writes it. Both have a public half alone.
// A KeyName beside the KeyValue becomes the key's comment.
#pragma once

#include "lib/keys/key_list.hpp"

namespace sshauth {

bool is_xml(Bytes data) noexcept;

// Keys of types that SSH does not have are passed over; a damaged one is an error.
KeyError read_xml_keys(Bytes data, LoadOptions& options, KeyList& keys);

}  // namespace sshauth
