// Messages in hexadecimal, field by field: lib/wire's Reader and Writer for hosts in any language.
#include "ipworksauth/packet.h"

#include <openssl/bn.h>

#include <new>

#include "abi/hex.hpp"
#include "abi/refusal.hpp"
#include "lib/keys/ossl.hpp"
#include "lib/keys/secret_text.hpp"
#include "lib/wire/reader.hpp"
#include "lib/wire/writer.hpp"

using namespace sshauth;
using namespace sshauth::abi;

namespace {

constexpr std::size_t kMaxPacket = 35'000;
constexpr std::size_t kMaxMpint = 2048;
constexpr std::size_t kMpintDigits = IPWORKSAUTH_PACKET_MPINT_SIZE - 1;

std::string_view or_empty(const char* text) noexcept {
  return text != nullptr ? std::string_view(text) : std::string_view();
}

template <class Body>
int guarded(Body&& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return kOutOfMemory;
  } catch (...) {
    return kBadState;
  }
}

// ---- writing ----

bool is_hex(std::string_view text) noexcept {
  for (const char c : text)
    if (hex_digit(c) < 0) return false;
  return text.size() % 2 == 0;
}

// Appends a field of `len` octets, which `write` puts into memory that is wiped.
template <class Write>
int append(char* packet, int size, std::size_t len, Write&& write) noexcept {
  return guarded([&]() -> int {
    if (packet == nullptr || size <= 0) return kBadArgument;
    const std::string_view before(packet);
    if (!is_hex(before)) return kBadArgument;
    const std::size_t octets = before.size() / 2;
    if (octets > kMaxPacket || len > kMaxPacket - octets ||
        2 * (octets + len) + 1 > static_cast<std::size_t>(size))
      return kTooLong;
    SecretBytes field(len);
    Writer w(field.write());
    write(w);
    if (!w.ok()) return kTooLong;
    put_hex(packet + before.size(), w.written());
    packet[before.size() + 2 * w.len()] = '\0';
    return 0;
  });
}

bool has_only(std::string_view text, std::string_view characters) noexcept {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

// Null: no number.
ossl::Bn parse_number(const char* text) {
  const std::string_view all = or_empty(text);
  BIGNUM* raw = nullptr;
  int read = 0;
  if (all.starts_with("0x") || all.starts_with("0X")) {
    const bool fits = all.size() - 2 <= 2 * kMaxMpint;
    if (fits && has_only(all.substr(2), "0123456789abcdefABCDEF")) read = BN_hex2bn(&raw, text + 2);
  } else if (all.size() <= kMpintDigits && has_only(all, "0123456789")) {
    read = BN_dec2bn(&raw, text);
  }
  ossl::Bn number(raw);
  return read != 0 ? std::move(number) : nullptr;
}

// ---- reading ----

// Takes one field off the packet with `read`, which gives 0 or an error.
template <class Read>
int take(const char* packet, int* at, Read&& read) noexcept {
  return guarded([&]() -> int {
    if (packet == nullptr || at == nullptr || *at < 0) return kBadArgument;
    SecretBytes octets;
    if (!decode_hex(packet, octets)) return kBadArgument;
    if (octets.size() > kMaxPacket) return kTooLong;
    Reader r(octets.reveal());
    r.take(static_cast<std::size_t>(*at));
    const int code = read(r);
    if (code == 0) *at = static_cast<int>(octets.size() - r.left());
    return code;
  });
}

template <class Value, class Read>
int take_number(const char* packet, int* at, Value* value, Read&& read) noexcept {
  if (value == nullptr) return kBadArgument;
  return take(packet, at, [&](Reader& r) {
    const auto number = read(r);
    if (!r.ok()) return kMalformed;
    *value = static_cast<Value>(number);
    return 0;
  });
}

// Whether `out` is a buffer at all.
bool is_buffer(const char* out, int size) noexcept { return out != nullptr && size >= 0; }

int give_text(std::string_view text, char* out, int size) noexcept {
  if (text.size() >= static_cast<std::size_t>(size)) return kTooLong;
  copy_bytes(static_cast<std::uint8_t*>(static_cast<void*>(out)), as_bytes(text));
  out[text.size()] = '\0';
  return 0;
}

int give_hex(Bytes octets, char* out, int size) noexcept {
  if (2 * octets.size() >= static_cast<std::size_t>(size)) return kTooLong;
  put_hex(out, octets);
  out[2 * octets.size()] = '\0';
  return 0;
}

// Divided by ten until nothing is left, the digits from the end: libcrypto's own way to decimal
// leaves copies of the number in memory that it gives back.
int give_decimal(Bytes magnitude, char* out, int size) {
  SecretBytes number(magnitude);
  SecretBytes digits(kMpintDigits);
  std::size_t at = digits.size();
  std::size_t zeros = 0;  // octets in front that are done
  const MutBytes left = number.write();
  do {
    unsigned rest = 0;
    for (std::size_t i = zeros; i < left.size(); ++i) {
      const unsigned part = rest << 8 | left[i];
      left[i] = static_cast<std::uint8_t>(part / 10);
      rest = part % 10;
    }
    digits.write()[--at] = static_cast<std::uint8_t>('0' + rest);
    while (zeros < left.size() && left[zeros] == 0) ++zeros;
  } while (zeros < left.size());
  return give_text(as_text(digits.reveal().subspan(at)), out, size);
}

}  // namespace

