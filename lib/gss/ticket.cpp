#include "lib/gss/ticket.hpp"

#include <openssl/asn1.h>

#include "lib/keys/ossl.hpp"

namespace sshauth {
namespace {

// DER elements, one after the other. One that is not as wanted leaves nothing to take.
class Elements {
 public:
  explicit Elements(Bytes octets) noexcept : rest_(octets) {}

  bool empty() const noexcept { return rest_.empty(); }
  Bytes octets() const noexcept { return rest_; }
  void skip(std::size_t len) noexcept { rest_ = rest_.subspan(std::min(len, rest_.size())); }

  // What is in the next element.
  Elements take(int of_class, int tag) noexcept {
    const unsigned char* at = rest_.data();
    long len = 0;
    int its_tag = 0, its_class = 0;
    const int form = rest_.empty() ? kBad
                                   : ASN1_get_object(&at, &len, &its_tag, &its_class,
                                                     static_cast<long>(rest_.size()));
    if ((form & (kBad | kIndefinite)) != 0 || its_tag != tag || its_class != of_class) {
      rest_ = {};
      return Elements({});
    }
    const auto head = static_cast<std::size_t>(at - rest_.data());
    const Bytes inside = rest_.subspan(head, static_cast<std::size_t>(len));
    rest_ = rest_.subspan(head + inside.size());
    return Elements(inside);
  }
  Elements take_sequence() noexcept { return take(V_ASN1_UNIVERSAL, V_ASN1_SEQUENCE); }
  Elements take_field(int number) noexcept { return take(V_ASN1_CONTEXT_SPECIFIC, number); }

 private:
  static constexpr int kBad = 0x80, kIndefinite = 1;  // of ASN1_get_object's result
  Bytes rest_;
};

}  // namespace

std::string service_of_token(Bytes token) {
  const ossl::ErrorMark mark;
  Elements framed = Elements(token).take(V_ASN1_APPLICATION, 0);  // RFC 2743 §3.1
  framed.take(V_ASN1_UNIVERSAL, V_ASN1_OBJECT);
  framed.skip(2);                                                          // TOK_ID
  Elements request = framed.take(V_ASN1_APPLICATION, 14).take_sequence();  // AP-REQ
  for (const int field : {0, 1, 2}) request.take_field(field);
  Elements ticket = request.take_field(3).take(V_ASN1_APPLICATION, 1).take_sequence();
  for (const int field : {0, 1}) ticket.take_field(field);
  Elements name = ticket.take_field(2).take_sequence();
  name.take_field(0);
  std::string out;
  for (Elements parts = name.take_field(1).take_sequence(); !parts.empty();) {
    const std::string_view part =
        as_text(parts.take(V_ASN1_UNIVERSAL, V_ASN1_GENERALSTRING).octets());
    // A component with the separator in it would be two.
    if (part.empty() || part.find('/') != std::string_view::npos) return "";
    if (!out.empty()) out += '/';
    out += part;
  }
  return out;
}

}  // namespace sshauth
