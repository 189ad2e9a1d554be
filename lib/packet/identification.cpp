#include "lib/packet/identification.hpp"

#include "lib/base/utf8.hpp"

namespace sshauth {
namespace {

bool starts_with(std::string_view text, std::string_view prefix) noexcept {
  return text.size() >= prefix.size() &&
         std::memcmp(text.data(), prefix.data(), prefix.size()) == 0;
}

}  // namespace

IdentificationReader::Got IdentificationReader::read(InBuffer& in) noexcept {
  if (ended_) {
    ended_ = false;
    len_ = 0;
  }
  for (const std::uint8_t octet : in.unread()) {
    in.consume(1);
    if (octet == 0) return fail("the line holds a NUL");
    // RFC 4253 §4.2: lines end with CR LF; implementations that send LF alone are old and known.
    if (octet == '\n') return end_line();
    // A CR that ended nothing belongs to the line, and counts.
    const bool fits = !cr_ || keep('\r');
    cr_ = octet == '\r';
    if (!fits || (!cr_ && !keep(static_cast<char>(octet))))
      return fail("the line is longer than 8192 octets");
  }
  return Got::need_more;
}

IdentificationReader::Got IdentificationReader::end_line() noexcept {
  cr_ = false;
  ended_ = true;
  if (starts_with(text(), "SSH-")) return check_identification();
  if (!prelines_) return fail("the first line does not begin with SSH-");
  if (++lines_ > kMaxLines) return fail("more than 1024 lines came before it");
  return Got::line;
}

IdentificationReader::Got IdentificationReader::check_identification() noexcept {
  if (len_ > kMaxIdLen) return fail("it is longer than 255 octets");
  // RFC 4253 §5.1: "1.99" announces 2.0 with support for older clients. The software part may be
  // empty or begin with a minus: such servers exist (field experience with network gear).
  if (!starts_with(text(), "SSH-2.0-") && !starts_with(text(), "SSH-1.99-"))
    return fail("it speaks another version than 2.0");
  // RFC 4253 §4.2 wants printable US-ASCII. Control characters are for terminals, and two sides may
  // take a carriage return in it for different lines; octets from 0x80 on, which comments in other
  // languages have, do no harm.
  for (const std::uint8_t octet : as_bytes(text()))
    if (octet < 0x80 && is_control(octet)) return fail("it holds control characters");
  return Got::identification;
}

bool is_identification(std::string_view text) noexcept {
  if (text.size() > IdentificationReader::kMaxIdLen || !starts_with(text, "SSH-2.0-")) return false;
  for (const char c : text)
    if (c < 0x20 || c > 0x7e) return false;
  return true;
}

}  // namespace sshauth
