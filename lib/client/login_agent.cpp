// Which keys a key agent has, and which of them are offered: before there is a connection, since
// the engine is told of all identities at once.
#include <algorithm>

#include "lib/client/login.hpp"
#include "lib/crypto/public_key.hpp"
#include "lib/wire/name_list.hpp"

namespace sshauth {
namespace {

constexpr int kStoreClosed = 271;
constexpr int kNoKeyFits = 272;

}  // namespace

void Client::Login::begin_agent() {
  if (config.agent.mode == AgentUse::Mode::off) return begin_connection();
  phase_ = Phase::asking;
  listing_ = std::make_unique<AgentListing>(config.agent.socket);
}

bool Client::Login::do_asking() {
  switch (listing_->step()) {
    case AgentLine::State::working: return false;
    case AgentLine::State::failed: return without_agent(kStoreClosed, listing_->error().text);
    case AgentLine::State::replied: break;
  }
  const std::size_t all = listing_->identities().size();
  const std::size_t offered = add_agent_keys();
  const std::string has = "the key agent " + printable(config.agent.socket, 200) + " holds " +
                          std::to_string(all) + " key(s)";
  if (offered == 0 && all == 0)
    return without_agent(kNoKeyFits, has +
                                         "; add one with ssh-add, or unlock it with ssh-add -X: a "
                                         "locked agent shows none");
  if (offered == 0)
    return without_agent(kNoKeyFits,
                         has + (config.agent.wanted.empty()
                                    ? ", and the signature algorithms that are set fit none of them"
                                    : ", but not the one that was asked for"));
  tell_step("T" + has.substr(1) + ", " + std::to_string(offered) + " to be offered");
  limits_.progress(now_);
  if (calls_.stopped()) return true;
  listing_.reset();  // an agent may serve one connection at a time
  begin_connection();
  return true;
}

// An algorithm that this build has, and that the settings allow, signs with it.
bool Client::Login::offers(const Identity& key) const {
  const std::vector<Blob>& wanted = config.agent.wanted;
  if (!wanted.empty() && std::none_of(wanted.begin(), wanted.end(), [&](const Blob& blob) {
        return same_bytes(key.public_blob(), blob);
      }))
    return false;
  ipworksauth_public_key numbers;
  if (decode_public_key(key.public_blob(), key.type(), numbers) != Errc::ok) return false;
  for (const SigAlg* alg : sigs(*config.provider))
    if (key.type() == alg->key_type &&
        (config.sig_algorithms.empty() || list_contains(config.sig_algorithms, alg->name)))
      return true;
  return false;
}

// In the agent's order, which is the user's, before what the configuration has; each key once.
// How many are the agent's, is the result.
std::size_t Client::Login::add_agent_keys() {
  std::vector<std::shared_ptr<const Identity>> all;
  const auto has = [&all](const Identity& key) {
    return std::any_of(all.begin(), all.end(), [&](const auto& other) {
      return same_bytes(other->public_blob(), key.public_blob());
    });
  };
  for (const auto& key : listing_->identities())
    if (all.size() < config.agent.most_keys && !has(*key) && offers(*key)) all.push_back(key);
  const std::size_t num = all.size();
  for (const auto& key : plan_.identities)
    if (!has(*key)) all.push_back(key);
  plan_.identities = std::move(all);
  return num;
}

bool Client::Login::without_agent(int code, std::string why) {
  const bool nothing_else =
      config.methods == std::vector<std::string>{"publickey"} && plan_.identities.empty();
  if (config.agent.mode == AgentUse::Mode::only || nothing_else) {
    result.os_error = listing_->error().os_error;
    decide(code, std::move(why));
    close();
    return true;
  }
  tell_step("No key agent is used: " + why);
  if (calls_.stopped()) return true;
  listing_.reset();  // an agent may serve one connection at a time
  begin_connection();
  return true;
}

}  // namespace sshauth
