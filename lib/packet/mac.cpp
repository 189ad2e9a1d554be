// Encrypt-and-MAC, RFC 4253 §6.4: the MAC covers the clear packet, and the length is enciphered, so
// a block has to be deciphered before anything is authenticated.
//
// In CBC mode that block can be any of an earlier packet, put there by an attacker. Its first 32
// bits, exclusive-or something known, are taken for packet_length then, and whether and when the
// connection fails would tell 14 to 32 of them (CVE-2008-5161). So a failure is not told before the
// longest packet would have been here, whatever the length says, and the work until then is that of
// deciphering and authenticating the longest packet, whatever was wrong. (The other way, trying the
// MAC at every block, needs MACs that can be looked at on the way, which rows have not.) With a
// stream cipher what is deciphered is the length itself and nothing else, whoever sends it, so it
// fails at once: people get the error, and nobody waits for what does not come.
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

void spend(Protection& p, std::uint32_t seq, MutBytes rest) noexcept {
  std::uint8_t unused[kMaxTag];
  if (!rest.empty()) {
    static_cast<void>(p.suite.cipher->crypt(p.cipher_ctx.data(), rest.data(), rest.size()));
    static_cast<void>(
        p.suite.mac->compute(p.mac_ctx.data(), seq, rest.data(), rest.size(), unused));
  }
  secure_wipe(unused, sizeof unused);
}

}  // namespace

const Construction kMac{head_len, read_length, open, seal, true, true};
const Construction kMacWithCbc{head_len, read_length, open, seal, true, true, spend};

}  // namespace sshauth
