// HostKeyProof: that the peer holds the private half of a host key, as a value that only the
// verifier can make. Whoever wants one cannot forget the check (lesson of CVE-2025-11625).
#pragma once

#include <optional>

#include "lib/crypto/gss.hpp"
#include "lib/crypto/key_algorithm.hpp"

namespace sshauth {

class HostKeyProof {
 public:
  Bytes key_blob() const noexcept { return blob_; }

 private:
  explicit HostKeyProof(Bytes blob) noexcept : blob_(blob) {}
  Bytes blob_;
  friend std::optional<HostKeyProof> prove_host_key(const KeyAlgorithm& alg, const Provider& p,
                                                    std::uint32_t min_rsa_bits, Bytes blob,
                                                    Bytes exchange_hash, Bytes signature,
                                                    Errc& why) noexcept;
};

// RFC 4253 §8: the signature on the exchange hash, by the negotiated algorithm and no other,
// also where several fit the key (RFC 8332 §3.1).
inline std::optional<HostKeyProof> prove_host_key(const KeyAlgorithm& alg, const Provider& p,
                                                  std::uint32_t min_rsa_bits, Bytes blob,
                                                  Bytes exchange_hash, Bytes signature,
                                                  Errc& why) noexcept {
  OpenedKey key;
  why = exchange_hash.empty() ? Errc::internal : check_key(alg, p, blob, min_rsa_bits, key);
  if (why == Errc::ok) why = verify_signature(alg, key, exchange_hash, signature);
  if (why != Errc::ok) return std::nullopt;
  return HostKeyProof(blob);
}

// GssHostProof: the same by a MIC, RFC 4462 §2.1. What it proves is that the peer is the service
// that the context was established with, under the name that the mechanism knows it by; a host key
// that it sent along is in the exchange hash and so proved with it.
class GssHostProof {
 private:
  GssHostProof() noexcept = default;
  friend std::optional<GssHostProof> prove_host_by_gss(GssContext& context, Bytes exchange_hash,
                                                       Bytes mic) noexcept;
};

inline std::optional<GssHostProof> prove_host_by_gss(GssContext& context, Bytes exchange_hash,
                                                     Bytes mic) noexcept {
  // Whoever is not authenticated to us proves nothing, however right its MIC is.
  if (exchange_hash.empty() || !context.has(IPWORKSAUTH_GSS_MUTUAL) ||
      !context.verify_mic(exchange_hash, mic))
    return std::nullopt;
  return GssHostProof();
}

}  // namespace sshauth
