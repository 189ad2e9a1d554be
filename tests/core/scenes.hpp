// Scenes: a duel of an engine and a misbehaving peer, brought to a state step by step over a
// provider without security (fuzz/null_provider.hpp), and a plausible specimen of every message.
#pragma once

#include <memory>

#include "fuzz/null_provider.hpp"
#include "tests/core/misbehave.hpp"

namespace sshauth::test {

// One thing the peer (or the host) does; octets are carried afterwards.
using Step = void (*)(Duel&);

void meet(Duel& d);  // both identification strings
void say_kexinit(Duel& d);
void say_init(Duel& d);   // the peer is the client
void say_reply(Duel& d);  // the peer is the server
void say_newkeys(Duel& d);
void grant(Duel& d);        // SERVICE_ACCEPT
void succeed(Duel& d);      // SUCCESS
void fail(Duel& d);         // FAILURE, everything can continue
void ask_prompts(Duel& d);  // INFO_REQUEST with one prompt
void ask_service(Duel& d);  // SERVICE_REQUEST
void ask_kbdint(Duel& d);   // a keyboard-interactive request; the host asks one prompt
void log_in(Duel& d);       // a password request with the right password
void we_rekey(Duel& d);     // the engine's host asks for new keys

// What the rules depend on, as far as scenes go.
enum class Layer { identification, awaiting_kexinit, first_exchange, later };

struct Scene {
  std::string name;
  bool client = true;  // the engine's role
  Layer layer = Layer::later;
  bool strict = true;
  std::vector<Step> steps;
  const char* methods = "password";
  std::uint32_t pipelining = 1;
  bool probe = false;
  std::function<void(ipworksauth_engine_config&, Ways&)> tweak;  // the last word on both

  // A fresh duel with its provider, after `steps` and whatever else is done before.
  struct Set;
  std::unique_ptr<Set> set() const;
  // The peer says a specimen of message `n`: the right one, if there is a right one here.
  void say(Duel& d, std::uint8_t n) const;
};
Scene client_at(std::string name, Layer layer, bool strict, std::vector<Step> steps);
Scene server_at(std::string name, Layer layer, bool strict, std::vector<Step> steps);

// What a duel needs to live.
struct Scene::Set {
  explicit Set(const Scene& scene);
  Set(const Set&) = delete;
  Set& operator=(const Set&) = delete;

  NullRng rng;
  Provider provider;
  Setup setup;
  Octets user_key = false_ed25519(9);
  ipworksauth_identity identity{};
  std::unique_ptr<Duel> duel;
};

// Every state that the client, or the server, can be brought to and waits for the peer in.
std::vector<Scene> client_scenes(bool strict);
std::vector<Scene> server_scenes(bool strict);

bool has_heard(const Duel& d, std::uint8_t n);
std::size_t times_heard(const Duel& d, std::uint8_t n);
Octets password_request(std::string_view password, std::string_view user = "alice");
Octets kbdint_request();

}  // namespace sshauth::test
