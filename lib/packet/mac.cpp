// Encrypt-and-MAC, RFC 4253 §6.4: the MAC covers the clear packet, and the length is enciphered, so
// a block has to be deciphered before anything is authenticated.
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

}  // namespace

const Construction kMac{head_len, read_length, open, seal, true, true};

}  // namespace sshauth
