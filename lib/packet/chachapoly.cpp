// chacha20-poly1305@openssh.com, OpenSSH PROTOCOL.chacha20poly1305: the length is enciphered under
// a key of its own, so it can be read before the tag is there, and the tag covers its ciphertext.
#include "lib/packet/construction.hpp"

namespace sshauth {
namespace {

std::size_t head_len(const Protection&) noexcept { return 4; }

Errc read_length(Protection& p, std::uint32_t seq, MutBytes head, std::uint32_t& length) noexcept {
  std::uint8_t clear[4];
  if (p.suite.cipher->read_length(p.cipher_ctx.data(), seq, head.data(), clear) != 1)
    return Errc::bad_mac;
  length = load_u32(clear);
  return Errc::ok;
}

Errc open(Protection& p, std::uint32_t seq, MutBytes packet, MutBytes tag) noexcept {
  const bool done =
      p.suite.cipher->open(p.cipher_ctx.data(), seq, packet.data(), packet.size(), tag.data()) == 1;
  return done ? Errc::ok : Errc::bad_mac;
}

Errc seal(Protection& p, std::uint32_t seq, MutBytes packet, MutBytes tag) noexcept {
  const bool done =
      p.suite.cipher->seal(p.cipher_ctx.data(), seq, packet.data(), packet.size(), tag.data()) == 1;
  return done ? Errc::ok : Errc::cannot_encrypt;
}

}  // namespace

const Construction kChachapoly{head_len, read_length, open, seal, false, true};

}  // namespace sshauth
