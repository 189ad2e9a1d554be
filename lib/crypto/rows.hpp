// The plug: rows of provider.h under their C++ names, looked up by wire name, and called through
// functions that return bool, cannot be ignored, and take anything but 1 for failure.
#pragma once

#include <string_view>

#include "ipworksauth/provider.h"
#include "lib/base/bytes.hpp"

namespace sshauth {

using Provider = ipworksauth_provider;
using HashAlg = ipworksauth_hash_alg;
using CipherAlg = ipworksauth_cipher_alg;
using MacAlg = ipworksauth_mac_alg;
using AgreementAlg = ipworksauth_agreement_alg;
using GroupAlg = ipworksauth_group_alg;
using SigAlg = ipworksauth_sig_alg;
using CompressionAlg = ipworksauth_compression_alg;
using Rng = ipworksauth_rng;

// The rows of one kind.
template <class Alg>
using Rows = std::span<const Alg* const>;

inline Rows<HashAlg> hashes(const Provider& p) noexcept { return {p.hashes, p.num_hashes}; }
inline Rows<CipherAlg> ciphers(const Provider& p) noexcept { return {p.ciphers, p.num_ciphers}; }
inline Rows<MacAlg> macs(const Provider& p) noexcept { return {p.macs, p.num_macs}; }
inline Rows<AgreementAlg> agreements(const Provider& p) noexcept {
  return {p.agreements, p.num_agreements};
}
inline Rows<GroupAlg> groups(const Provider& p) noexcept { return {p.groups, p.num_groups}; }
inline Rows<SigAlg> sigs(const Provider& p) noexcept { return {p.sigs, p.num_sigs}; }
inline Rows<CompressionAlg> compressions(const Provider& p) noexcept {
  return {p.compressions, p.num_compressions};
}

// The row with that wire name, or null.
template <class Alg>
const Alg* find(Rows<Alg> rows, std::string_view name) noexcept {
  for (const Alg* row : rows)
    if (name == row->name) return row;
  return nullptr;
}

// The largest context any of the rows asks for.
template <class Alg>
std::size_t largest_ctx(Rows<Alg> rows) noexcept {
  std::size_t most = 0;
  for (const Alg* row : rows) most = row->ctx_len > most ? row->ctx_len : most;
  return most;
}

// The same of agreements, with those in a group that is given.
inline std::size_t largest_agreement_ctx(const Provider& p) noexcept {
  std::size_t most = largest_ctx(agreements(p));
  for (const GroupAlg* row : groups(p))
    most = row->agreement.ctx_len > most ? row->agreement.ctx_len : most;
  return most;
}

// Whether a cipher only enciphers (RFC 4253 §6.3) and a MAC has to be negotiated with it.
constexpr bool needs_mac(const CipherAlg& cipher) noexcept {
  return cipher.kind == IPWORKSAUTH_CIPHER_STREAM || cipher.kind == IPWORKSAUTH_CIPHER_CBC;
}

[[nodiscard]] inline bool fill_random(const Rng& rng, MutBytes out) noexcept {
  return rng.fill(rng.self, out.data(), out.size()) == 1;
}

// A hash in progress, in memory that somebody else owns.
class Hash {
 public:
  Hash() noexcept = default;
  Hash(const Hash&) = delete;
  Hash& operator=(const Hash&) = delete;
  ~Hash() { wipe(); }

  // `ctx` holds alg.ctx_len octets, aligned to 16, and outlives this hash.
  [[nodiscard]] bool start(const HashAlg& alg, MutBytes ctx) noexcept;
  // Sticky: after one failure `finish` fails too.
  Hash& add(Bytes in) noexcept;
  Hash& add_u32(std::uint32_t value) noexcept;
  // As an SSH string: its length, then its octets.
  Hash& add_string(Bytes in) noexcept {
    return add_u32(static_cast<std::uint32_t>(in.size())).add(in);
  }
  // As an mpint (RFC 4251 §5) of the unsigned big-endian `magnitude`.
  Hash& add_mpint(Bytes magnitude) noexcept;
  // Writes alg.hash_len octets and ends the hash.
  [[nodiscard]] bool finish(MutBytes out) noexcept;
  void wipe() noexcept;

 private:
  const HashAlg* alg_ = nullptr;
  MutBytes ctx_;
  bool ok_ = false;
};

}  // namespace sshauth
