// Encrypt-and-MAC, RFC 4253 §6.4: the MAC covers the clear packet, and the length is enciphered, so
// a block has to be deciphered before anything is authenticated.
//
// In CBC mode that block can be any of an earlier packet, put there by an attacker. Its first 32
// bits, exclusive-or something known, are taken for packet_length then, and whether and when the
// connection fails would tell 14 to 32 of them (CVE-2008-5161). So a failure is not told before the
// longest packet would have been here, whatever the length says; and whatever it says, each octet
// costs the same when it comes: it is deciphered, and taken into a MAC, up to the longest packet's
// end. Where the length says that a packet ends, one MAC is looked at and another begun, so however
// the octets come, nothing but that step's place depends on the length, and the step is as short as
// a MAC of nothing. With a stream cipher what is deciphered is the length itself and nothing else,
// whoever sends it, so it fails at once: people get the error, and nobody waits for what does not
// come.
#include "lib/packet/construction.hpp"

namespace sshauth {
namespace {

std::size_t head_len(const Protection& p) noexcept { return p.block_len(); }

Errc read_length(Protection& p, std::uint32_t, MutBytes head, std::uint32_t& length) noexcept {
  if (p.suite.cipher->crypt(p.cipher_ctx.data(), head.data(), head.size()) != 1)
    return Errc::bad_mac;
  length = load_u32(head.data());
  return Errc::ok;
}

Errc open(Protection& p, std::uint32_t seq, MutBytes packet, MutBytes tag) noexcept {
  const std::size_t head = p.block_len();
  std::uint8_t expected[kMaxTag];
  const MutBytes rest = packet.subspan(head);
  if (!rest.empty() && p.suite.cipher->crypt(p.cipher_ctx.data(), rest.data(), rest.size()) != 1)
    return Errc::bad_mac;
  if (p.suite.mac->compute(p.mac_ctx.data(), seq, packet.data(), packet.size(), expected) != 1)
    return Errc::bad_mac;
  const bool same = ct_equal(Bytes(expected, tag.size()), tag);
  secure_wipe(expected, sizeof expected);
  return same ? Errc::ok : Errc::bad_mac;
}

Errc seal(Protection& p, std::uint32_t seq, MutBytes packet, MutBytes tag) noexcept {
  const Suite& use = p.suite;
  const bool done =
      use.mac->compute(p.mac_ctx.data(), seq, packet.data(), packet.size(), tag.data()) == 1 &&
      use.cipher->crypt(p.cipher_ctx.data(), packet.data(), packet.size()) == 1;
  return done ? Errc::ok : Errc::cannot_encrypt;
}

bool begin(Protection& p, std::uint32_t seq, Bytes head) noexcept {
  const MacAlg& mac = *p.suite.mac;
  return mac.begin(p.mac_ctx.data(), seq) == 1 &&
         mac.update(p.mac_ctx.data(), head.data(), head.size()) == 1;
}

bool take(Protection& p, MutBytes blocks) noexcept {
  return p.suite.cipher->crypt(p.cipher_ctx.data(), blocks.data(), blocks.size()) == 1 &&
         p.suite.mac->update(p.mac_ctx.data(), blocks.data(), blocks.size()) == 1;
}

bool finish(Protection& p, Bytes tag) noexcept {
  std::uint8_t expected[kMaxTag] = {};
  const bool done = p.suite.mac->finish(p.mac_ctx.data(), expected) == 1;
  const bool same = ct_equal(Bytes(expected, tag.size()), tag);
  secure_wipe(expected, sizeof expected);
  return done && same;
}

constexpr Piecewise kPieces{begin, take, finish};

}  // namespace

const Construction kMac{head_len, read_length, open, seal, true, true};
const Construction kMacWithCbc{head_len, read_length, open, seal, true, true, &kPieces};

}  // namespace sshauth
