// HostKeyProof: that the peer holds the private half of a host key, as a value that only the
// verifier can make. Whoever wants one cannot forget the check (lesson of CVE-2025-11625).
#pragma once

#include <optional>

#include "lib/crypto/public_key.hpp"

namespace sshauth {

class HostKeyProof {
 public:
  Bytes key_blob() const noexcept { return blob_; }

 private:
  explicit HostKeyProof(Bytes blob) noexcept : blob_(blob) {}
  Bytes blob_;
  friend std::optional<HostKeyProof> prove_host_key(const SigAlg& alg, Bytes blob,
                                                    Bytes exchange_hash, Bytes signature,
                                                    Errc& why) noexcept;
};

// RFC 4253 §8: the signature on the exchange hash, by the negotiated algorithm and no other,
// also where several fit the key (RFC 8332 §3.1).
inline std::optional<HostKeyProof> prove_host_key(const SigAlg& alg, Bytes blob,
                                                  Bytes exchange_hash, Bytes signature,
                                                  Errc& why) noexcept {
  why = exchange_hash.empty() ? Errc::internal
                              : verify_signature(alg, blob, exchange_hash, signature);
  if (why != Errc::ok) return std::nullopt;
  return HostKeyProof(blob);
}

}  // namespace sshauth
