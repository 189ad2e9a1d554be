// GssContext: one security context of a GSSAPI mechanism (RFC 2743 §1.1.3), in memory that somebody
// else owns.
//
//   idle         begin
//   going on     step, once for each token of the peer, at most kMaxGssSteps times
//   established  has, get_mic, verify_mic, initiator_name
//   failed       error_text; begin starts anew
#pragma once

#include <string_view>

#include "lib/crypto/rows.hpp"

namespace sshauth {

using Gss = ipworksauth_gss;

inline constexpr std::size_t kMaxGssOid = 66;
inline constexpr std::size_t kMaxGssMic = 1024;  // Kerberos has 28 to 60 octets
inline constexpr std::uint32_t kMaxGssSteps = 16;
inline constexpr std::uint32_t kGssFailure = 13U << 16;  // RFC 2744 §3.9.1: GSS_S_FAILURE

enum class GssStep : std::uint8_t { failed, going_on, established };

class GssContext {
 public:
  GssContext() noexcept = default;
  GssContext(const GssContext&) = delete;
  GssContext& operator=(const GssContext&) = delete;
  ~GssContext() { wipe(); }

  void set_memory(MutBytes ctx) noexcept { ctx_ = ctx; }
  enum class Role : std::uint8_t { initiator, acceptor };
  // Forgets any context before. `wanted`: IPWORKSAUTH_GSS_DELEGATE, IPWORKSAUTH_GSS_PROVES_HOST or
  // 0, besides what is always.
  void begin(const Gss& row, Role role, std::uint32_t wanted = 0) noexcept;
  // `in` is empty at an initiator's first step. `out` is a view of `room`: the token for the peer,
  // empty for none; after a failure it is an error token.
  GssStep step(Bytes in, MutBytes room, Bytes& out) noexcept;

  bool established() const noexcept { return state_ == GssStep::established; }
  bool has(std::uint32_t flag) const noexcept { return established() && (flags_ & flag) != 0; }
  [[nodiscard]] bool get_mic(Bytes message, MutBytes room, Bytes& out) noexcept;
  [[nodiscard]] bool verify_mic(Bytes message, Bytes mic) noexcept;
  // Writes to `room`; empty where it is not known.
  std::string_view initiator_name(std::span<char> room) noexcept;
  // Of the last failure; never empty.
  std::string_view error_text(std::span<char> room) noexcept;
  void wipe() noexcept;

 private:
  const Gss* row_ = nullptr;
  MutBytes ctx_;
  Role role_ = Role::initiator;
  GssStep state_ = GssStep::failed;
  std::uint32_t flags_ = 0;
  std::uint32_t steps_ = 0;
};

// Why a configuration with that row, for that side, cannot be had; null: it can.
const char* why_unusable(const Gss& row, GssContext::Role role) noexcept;
// Why a name that is by GSSAPI cannot be had where a configuration has no row.
const char* why_not_by_gss() noexcept;
// Of the key exchanges by GSSAPI those of Kerberos alone are here: their names end in the hash of
// its object identifier (RFC 4462 §2.1).
bool is_kerberos(const Gss& row) noexcept;

}  // namespace sshauth
