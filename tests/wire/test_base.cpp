// lib/base: wiping, comparing, and memory that cannot grow.
#include <algorithm>
#include <catch2/catch.hpp>
#include <new>

#include "lib/base/arena.hpp"
#include "lib/base/errc.hpp"
#include "lib/base/fixed_vector.hpp"
#include "lib/base/secret.hpp"
#include "lib/base/text.hpp"
#include "tests/wire/octets.hpp"

using namespace sshauth;

TEST_CASE("big-endian integers") {
  std::uint8_t at[4];
  store_u32(at, 0x29b7f4aa);
  CHECK(Octets(at, at + 4) == hex("29 b7 f4 aa"));
  CHECK(load_u32(at) == 0x29b7f4aa);
}

TEST_CASE("ct_equal tells every single bit, and lengths apart") {
  Octets a(33);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<std::uint8_t>(i * 7);
  CHECK(ct_equal(a, copy(a)));
  CHECK(ct_equal({}, {}));
  for (std::size_t bit = 0; bit < a.size() * 8; ++bit) {
    Octets b = a;
    b[bit / 8] = static_cast<std::uint8_t>(b[bit / 8] ^ 1U << (bit % 8));
    REQUIRE_FALSE(ct_equal(a, b));
  }
  CHECK_FALSE(ct_equal(a, Bytes(a).first(32)));
  CHECK_FALSE(ct_equal(a, {}));
}

TEST_CASE("ct_is_zero looks at every octet") {
  Octets a(20);
  CHECK(ct_is_zero(a));
  CHECK(ct_is_zero({}));
  for (std::uint8_t& octet : a) {
    octet = 0x80;
    CHECK_FALSE(ct_is_zero(a));
    octet = 0;
  }
}

TEST_CASE("same_bytes takes empty views without data") {
  CHECK(same_bytes({}, {}));
  CHECK(same_bytes(as_bytes("ab"), as_bytes("ab")));
  CHECK_FALSE(same_bytes(as_bytes("ab"), as_bytes("ac")));
  CHECK_FALSE(same_bytes(as_bytes("ab"), {}));
}

TEST_CASE("a secret is wiped when its scope ends") {
  alignas(Secret<32>) std::uint8_t place[sizeof(Secret<32>)];
  auto* secret = new (place) Secret<32>();
  copy_bytes(secret->write().data(), as_bytes("hunter2"));
  secret->set_len(7);
  CHECK(as_text(secret->reveal()) == "hunter2");
  secret->~Secret();
  // Through a volatile view, so that the compiler reads what is there.
  const volatile std::uint8_t* seen = place;
  for (std::size_t i = 0; i < 32; ++i) CHECK(seen[i] == 0);
}

TEST_CASE("a secret reveals only what was said to be in it") {
  Secret<4> secret;
  CHECK(secret.reveal().empty());
  secret.set_len(5);  // more than there is
  CHECK(secret.len() == 0);
  secret.set_len(4);
  CHECK(secret.reveal().size() == 4);
  secret.write()[0] = 9;
  secret.wipe();
  CHECK(secret.len() == 0);
  CHECK(secret.write()[0] == 0);
}

TEST_CASE("an arena measures what it later places") {
  const auto layout = [](Arena& arena) {
    arena.take(1);
    arena.keep(as_bytes("seventeen octets!"));
    return arena.take(16);
  };
  Arena measure({});
  layout(measure);
  CHECK(measure.used() == 64);
  CHECK(measure.ok());

  alignas(Arena::kAlign) std::uint8_t block[64];
  Arena place(block);
  const MutBytes last = layout(place);
  CHECK(place.ok());
  CHECK(last.data() == block + 48);
  CHECK(as_text(Bytes(block + 16, 17)) == "seventeen octets!");
}

TEST_CASE("an arena out of room fails for good") {
  alignas(Arena::kAlign) std::uint8_t block[32];
  Arena arena(block);
  CHECK(arena.take(20).size() == 20);
  CHECK(arena.take(1).empty());
  CHECK_FALSE(arena.ok());
}

TEST_CASE("an arena refuses sizes that wrap") {
  Arena arena({});
  CHECK(arena.take(SIZE_MAX).empty());
  CHECK_FALSE(arena.ok());
  Arena twice({});
  twice.take(SIZE_MAX / 2 + 1);
  twice.take(SIZE_MAX / 2 + 1);
  CHECK_FALSE(twice.ok());
}

