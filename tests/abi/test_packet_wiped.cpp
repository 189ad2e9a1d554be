// What a packet holds may be a secret: reading and writing its fields leaves no copy of one in
// memory that is given back.
#include <catch2/catch.hpp>
#include <cstdint>

#include "ipworksauth/packet.h"
#include "tests/keys/freed.hpp"

using namespace sshauth::test;

TEST_CASE("packet: a number leaves no copy behind, read or written") {
  std::string octets(96, '\0');
  for (std::size_t i = 0; i < octets.size(); ++i)
    octets[i] = static_cast<char>(0x11 + 37 * i % 101);
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string packet = "00000060";
  for (const char c : octets)
    packet += {kDigits[static_cast<unsigned char>(c) >> 4], kDigits[c & 15]};
  static char number[IPWORKSAUTH_PACKET_MPINT_SIZE], again[1024];
  int at = 0;
  REQUIRE(ipworksauth_packet_read_mpint(packet.c_str(), &at, number, sizeof number) == 0);
  const std::string decimal = number;
  REQUIRE(decimal.size() > 200);
  const std::string middle = octets.substr(40, 16);
  // As libcrypto has it on its way to text: 19 digits a word, the last ones first.
  std::string words;
  for (const std::size_t digits_behind : {38U, 57U}) {
    const std::uint64_t word = std::stoull(decimal.substr(decimal.size() - digits_behind, 19));
    words.append(static_cast<const char*>(static_cast<const void*>(&word)), sizeof word);
  }
  const std::vector<Needle> needles = {{"octets", middle},
                                       {"octets reversed", {middle.rbegin(), middle.rend()}},
                                       {"digits", decimal.substr(60, 24)},
                                       {"words of digits", words}};
  const FreedWatch watch(needles);
  at = 0;
  CHECK(ipworksauth_packet_read_mpint(packet.c_str(), &at, number, sizeof number) == 0);
  CHECK(watch.found().empty());
  again[0] = '\0';
  CHECK(ipworksauth_packet_write_mpint(again, sizeof again, number) == 0);
  CHECK(packet == again);
  CHECK(watch.found().empty());
}
