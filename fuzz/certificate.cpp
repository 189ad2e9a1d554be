// Fuzz target: OpenSSH certificates. Whatever is read is put together again from its fields, octet
// for octet up to the nonce and the reserved field, which are not kept.
#include "lib/crypto/certificate.hpp"
#include "fuzz/require.hpp"
#include "lib/crypto/key_algorithm.hpp"

using namespace sshauth;

namespace {

void check_fields(Bytes blob) {
  Certificate c;
  if (decode_certificate(blob, c) != Errc::ok) return;
  require(is_certificate_type(c.type) && c.key_type.size() < c.type.size());
  require(c.valid_after <= c.valid_before && (c.kind == 1 || c.kind == 2));
  require(c.signed_part.size() + 4 + c.signature.size() == blob.size());
  std::uint8_t plain[kMaxKeyBlob];
  Writer w(plain);
  write_certified_key(w, c);
  ipworksauth_public_key key;
  require(w.ok() && decode_public_key(w.written(), c.key_type, key) == Errc::ok);
  require(key.first_len == c.key.first_len && key.second_len == c.key.second_len);
  std::size_t octets = 0;
  each_principal(c.principals, [&](std::string_view name) { octets += 4 + name.size(); });
  require(octets == c.principals.size());
  octets = 0;
  each_option(c.extensions,
              [&](std::string_view name, Bytes data) { octets += 8 + name.size() + data.size(); });
  require(octets == c.extensions.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes in(data, size);
  check_fields(in);
  for (const KeyFormRow& row : key_forms()) {
    X509Chain chain;
    if (row.form == KeyForm::certificate || chain.open(row.form, row.blob_type, in) != Errc::ok)
      continue;
    require(chain.size() > 0 && chain.size() <= X509Chain::kMaxCertificates);
  }
  return 0;
}
