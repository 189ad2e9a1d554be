// From a ClientConfig to the engine's configuration.
#pragma once

#include <deque>

#include <string>
#include <vector>

#include "ipworksauth/engine.h"
#include "lib/client/config.hpp"
#include "lib/client/conversation.hpp"

namespace sshauth {

// The configuration with the memory it points into. The engine copies, so it may go afterwards.
class EngineConfig {
 public:
  EngineConfig(const ClientConfig& config, const ConnectionPlan& plan);
  EngineConfig(const EngineConfig&) = delete;
  EngineConfig& operator=(const EngineConfig&) = delete;

  const ipworksauth_engine_config& get() const noexcept { return out_; }
  // For each identity of the engine the index in ConnectionPlan::identities: one key may be offered
  // in several forms.
  const std::vector<std::size_t>& offers() const noexcept { return offers_; }

 private:
  void add_identities(const ClientConfig& config, const ConnectionPlan& plan);
  void add_identity(std::size_t index, const Identity& identity, const ClientConfig& config);
  void add_x509(std::size_t index, const Identity& identity, const ClientConfig& config);
  void offer(std::size_t index, Bytes blob, const char* algorithms);

  std::string kex_algorithms_, host_key_algorithms_, methods_;
  std::vector<ipworksauth_identity> identities_;
  std::vector<std::size_t> offers_;
  std::deque<Blob> blobs_;  // of X.509 chains; views of them stay while it grows
  std::uint32_t flags_ = 0;
  std::size_t keys_left_ = 0;  // of those to offer, this one included
  ipworksauth_engine_config out_{};
};

// `algorithms` (the engine's defaults when empty) with those first that fit a key type of
// `preferred`. "ssh-rsa" keys sign with rsa-sha2-512 and rsa-sha2-256 too (RFC 8332 §2).
std::string order_host_key_algorithms(const std::string& algorithms,
                                      const std::vector<std::string>& preferred,
                                      const ipworksauth_provider& provider);

// The methods to authenticate with, as a list; those by GSSAPI only where it can be had.
std::string methods_of(const ClientConfig& config, bool gss);

// The key exchange methods that fit how the user is authenticated, "" where that is the engine's
// default; `gss`: whether GSSAPI can be had.
std::string kex_algorithms_of(const ClientConfig& config, bool gss);

// Whether one of the methods is by GSSAPI.
bool uses_gssapi(const ClientConfig& config) noexcept;

// The list with the forms of its algorithms that certificates come in put before it: OpenSSH's
// where `certificates`, X.509's where `x509`, as far as the provider has them.
std::string with_certificate_algorithms(const std::string& algorithms, bool certificates, bool x509,
                                        const ipworksauth_provider& provider);

// Levels 0..3 of the UseStrictKeyExchange setting as the engine counts them.
constexpr std::uint32_t engine_strict_kex(unsigned level) noexcept {
  return level > 3 ? 4 : level + 1;
}

}  // namespace sshauth
