// Pair: a client engine and a server engine in one process, joined by memory.
//
// Each side has a host: what it would answer. Octets are carried in flights: one side speaks until
// it has nothing left to say, then the other. `Feed` says in which pieces they arrive; whatever the
// pieces, the conversation must be the same.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ipworksauth/engine.h"
#include "lib/base/bytes.hpp"
#include "lib/keys/identity.hpp"

namespace sshauth::test {

enum class Feed { whole, one_octet, random_cuts };

// What a host answers, and what it saw.
struct Host {
  // client
  std::uint32_t verdict = IPWORKSAUTH_ACCEPT_HOST_KEY;
  std::vector<std::string> passwords;  // given in turn; when used up, none
  std::string new_password = "new";
  std::vector<std::vector<std::string>> responses;  // one list a round; when used up, none
  std::vector<const Identity*> keys;                // by index of the identity or host key
  // server
  std::string right_password = "secret";
  bool change_password = false;                         // the first right password must be changed
  std::vector<Blob> authorized;                         // public key blobs
  std::vector<std::vector<ipworksauth_prompt>> rounds;  // keyboard-interactive
  std::vector<std::vector<std::string>> right_responses;
  std::vector<std::string> steps;  // methods that must succeed, in order; empty: any one
  std::string right_principal;     // of GSSAPI
  bool accept_none = false;
  // called before the default answer; true: it answered, or leaves the question open for now
  std::function<bool(ipworksauth_engine*, const ipworksauth_event&)> hook;

  // seen
  std::vector<std::string> events;  // "identified", "attempt password", ...
  std::size_t round = 0, step = 0, password_at = 0;
  bool changed = false;
};

class Side {
 public:
  Side(const ipworksauth_engine_config& config, Host& host);
  ~Side();
  Side(const Side&) = delete;
  Side& operator=(const Side&) = delete;

  ipworksauth_engine* engine() const { return engine_; }
  // Works until nothing is left to do without input; returns what it wants to send.
  std::vector<std::uint8_t> speak();
  void hear(Bytes octets, Feed feed, std::uint32_t& chance);
  ipworksauth_engine_error_info error() const;
  ipworksauth_engine_facts facts() const;
  std::string text(std::uint32_t which) const;
  bool authenticated() const { return facts().stage == IPWORKSAUTH_STAGE_OPEN; }

 private:
  void work();
  void answer(const ipworksauth_event& ev);
  void answer_request(const ipworksauth_event& ev);

  std::vector<std::max_align_t> block_;
  ipworksauth_engine* engine_ = nullptr;
  Host& host_;
};

struct PairResult {
  bool both_open = false;
  std::uint32_t client_flights = 0;
};

class Pair {
 public:
  Pair(const ipworksauth_engine_config& client_config, Host& client_host,
       const ipworksauth_engine_config& server_config, Host& server_host)
      : client(client_config, client_host), server(server_config, server_host) {}

  // Carries flights to and fro until both are silent (or `most` flights were carried).
  PairResult run(Feed feed = Feed::whole, std::uint32_t seed = 1, int most = 400);

  Side client;
  Side server;
  // Changes what travels, if set: (from the client?, octets).
  std::function<void(bool, std::vector<std::uint8_t>&)> tamper;
};

// A configuration with role and provider set.
ipworksauth_engine_config client_config(const ipworksauth_provider& provider);
ipworksauth_engine_config server_config(const ipworksauth_provider& provider,
                                        const std::vector<ipworksauth_identity>& host_keys);
ipworksauth_identity as_row(const Identity& key);

}  // namespace sshauth::test
