// No protection: the packets before the first NEWKEYS.
#include "lib/packet/construction.hpp"

namespace sshauth {
namespace {

std::size_t head_len(const Protection&) noexcept { return 4; }

Errc read_length(Protection&, std::uint32_t, MutBytes head, std::uint32_t& length) noexcept {
  length = load_u32(head.data());
  return Errc::ok;
}

Errc pass(Protection&, std::uint32_t, MutBytes, MutBytes) noexcept { return Errc::ok; }

}  // namespace

const Construction kPlain{head_len, read_length, pass, pass, true, false};

}  // namespace sshauth
