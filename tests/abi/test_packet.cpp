// packet.h: fields as RFC 4251 §5 has them, both ways; bounds; nothing changes on an error.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "ipworksauth/packet.h"

namespace {

constexpr int kBadArgument = 10022, kTooLong = 10040, kMalformed = 1027;

struct Packet {
  std::vector<char> text = std::vector<char>(80'000, '\0');
  explicit Packet(const std::string& from = "") { from.copy(text.data(), from.size()); }
  char* at() { return text.data(); }
  int size() const { return static_cast<int>(text.size()); }
  std::string str() const { return text.data(); }
};

using ReadText = int (*)(const char*, int*, char*, int);

// What is read, or the error's number.
std::string read(ReadText how, const std::string& packet, int at = 0, int size = 8000) {
  std::vector<char> out(static_cast<std::size_t>(size) + 1, '#');
  const int before = at;
  const int code = how(packet.c_str(), &at, out.data(), size);
  if (code != 0) {
    CHECK(at == before);
    CHECK(out[0] == '#');
    return std::to_string(code);
  }
  CHECK(out.back() == '#');
  CHECK(at > before);
  return out.data();
}

}  // namespace

TEST_CASE("packet: every type of RFC 4251 is written as there") {
  Packet p;
  CHECK(ipworksauth_packet_write_byte(p.at(), p.size(), 50) == 0);
  CHECK(ipworksauth_packet_write_boolean(p.at(), p.size(), 7) == 0);
  CHECK(ipworksauth_packet_write_boolean(p.at(), p.size(), 0) == 0);
  CHECK(ipworksauth_packet_write_int(p.at(), p.size(), 699921578) == 0);
  CHECK(ipworksauth_packet_write_long(p.at(), p.size(), 0x0102030405060708) == 0);
  CHECK(ipworksauth_packet_write_string(p.at(), p.size(), "testing") == 0);
  CHECK(ipworksauth_packet_write_sb(p.at(), p.size(), "A1b23C") == 0);
  CHECK(ipworksauth_packet_write_string(p.at(), p.size(), nullptr) == 0);
  CHECK(p.str() ==
        "320100"
        "29b7f4aa"
        "0102030405060708"
        "0000000774657374696e67"
        "00000003a1b23c"
        "00000000");
  int at = 0, number = 0;
  std::uint32_t word = 0;
  std::uint64_t both = 0;
  CHECK(ipworksauth_packet_read_byte(p.at(), &at, &number) == 0);
  CHECK(number == 50);
  CHECK(ipworksauth_packet_read_boolean(p.at(), &at, &number) == 0);
  CHECK(number == 1);
  CHECK(ipworksauth_packet_read_boolean(p.at(), &at, &number) == 0);
  CHECK(number == 0);
  CHECK(ipworksauth_packet_read_int(p.at(), &at, &word) == 0);
  CHECK(word == 699921578);
  CHECK(ipworksauth_packet_read_long(p.at(), &at, &both) == 0);
  CHECK(both == 0x0102030405060708);
  CHECK(ipworksauth_packet_end(p.at(), at) == kMalformed);
  char text[64];
  CHECK(ipworksauth_packet_read_string(p.at(), &at, text, sizeof text) == 0);
  CHECK(std::string(text) == "testing");
  CHECK(ipworksauth_packet_read_sb(p.at(), &at, text, sizeof text) == 0);
  CHECK(std::string(text) == "a1b23c");
  CHECK(ipworksauth_packet_read_string(p.at(), &at, text, sizeof text) == 0);
  CHECK(std::string(text).empty());
  CHECK(ipworksauth_packet_end(p.at(), at) == 0);
}

TEST_CASE("packet: the mpints of RFC 4251") {
  const std::pair<const char*, const char*> numbers[] = {
      {"0", "00000000"},
      {"0x9a378f9b2e332a7", "0000000809a378f9b2e332a7"},
      {"0x80", "000000020080"},
      {"127", "000000017f"},
      {"255", "0000000200ff"},
      {"0X00ff", "0000000200ff"},
      {"18446744073709551616", "00000009010000000000000000"}};
  for (const auto& [number, hex] : numbers) {
    Packet p;
    INFO(number);
    CHECK(ipworksauth_packet_write_mpint(p.at(), p.size(), number) == 0);
    CHECK(p.str() == hex);
  }
  CHECK(read(ipworksauth_packet_read_mpint, "0000000809a378f9b2e332a7") == "694531781388612263");
  CHECK(read(ipworksauth_packet_read_mpint, "00000000") == "0");
  CHECK(read(ipworksauth_packet_read_mpint, "0000000200ff") == "255");
  // Negative, with zeros that do not count, cut.
  for (const char* bad : {"00000002edcc", "0000000180", "00000002007f", "0000000100", "00000002ff"})
    CHECK(read(ipworksauth_packet_read_mpint, bad) == std::to_string(kMalformed));
  for (const char* bad : {"", "-1", "1.5", "0x", "0xg", "ff", " 1", "1 "}) {
    Packet p("32");
    INFO(bad);
    CHECK(ipworksauth_packet_write_mpint(p.at(), p.size(), bad) == kBadArgument);
    CHECK(p.str() == "32");
  }
}

TEST_CASE("packet: the longest mpint, and one too long") {
  Packet p;
  CHECK(ipworksauth_packet_write_mpint(p.at(), p.size(), ("0x" + std::string(4096, 'f')).c_str()) ==
        0);
  const std::string digits =
      read(ipworksauth_packet_read_mpint, p.str(), 0, IPWORKSAUTH_PACKET_MPINT_SIZE);
  CHECK(digits.size() == IPWORKSAUTH_PACKET_MPINT_SIZE - 1);
  Packet again;
  CHECK(ipworksauth_packet_write_mpint(again.at(), again.size(), digits.c_str()) == 0);
  CHECK(again.str() == p.str());
  Packet none;
  CHECK(ipworksauth_packet_write_mpint(none.at(), none.size(),
                                       ("0x1" + std::string(4096, '0')).c_str()) == kBadArgument);
  CHECK(read(ipworksauth_packet_read_mpint, "00000801" + std::string(4098, '7')) ==
        std::to_string(kMalformed));
}

TEST_CASE("packet: what does not fit changes nothing") {
  char small[9] = "32";
  CHECK(ipworksauth_packet_write_int(small, sizeof small, 1) == kTooLong);
  CHECK(std::string(small) == "32");
  CHECK(ipworksauth_packet_write_byte(small, 4, 1) == kTooLong);
  CHECK(ipworksauth_packet_write_byte(small, 5, 255) == 0);
  CHECK(std::string(small) == "32ff");
  Packet p;
  CHECK(ipworksauth_packet_write_string(p.at(), p.size(), std::string(34'996, 'a').c_str()) == 0);
  CHECK(p.str().size() == 70'000);
  CHECK(ipworksauth_packet_write_byte(p.at(), p.size(), 1) == kTooLong);
  CHECK(p.str().size() == 70'000);
  CHECK(read(ipworksauth_packet_read_string, "0000000361626300", 0, 3) == std::to_string(kTooLong));
  CHECK(read(ipworksauth_packet_read_string, "00000003616263", 0, 4) == "abc");
  CHECK(read(ipworksauth_packet_read_string, "00000000", 0, 0) == std::to_string(kTooLong));
  CHECK(read(ipworksauth_packet_read_sb, "00000003616263", 0, 6) == std::to_string(kTooLong));
  CHECK(read(ipworksauth_packet_read_sb, "00000003616263", 0, 7) == "616263");
  CHECK(read(ipworksauth_packet_read_mpint, "000000017f", 0, 3) == std::to_string(kTooLong));
}

TEST_CASE("packet: fields that are cut, and texts that are none") {
  const std::string whole = "0000000474657374";
  for (std::size_t cut = 0; cut < whole.size(); cut += 2) {
    CHECK(read(ipworksauth_packet_read_string, whole.substr(0, cut)) == std::to_string(kMalformed));
    CHECK(read(ipworksauth_packet_read_sb, whole.substr(0, cut)) == std::to_string(kMalformed));
  }
  CHECK(read(ipworksauth_packet_read_string, "ffffffff00") == std::to_string(kMalformed));
  CHECK(read(ipworksauth_packet_read_string, "0000000300006100") == std::to_string(kMalformed));
  CHECK(read(ipworksauth_packet_read_string, whole, 9) == std::to_string(kMalformed));
  for (const char* bad : {"0", "0g", "zz", "00 0", "00000000\xff\xff"}) {
    CHECK(read(ipworksauth_packet_read_string, bad) == std::to_string(kBadArgument));
    Packet p(bad);
    CHECK(ipworksauth_packet_write_byte(p.at(), p.size(), 1) == kBadArgument);
    CHECK(p.str() == bad);
  }
  std::uint32_t word = 5;
  int at = 0;
  CHECK(ipworksauth_packet_read_int("000000", &at, &word) == kMalformed);
  CHECK(word == 5);
}

TEST_CASE("packet: arguments that are not allowed") {
  char text[16] = "";
  int at = -1, number = 0;
  CHECK(ipworksauth_packet_write_byte(text, sizeof text, 256) == kBadArgument);
  CHECK(ipworksauth_packet_write_byte(text, sizeof text, -1) == kBadArgument);
  CHECK(ipworksauth_packet_write_byte(nullptr, 16, 1) == kBadArgument);
  CHECK(ipworksauth_packet_write_byte(text, 0, 1) == kBadArgument);
  CHECK(ipworksauth_packet_write_byte(text, -5, 1) == kBadArgument);
  CHECK(ipworksauth_packet_write_sb(text, sizeof text, "abc") == kBadArgument);
  CHECK(ipworksauth_packet_read_byte("00", &at, &number) == kBadArgument);
  at = 0;
  CHECK(ipworksauth_packet_read_byte("00", nullptr, &number) == kBadArgument);
  CHECK(ipworksauth_packet_read_byte("00", &at, nullptr) == kBadArgument);
  CHECK(ipworksauth_packet_read_byte(nullptr, &at, &number) == kBadArgument);
  CHECK(ipworksauth_packet_read_string("00000000", &at, nullptr, 5) == kBadArgument);
  CHECK(ipworksauth_packet_read_string("00000000", &at, text, -1) == kBadArgument);
  CHECK(ipworksauth_packet_end("", 0) == 0);
  CHECK(ipworksauth_packet_end("", 1) == kMalformed);
}
