// mpint, RFC 4251 §5: two's complement, big-endian, shortest form.
#include "lib/wire/reader.hpp"
#include "lib/wire/writer.hpp"

namespace sshauth {

Bytes Reader::mpint() noexcept {
  const Bytes in = string();
  if (in.empty()) return in;
  const bool negative = (in[0] & 0x80) != 0;
  const bool padded = in[0] == 0 && (in.size() == 1 || (in[1] & 0x80) == 0);
  if (negative || padded) {
    poison();
    return {};
  }
  return in[0] == 0 ? in.subspan(1) : in;
}

Writer& Writer::mpint(Bytes magnitude) noexcept {
  while (!magnitude.empty() && magnitude[0] == 0) magnitude = magnitude.subspan(1);
  const bool pad = !magnitude.empty() && (magnitude[0] & 0x80) != 0;
  if (magnitude.size() >= UINT32_MAX) {
    ok_ = false;
    return *this;
  }
  u32(static_cast<std::uint32_t>(magnitude.size() + (pad ? 1 : 0)));
  if (pad) u8(0);
  return raw(magnitude);
}

}  // namespace sshauth
