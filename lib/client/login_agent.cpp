// Which keys a key agent has, and which of them are offered: before there is a connection, since
// the engine is told of all identities at once.
#include <algorithm>

#include "lib/client/engine_config.hpp"
#include "lib/client/login.hpp"
#include "lib/crypto/key_algorithm.hpp"
#include "lib/keys/ssh_certificate.hpp"
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
  // A host may fork in an event, and the login is the parent's.
  if (calls_.stopped() || !busy()) return true;
  listing_.reset();  // an agent may serve one connection at a time
  begin_connection();
  return true;
}

// The key itself, or a certificate of it.
bool Client::Login::is_wanted(const Identity& key) const {
  const std::vector<Blob>& wanted = config.agent.wanted;
  const Bytes blob = key.public_blob();
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const Blob& one) {
           return same_bytes(blob, one) || certifies(blob, one);
         });
}

// An algorithm that this build has, and that the settings allow, signs with it.
bool Client::Login::offers(const Identity& key) const {
  if (!is_wanted(key)) return false;
  const std::string& list = config.sig_algorithms;
  // What the engine skips must not count among the keys that are offered.
  const std::uint32_t least = config.min_rsa_bits != 0 ? config.min_rsa_bits : 2048;
  bool fits = false;
  each_key_algorithm(*config.provider, [&](const KeyAlgorithm& alg) {
    OpenedKey opened;
    if (fits || alg.blob_type != key.type()) return;
    const bool allowed = list.empty()
                             ? !alg.weak()
                             : list_contains(list, alg.name) || list_contains(list, alg.sig->name);
    fits =
        allowed && check_key(alg, *config.provider, key.public_blob(), least, opened) == Errc::ok;
  });
  return fits;
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
      methods_of(config, plan_.gss != nullptr) == "publickey" && plan_.identities.empty();
  if (config.agent.mode == AgentUse::Mode::only || nothing_else) {
    result.os_error = listing_->error().os_error;
    decide(code, std::move(why));
    close();
    return true;
  }
  tell_step("No key agent is used: " + why);
  // A host may fork in an event, and the login is the parent's.
  if (calls_.stopped() || !busy()) return true;
  listing_.reset();  // an agent may serve one connection at a time
  begin_connection();
  return true;
}

}  // namespace sshauth
