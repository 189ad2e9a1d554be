// World: keys, hosts and configurations for a Pair, so that a test names only what matters to it.
//
// Keys are made once for the whole program and kept by type and number; making RSA keys is slow.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "lib/crypto/providers.hpp"
#include "tests/core/pair.hpp"

namespace sshauth::test {

// The `nth` key of that type ("ssh-rsa" has 2048 bits here).
const Identity& key_of(std::string_view type, unsigned nth = 0);

struct World {
  // A client and a server with an ed25519 host key; the rest is for the test to fill in.
  explicit World(const Provider& client_provider = fastest_provider(),
                 const Provider& server_provider = fastest_provider());
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Replaces the host keys by one of that type.
  void set_host_key(const Identity& key);
  void add_host_key(const Identity& key);
  // An identity of the client; its row may be changed until `join`.
  ipworksauth_identity& add_user_key(const Identity& key, bool authorized = true);
  // A text that lives as long as this world.
  const char* keep(std::string text) { return texts_.emplace_back(std::move(text)).c_str(); }

  // Makes the engines; the configurations are read here.
  Pair& join();
  // join, if that was not done, and run.
  PairResult run(Feed feed = Feed::whole, std::uint32_t seed = 1);
  // Both errors in words, for INFO.
  std::string errors() const;

  ipworksauth_engine_config client, server;
  Host client_host, server_host;
  std::vector<ipworksauth_identity> user_rows, host_rows;
  std::unique_ptr<Pair> pair;

 private:
  std::deque<std::string> texts_;
};

// How often `event` was seen, and whether it was.
std::size_t count(const Host& host, std::string_view event);
inline bool saw(const Host& host, std::string_view event) { return count(host, event) != 0; }
// All events joined by " | ", for comparing conversations at a glance.
std::string joined(const std::vector<std::string>& events);
// Those of authentication, in their order: attempts, refusals, questions of methods, success.
// When exactly they come between the events of the transport depends on how octets arrive, for
// the client speaks as soon as it may.
std::vector<std::string> strand(const Host& host, bool authentication);

std::string text_of(const ipworksauth_octets& octets);

}  // namespace sshauth::test