extern "C" {

int ipworksauth_packet_write_byte(char* packet, int size, int value) {
  if (value < 0 || value > 255) return kBadArgument;
  return append(packet, size, 1, [&](Writer& w) { w.u8(static_cast<std::uint8_t>(value)); });
}

int ipworksauth_packet_write_boolean(char* packet, int size, int value) {
  return append(packet, size, 1, [&](Writer& w) { w.boolean(value != 0); });
}

int ipworksauth_packet_write_int(char* packet, int size, uint32_t value) {
  return append(packet, size, 4, [&](Writer& w) { w.u32(value); });
}

int ipworksauth_packet_write_long(char* packet, int size, uint64_t value) {
  return append(packet, size, 8, [&](Writer& w) { w.u64(value); });
}

int ipworksauth_packet_write_string(char* packet, int size, const char* text) {
  const std::string_view octets = or_empty(text);
  return append(packet, size, 4 + octets.size(), [&](Writer& w) { w.string(octets); });
}

int ipworksauth_packet_write_sb(char* packet, int size, const char* hex) {
  return guarded([&] {
    SecretBytes octets;
    if (!decode_hex(or_empty(hex), octets)) return kBadArgument;
    return append(packet, size, 4 + octets.size(), [&](Writer& w) { w.string(octets.reveal()); });
  });
}

int ipworksauth_packet_write_mpint(char* packet, int size, const char* number) {
  return guarded([&] {
    const ossl::Bn value = parse_number(number);
    if (value == nullptr || static_cast<std::size_t>(BN_num_bytes(value.get())) > kMaxMpint)
      return kBadArgument;
    SecretBytes magnitude(static_cast<std::size_t>(BN_num_bytes(value.get())));
    BN_bn2bin(value.get(), magnitude.write().data());
    // RFC 4251 §5: an octet of zeros in front where the top bit is set.
    const std::size_t len = magnitude.size() + (BN_num_bits(value.get()) % 8 == 0 ? 1 : 0);
    const std::size_t field = 4 + (magnitude.size() != 0 ? len : 0);
    return append(packet, size, field, [&](Writer& w) { w.mpint(magnitude.reveal()); });
  });
}

int ipworksauth_packet_read_byte(const char* packet, int* at, int* value) {
  return take_number(packet, at, value, [](Reader& r) { return r.u8(); });
}

int ipworksauth_packet_read_boolean(const char* packet, int* at, int* value) {
  return take_number(packet, at, value, [](Reader& r) { return r.boolean(); });
}

int ipworksauth_packet_read_int(const char* packet, int* at, uint32_t* value) {
  return take_number(packet, at, value, [](Reader& r) { return r.u32(); });
}

int ipworksauth_packet_read_long(const char* packet, int* at, uint64_t* value) {
  return take_number(packet, at, value, [](Reader& r) { return r.u64(); });
}

int ipworksauth_packet_read_string(const char* packet, int* at, char* text, int size) {
  if (!is_buffer(text, size)) return kBadArgument;
  return take(packet, at, [&](Reader& r) {
    const std::string_view octets = r.text();
    if (!r.ok() || octets.find('\0') != std::string_view::npos) return kMalformed;
    return give_text(octets, text, size);
  });
}

int ipworksauth_packet_read_sb(const char* packet, int* at, char* hex, int size) {
  if (!is_buffer(hex, size)) return kBadArgument;
  return take(packet, at, [&](Reader& r) {
    const Bytes octets = r.string();
    return r.ok() ? give_hex(octets, hex, size) : kMalformed;
  });
}

int ipworksauth_packet_read_mpint(const char* packet, int* at, char* number, int size) {
  if (!is_buffer(number, size)) return kBadArgument;
  return take(packet, at, [&](Reader& r) {
    const Bytes magnitude = r.mpint();
    if (!r.ok() || magnitude.size() > kMaxMpint) return kMalformed;
    return give_decimal(magnitude, number, size);
  });
}

int ipworksauth_packet_end(const char* packet, int at) {
  return take(packet, &at, [](Reader& r) { return r.finish() == Errc::ok ? 0 : kMalformed; });
}

}  // extern "C"
