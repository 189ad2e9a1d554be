// AES-GCM, RFC 5647 §7.3 under the names of OpenSSH PROTOCOL 1.6: the length is clear and
// authenticated as associated data; the invocation counter lives in the row's context.
#include "lib/packet/construction.hpp"

namespace sshauth {
namespace {

std::size_t head_len(const Protection&) noexcept { return 4; }

Errc read_length(Protection&, std::uint32_t, MutBytes head, std::uint32_t& length) noexcept {
  length = load_u32(head.data());
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

const Construction kGcm{head_len, read_length, open, seal, false, false};

}  // namespace sshauth
