// From a ClientConfig to the engine's configuration.
#pragma once

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

 private:
  void add_identities(const ClientConfig& config, const ConnectionPlan& plan);

  std::string host_key_algorithms_, methods_;
  std::vector<ipworksauth_identity> identities_;
  ipworksauth_engine_config out_{};
};

// `algorithms` (the engine's defaults when empty) with those first that fit a key type of
// `preferred`. "ssh-rsa" keys sign with rsa-sha2-512 and rsa-sha2-256 too (RFC 8332 §2).
std::string order_host_key_algorithms(const std::string& algorithms,
                                      const std::vector<std::string>& preferred,
                                      const ipworksauth_provider& provider);

// Whether one of the methods is by GSSAPI.
bool uses_gssapi(const ClientConfig& config) noexcept;

// Levels 0..3 of the UseStrictKeyExchange setting as the engine counts them.
constexpr std::uint32_t engine_strict_kex(unsigned level) noexcept {
  return level > 3 ? 4 : level + 1;
}

}  // namespace sshauth
