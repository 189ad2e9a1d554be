#include "tests/core/loopback_world.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "lib/keys/generate.hpp"

namespace sshauth::test {

const Identity& key_of(std::string_view type, unsigned nth) {
  static std::map<std::pair<std::string, unsigned>, std::unique_ptr<Identity>> made;
  auto& slot = made[{std::string(type), nth}];
  if (slot == nullptr) {
    KeyResult result = generate_identity(type, type == "ssh-rsa" ? 2048 : 0);
    if (!result.ok()) throw std::runtime_error("no key of type " + std::string(type));
    slot = std::make_unique<Identity>(std::move(*result));
  }
  return *slot;
}

World::World(const Provider& client_provider, const Provider& server_provider)
    : client(client_config(client_provider)), server(server_config(server_provider, host_rows)) {
  set_host_key(key_of("ssh-ed25519", 100));
}

void World::set_host_key(const Identity& key) {
  host_rows.clear();
  server_host.keys.clear();
  add_host_key(key);
}

void World::add_host_key(const Identity& key) {
  host_rows.push_back(as_row(key));
  server_host.keys.push_back(&key);
}

ipworksauth_identity& World::add_user_key(const Identity& key, bool authorized) {
  user_rows.push_back(as_row(key));
  client_host.keys.push_back(&key);
  const Bytes blob = key.public_blob();
  if (authorized) server_host.authorized.emplace_back(blob.begin(), blob.end());
  return user_rows.back();
}

Pair& World::join() {
  client.identities = user_rows.data();
  client.num_identities = user_rows.size();
  server.host_keys = host_rows.data();
  server.num_host_keys = host_rows.size();
  pair = std::make_unique<Pair>(client, client_host, server, server_host);
  return *pair;
}

PairResult World::run(Feed feed, std::uint32_t seed) {
  if (pair == nullptr) join();
  return pair->run(feed, seed, 4000);
}

std::string World::errors() const {
  if (pair == nullptr) return "not joined";
  const auto one = [](const Side& side) {
    const auto info = side.error();
    return std::to_string(info.code) + " " + info.text;
  };
  return "client: " + one(pair->client) + "; server: " + one(pair->server) +
         "\nclient saw: " + joined(client_host.events) +
         "\nserver saw: " + joined(server_host.events);
}

std::size_t count(const Host& host, std::string_view event) {
  return static_cast<std::size_t>(std::count(host.events.begin(), host.events.end(), event));
}

std::string joined(const std::vector<std::string>& events) {
  std::string out;
  for (const std::string& event : events) out += (out.empty() ? "" : " | ") + event;
  return out;
}

std::vector<std::string> strand(const Host& host, bool authentication) {
  static constexpr std::string_view kTransport[] = {
      "identified", "negotiated", "renegotiated", "keys", "rekeyed", "host-key", "ext-info"};
  std::vector<std::string> out;
  for (const std::string& event : host.events) {
    const std::string_view head(event.data(), std::min(event.find(' '), event.size()));
    const bool transport =
        std::find(std::begin(kTransport), std::end(kTransport), head) != std::end(kTransport);
    if (transport != authentication) out.push_back(event);
  }
  return out;
}

std::string text_of(const ipworksauth_octets& octets) {
  return {reinterpret_cast<const char*>(octets.data), octets.len};
}

}  // namespace sshauth::test
