// RFC 4251 §5: the values, with the RFC's own examples, and what is refused.
#include <catch2/catch.hpp>

#include "lib/wire/reader.hpp"
#include "lib/wire/writer.hpp"
#include "tests/wire/octets.hpp"

using namespace sshauth;

namespace {

template <class Write>
Octets written(Write write, std::size_t room = 256) {
  Octets out(room);
  Writer w(out);
  write(w);
  REQUIRE(w.ok());
  return copy(w.written());
}

// What Reader::mpint makes of the octets, or a note that it refused them.
std::string mpint_of(std::string_view text) {
  const Octets in = hex(text);
  Reader r(in);
  const Bytes value = r.mpint();
  if (r.finish() != Errc::ok) return value.empty() ? "refused" : "refused but not empty";
  std::string out;
  for (const std::uint8_t octet : value) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += digits[octet >> 4];
    out += digits[octet & 15];
  }
  return out;
}

}  // namespace

TEST_CASE("RFC 4251 §5 uint32, uint64, boolean, octet") {
  CHECK(written([](Writer& w) { w.u32(699921578); }) == hex("29 b7 f4 aa"));
  CHECK(written([](Writer& w) { w.u64(0x0102030405060708); }) == hex("01 02 03 04 05 06 07 08"));
  CHECK(written([](Writer& w) { w.boolean(true).boolean(false).u8(200); }) == hex("01 00 c8"));

  const Octets in = hex("29 b7 f4 aa 01 02 03 04 05 06 07 08 01 00 02 c8");
  Reader r(in);
  CHECK(r.u32() == 699921578);
  CHECK(r.u64() == 0x0102030405060708);
  CHECK(r.boolean());
  CHECK_FALSE(r.boolean());
  CHECK(r.boolean());  // any value but 0 is TRUE
  CHECK(r.u8() == 200);
  CHECK(r.finish() == Errc::ok);
}

TEST_CASE("RFC 4251 §5 string") {
  const Octets testing = hex("00 00 00 07 74 65 73 74 69 6e 67");
  CHECK(written([](Writer& w) { w.string("testing"); }) == testing);
  Reader r(testing);
  CHECK(r.text() == "testing");
  CHECK(r.finish() == Errc::ok);
  // A string may hold NUL and may be empty.
  CHECK(written([](Writer& w) { w.string(std::string_view("\0a", 2)); }) == hex("00000002 00 61"));
  CHECK(written([](Writer& w) { w.string(""); }) == hex("00000000"));
}

TEST_CASE("RFC 4251 §5 mpint is written in its shortest form") {
  const auto mpint = [](std::string_view magnitude) {
    return written([&](Writer& w) { w.mpint(hex(magnitude)); });
  };
  CHECK(mpint("") == hex("00 00 00 00"));
  CHECK(mpint("00 00 00") == hex("00 00 00 00"));
  CHECK(mpint("09 a3 78 f9 b2 e3 32 a7") == hex("00 00 00 08 09 a3 78 f9 b2 e3 32 a7"));
  CHECK(mpint("80") == hex("00 00 00 02 00 80"));
  CHECK(mpint("00 00 7f") == hex("00 00 00 01 7f"));
  CHECK(mpint("00 ff") == hex("00 00 00 02 00 ff"));
}

TEST_CASE("RFC 4251 §5 mpint is read in its shortest form only, and never negative") {
  CHECK(mpint_of("00 00 00 00") == "");
  CHECK(mpint_of("00 00 00 08 09 a3 78 f9 b2 e3 32 a7") == "09a378f9b2e332a7");
  CHECK(mpint_of("00 00 00 02 00 80") == "80");
  CHECK(mpint_of("00 00 00 01 7f") == "7f");
  CHECK(mpint_of("00 00 00 02 ed cc") == "refused");           // -1234
  CHECK(mpint_of("00 00 00 05 ff 21 52 41 11") == "refused");  // -deadbeef
  CHECK(mpint_of("00 00 00 01 80") == "refused");
  CHECK(mpint_of("00 00 00 01 00") == "refused");  // zero has no octets
  CHECK(mpint_of("00 00 00 02 00 7f") == "refused");
  CHECK(mpint_of("00 00 00 03 00 00 80") == "refused");
  CHECK(mpint_of("00 00 00 02 7f") == "refused");  // too short
}

