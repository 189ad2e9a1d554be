#include "lib/keys/pkcs7.hpp"

#include <openssl/pkcs7.h>

#include <algorithm>

#include "lib/keys/certificate.hpp"
#include "lib/keys/der_shape.hpp"
#include "lib/keys/ossl.hpp"
#include "lib/keys/pem_block.hpp"

namespace sshauth {
namespace {

using Pkcs7 = ossl::Owned<PKCS7, PKCS7_free>;

// RFC 7468 §8 and §9, and what Netscape wrote.
constexpr std::string_view kLabels[] = {"PKCS7", "CMS", "PKCS #7 SIGNED DATA", "CERTIFICATE CHAIN"};

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kDashes = "-----";

bool is_label(std::string_view label) {
  return std::find(std::begin(kLabels), std::end(kLabels), label) != std::end(kLabels);
}

KeyError malformed() {
  return {KeyErrc::malformed, "the PKCS#7 file is malformed: it holds no signed data"};
}

KeyError read_der(Bytes der, const LoadOptions& options, KeyList& keys) {
  const std::uint8_t* at = der.data();
  const Pkcs7 content(d2i_PKCS7(nullptr, &at, static_cast<long>(der.size())));
  if (content == nullptr || OBJ_obj2nid(content->type) != NID_pkcs7_signed ||
      content->d.sign == nullptr)
    return malformed();
  std::vector<NamedCertificate> certificates;
  const STACK_OF(X509)* stack = content->d.sign->cert;
  for (int i = 0; i < sk_X509_num(stack) && certificates.size() < options.limits.keys; ++i) {
    unsigned char* out = nullptr;
    const int len = i2d_X509(sk_X509_value(stack, i), &out);
    if (len > 0) certificates.push_back({Blob(out, out + len), {}});
    OPENSSL_free(out);
  }
  join_certificates(certificates, keys);
  return {};
}

}  // namespace

bool is_pkcs7(Bytes data) noexcept {
  std::string_view text = as_text(data);
  if (!text.starts_with(kBegin)) return der_shape(data) == DerShape::pkcs7;
  text = next_line(text);  // without the blanks at its end, so it may be shorter than its beginning
  if (!text.starts_with(kBegin) || !text.ends_with(kDashes)) return false;
  text.remove_prefix(kBegin.size());
  return text.size() > kDashes.size() && is_label(text.substr(0, text.size() - kDashes.size()));
}

KeyError read_pkcs7(Bytes data, LoadOptions& options, KeyList& keys) {
  if (der_shape(data) == DerShape::pkcs7) return read_der(data, options, keys);
  std::string_view rest = as_text(data);
  PemBlock block;
  if (next_pem_block(rest, block) != PemFound::block) return malformed();
  return read_der(block.contents.reveal(), options, keys);
}

}  // namespace sshauth
