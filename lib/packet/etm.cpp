// Encrypt-then-MAC, OpenSSH PROTOCOL 1.5: the length is clear, the MAC covers it and the
// ciphertext.
#include "lib/packet/construction.hpp"

namespace sshauth {
namespace {

std::size_t head_len(const Protection&) noexcept { return 4; }

Errc read_length(Protection&, std::uint32_t, MutBytes head, std::uint32_t& length) noexcept {
  length = load_u32(head.data());
  return Errc::ok;
}

Errc open(Protection& p, std::uint32_t seq, MutBytes packet, MutBytes tag) noexcept {
  std::uint8_t expected[kMaxTag];
  if (p.suite.mac->compute(p.mac_ctx.data(), seq, packet.data(), packet.size(), expected) != 1)
    return Errc::bad_mac;
  const bool same = ct_equal(Bytes(expected, tag.size()), tag);
  secure_wipe(expected, sizeof expected);
  if (!same) return Errc::bad_mac;
  const MutBytes body = packet.subspan(4);
  const bool done = p.suite.cipher->crypt(p.cipher_ctx.data(), body.data(), body.size()) == 1;
  return done ? Errc::ok : Errc::bad_mac;
}

Errc seal(Protection& p, std::uint32_t seq, MutBytes packet, MutBytes tag) noexcept {
  const Suite& use = p.suite;
  const MutBytes body = packet.subspan(4);
  const bool done =
      use.cipher->crypt(p.cipher_ctx.data(), body.data(), body.size()) == 1 &&
      use.mac->compute(p.mac_ctx.data(), seq, packet.data(), packet.size(), tag.data()) == 1;
  return done ? Errc::ok : Errc::cannot_encrypt;
}

}  // namespace

const Construction kEtm{head_len, read_length, open, seal, false, false};

}  // namespace sshauth