TEST_CASE("a fixed vector refuses what does not fit") {
  FixedVector<int, 2> v;
  CHECK(v.empty());
  CHECK(v.push_back(1));
  CHECK(v.push_back(2));
  CHECK_FALSE(v.push_back(3));
  CHECK(v.size() == 2);
  CHECK(Octets(v.begin(), v.end()) == hex("01 02"));
  v.clear();
  CHECK(v.empty());
}

TEST_CASE("a fixed text is cut where its room ends, and always terminated") {
  FixedText<8> text;
  text << "abc" << std::uint64_t{12345678};
  CHECK(text.view() == "abc1234");
  CHECK(text.c_str()[7] == '\0');
  text << "more";
  CHECK(text.view() == "abc1234");
  text.clear();
  CHECK(text.empty());
  CHECK(*text.c_str() == '\0');
}

TEST_CASE("a fixed text writes every digit") {
  FixedText<64> text;
  text << std::uint64_t{0} << " " << UINT64_MAX;
  CHECK(text.view() == "0 18446744073709551615");
}

TEST_CASE("text from a peer loses its control characters and its tail") {
  FixedText<64> text;
  text.peer("a\x1b[2J\r\n\x7f\xc3\xa9");
  CHECK(text.view() == "a?[2J???\xc3\xa9");
  text.clear();
  text.peer("abcdef", 3);
  CHECK(text.view() == "abc...");
}

TEST_CASE("what is not UTF-8, and the C1 controls in it, are not shown") {
  using namespace std::string_literals;
  const auto shown = [](std::string text) {
    make_shown(text);
    return text;
  };
  for (const char* fine : {"", "plain ~", "\xc2\xa0", "\xc3\xa9", "\xdf\xbf", "\xe0\xa0\x80",
                           "\xe2\x82\xac", "\xed\x9f\xbf", "\xef\xbf\xbd", "\xf0\x90\x80\x80",
                           "\xf4\x8f\xbf\xbf", "a\xc3\xa9 b\xf0\x9f\x98\x80"})
    CHECK(shown(fine) == fine);
  const std::pair<std::string, std::string> rows[] = {
      {"\0\x1f\x7f"s, "???"},
      {"\xc2\x9b[31m", "??[31m"},  // CSI of eight bits
      {"\xc2\x80\xc2\x9f", "????"},
      {"\x9b[31m", "?[31m"},  // and in Latin-1
      {"\xe9t\xe9", "?t?"},
      {"\xc0\xaf\xc1\xbf", "????"},  // overlong
      {"\xe0\x9f\xbf", "???"},
      {"\xed\xa0\x80", "???"},  // a surrogate
      {"\xf0\x8f\xbf\xbf", "????"},
      {"\xf4\x90\x80\x80\xf5", "?????"},  // behind U+10FFFF
      {"\xc3", "?"},                      // cut
      {"\xe2\x82", "??"},
      {"\xf0\x9f\x98", "???"},
      {"\xe2\x82x", "??x"},
      {"\xc3\x1b[2J", "??[2J"},  // an escape where a second octet should be
      {"\xff\xfe", "??"},
  };
  for (const auto& [text, expected] : rows) CHECK(shown(text) == expected);
  // Whatever it is, showing it twice changes nothing, and no control character is left.
  std::uint32_t chance = 1;
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (int k = 0; k < 12; ++k)
      text += static_cast<char>((chance = chance * 1664525U + 1013904223U) >> 24);
    const std::string once = shown(text);
    CHECK(once.size() == text.size());
    CHECK(shown(once) == once);
    for (const char c : once) CHECK_FALSE((static_cast<unsigned char>(c) < 0x20 || c == 0x7f));
    CHECK(once.find("\xc2\x9b") == std::string::npos);
  }
}

namespace {

void check_row(Errc code, std::string_view name, ErrorClass whose, std::int16_t value) {
  const ErrorRow& row = error_row(code);
  CHECK(row.code == code);
  CHECK(row.name == name);
  CHECK_FALSE(row.text.empty());
  const ErrorClass by_value = value > -100   ? ErrorClass::usage
                              : value > -200 ? ErrorClass::peer
                                             : ErrorClass::local;
  CHECK(row.fault == whose);
  CHECK(whose == by_value);
}

}  // namespace

TEST_CASE("every error has a row, its class follows its number, and codes are told once") {
  std::vector<std::int16_t> seen;
#define X(id, whose, value, object, disconnect, sentence) \
  check_row(Errc::id, #id, ErrorClass::whose, value);     \
  seen.push_back(value);
#include "lib/base/errors.def"
#undef X
  std::sort(seen.begin(), seen.end());
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
  CHECK(error_row(Errc::ok).fault == ErrorClass::none);
}