TEST_CASE("what Writer::mpint writes Reader::mpint reads") {
  for (unsigned value = 0; value < 70000; value += value < 600 ? 1 : 97) {
    const std::uint8_t magnitude[3] = {static_cast<std::uint8_t>(value >> 16),
                                       static_cast<std::uint8_t>(value >> 8),
                                       static_cast<std::uint8_t>(value)};
    const Octets wire = written([&](Writer& w) { w.mpint(magnitude); });
    Reader r(wire);
    unsigned back = 0;
    for (const std::uint8_t octet : r.mpint()) back = back << 8 | octet;
    REQUIRE(r.finish() == Errc::ok);
    REQUIRE(back == value);
  }
}

TEST_CASE("a payload cut at any length is malformed, and every later read is empty") {
  const Octets whole = written(
      [](Writer& w) { w.u8(1).boolean(true).u32(2).u64(3).string("four").mpint(hex("80")); });
  for (std::size_t len = 0; len <= whole.size() + 1; ++len) {
    Octets in = whole;
    in.resize(len);
    Reader r(in);
    r.u8();
    r.boolean();
    r.u32();
    r.u64();
    r.text();
    r.mpint();
    REQUIRE((r.finish() == Errc::ok) == (len == whole.size()));
    if (len < whole.size()) {
      REQUIRE(r.u32() == 0);
      REQUIRE(r.string().empty());
      REQUIRE(r.rest().empty());
      REQUIRE_FALSE(r.more());
    }
  }
}

TEST_CASE("a length beyond the payload takes nothing, however large") {
  for (const char* length : {"00000005", "7fffffff", "80000000", "ffffffff", "fffffffc"}) {
    const Octets in = hex(std::string(length) + "61626364");
    Reader r(in);
    CHECK(r.string().empty());
    CHECK_FALSE(r.ok());
    CHECK(r.finish() == Errc::malformed);
  }
}

TEST_CASE("a failed read stays failed though later ones would fit") {
  const Octets in = hex("00 00 00 09 61");
  Reader r(in);
  r.string();
  CHECK(r.u8() == 0);
  CHECK(r.finish() == Errc::malformed);
}

TEST_CASE("octets too many are malformed") {
  const Octets in = hex("01 02");
  Reader r(in);
  CHECK(r.u8() == 1);
  CHECK(r.finish() == Errc::malformed);
  CHECK(r.more());
  CHECK(copy(r.rest()) == hex("02"));
  CHECK(r.finish() == Errc::ok);
}

TEST_CASE("a writer without room writes nothing more and says so") {
  for (std::size_t room = 0; room < 32; ++room) {
    Octets out(room + 8, 0xee);
    Writer w(MutBytes(out).first(room));
    w.u8(1).u32(2).string("0123456789").mpint(hex("ff")).u64(3);
    const bool fits = room >= 1 + 4 + 14 + 6 + 8;
    REQUIRE(w.ok() == fits);
    REQUIRE(w.len() <= room);
    for (std::size_t i = room; i < out.size(); ++i) REQUIRE(out[i] == 0xee);
    if (!fits) {
      const std::size_t len = w.len();
      w.u8(9);  // would fit, but comes too late
      REQUIRE(w.len() == len);
    }
  }
}

TEST_CASE("a string with its length told afterwards") {
  CHECK(written([](Writer& w) {
          const std::size_t outer = w.begin_string();
          w.string("a");
          w.end_string(outer);
          w.u8(7);
        }) == hex("00000005 00000001 61 07"));
  Octets small(6);
  Writer w(small);
  const std::size_t mark = w.begin_string();
  w.string("abc");
  w.end_string(mark);
  CHECK_FALSE(w.ok());
  Octets none(2);
  Writer nothing(none);
  nothing.end_string(nothing.begin_string());
  CHECK_FALSE(nothing.ok());
}

TEST_CASE("reserve gives room once") {
  Octets out(4);
  Writer w(out);
  CHECK(w.reserve(3).size() == 3);
  CHECK(w.reserve(2).empty());
  CHECK_FALSE(w.ok());
}
