#include "lib/keys/der_shape.hpp"

namespace sshauth {
namespace {

constexpr std::uint8_t kInteger = 0x02;
constexpr std::uint8_t kBitString = 0x03;
constexpr std::uint8_t kOctetString = 0x04;
constexpr std::uint8_t kObject = 0x06;
constexpr std::uint8_t kSequence = 0x30;
constexpr std::uint8_t kEnd = 0x00;  // nothing follows

struct Part {
  std::uint8_t tag = kEnd;
  Bytes contents;
};

// Takes a part off `rest`. One of indefinite length (BER, X.690 §8.1.3.6) is taken to reach to the
// end: what follows it stays unknown.
Part next_part(Bytes& rest) noexcept {
  if (rest.size() < 2) return {};
  const std::uint8_t tag = rest[0];
  const std::uint8_t first = rest[1];
  rest = rest.subspan(2);
  std::size_t len = first;
  if (first == 0x80) len = rest.size();
  if (first > 0x80) {
    const std::size_t octets = first & 0x7f;
    if (octets > 4 || octets > rest.size()) return {};
    len = 0;
    for (const std::uint8_t octet : rest.first(octets)) len = len << 8 | octet;
    rest = rest.subspan(octets);
  }
  if (len > rest.size()) return {};
  const Part part{tag, rest.first(len)};
  rest = rest.subspan(len);
  return part;
}

// pkcs7-signedData (RFC 2315 §14), 1.2.840.113549.1.7.2.
constexpr std::uint8_t kSignedData[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};

DerShape shape_after_number(Bytes number, std::uint8_t second, std::uint8_t third) noexcept {
  if (second == kOctetString) return DerShape::ec_private;
  if (second == kInteger) return third == kEnd ? DerShape::rsa_public : DerShape::rsa_private;
  if (second != kSequence || number.size() != 1) return DerShape::other;
  if (number[0] == 3) return DerShape::pkcs12;
  return number[0] <= 1 ? DerShape::pkcs8 : DerShape::other;
}

}  // namespace

DerShape der_shape(Bytes der) noexcept {
  const Part whole = next_part(der);
  if (whole.tag != kSequence) return DerShape::other;
  Bytes rest = whole.contents;
  const Part first = next_part(rest);
  const std::uint8_t second = next_part(rest).tag;
  const std::uint8_t third = next_part(rest).tag;
  if (first.tag == kInteger) return shape_after_number(first.contents, second, third);
  if (first.tag == kObject)
    return same_bytes(first.contents, kSignedData) ? DerShape::pkcs7 : DerShape::other;
  if (first.tag != kSequence) return DerShape::other;
  if (second == kOctetString) return DerShape::pkcs8_encrypted;
  if (second == kBitString) return DerShape::public_key;
  if (second != kSequence) return DerShape::other;
  return third == kBitString ? DerShape::certificate : DerShape::bcfks;
}

}  // namespace sshauth
