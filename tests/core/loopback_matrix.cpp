// Every row of every provider in a whole login, client engine against server engine, whatever the
// pieces in which the octets arrive. The axes are made from the providers' rows, so a new row is
// tested without an edit here.
//
// All rows of all axes together would be some millions of logins, so:
//   - every two values of any two axes meet in at least one login (pairs), all feeds among them;
//   - every cipher meets every MAC and every compression method in one, over the methods that cost
//     little, with the other axes taking turns.
#include <catch2/catch.hpp>
#include <set>
#include <tuple>

#include "lib/kex/method.hpp"
#include "tests/core/loopback_world.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

enum Axis : std::size_t {
  kKex,
  kHostKey,
  kCipher,
  kMac,
  kCompression,
  kAuth,
  kClientProvider,
  kServerProvider,
  kFeed,
  kNumAxes
};
using Case = std::array<std::size_t, kNumAxes>;

const Provider* const kProviders[] = {&openssl_provider(), &sodium_provider(), &fastest_provider()};
constexpr Feed kFeeds[] = {Feed::whole, Feed::one_octet, Feed::random_cuts};

// The names of all rows of all providers, each once, in the order they are met.
class Names {
 public:
  void add(const std::string& name) {
    if (seen_.insert(name).second) list.push_back(name);
  }
  std::vector<std::string> list;

 private:
  std::set<std::string> seen_;
};

struct Axes {
  Names kex, sigs, ciphers, macs, compressions, auth;

  Axes() {
    // Those by GSSAPI need a mechanism and a world of their own (kex_gss.cpp).
    for (const KexMethod& method : kex_methods())
      if (!is_by_gss(method)) kex.add(std::string(method.name));
    compressions.add("none");
    macs.add("");  // the cipher authenticates
    auth.add("password");
    auth.add("keyboard-interactive");
    for (const Provider* p : kProviders) {
      for (const SigAlg* row : sshauth::sigs(*p))
        if (row->sign != nullptr) sigs.add(row->name);
      for (const CompressionAlg* row : sshauth::compressions(*p)) compressions.add(row->name);
      for (const CipherAlg* row : sshauth::ciphers(*p)) ciphers.add(row->name);
      for (const MacAlg* row : sshauth::macs(*p)) macs.add(row->name);
    }
    for (const std::string& name : sigs.list) auth.add("publickey " + name);
  }
  std::size_t size(std::size_t axis) const {
    switch (axis) {
      case kKex: return kex.list.size();
      case kHostKey: return sigs.list.size();
      case kCipher: return ciphers.list.size();
      case kMac: return macs.list.size();
      case kCompression: return compressions.list.size();
      case kAuth: return auth.list.size();
      case kFeed: return std::size(kFeeds);
      default: return std::size(kProviders);
    }
  }
};

const Axes& axes() {
  static const Axes made;
  return made;
}

// Whether that provider has the MAC and a cipher to go with it.
bool has_mac(const Provider& p, std::size_t value) {
  bool fits = false;
  for (const CipherAlg* cipher : ciphers(p)) fits = fits || needs_mac(*cipher) == (value != 0);
  return fits && (value == 0 || find(macs(p), axes().macs.list[value]) != nullptr);
}

// Whether that provider has what the value of that axis needs.
bool has(const Provider& p, std::size_t axis, std::size_t value) {
  const Axes& a = axes();
  switch (axis) {
    case kKex: return find_method(p, a.kex.list[value]) != nullptr;
    case kHostKey: return find(sigs(p), a.sigs.list[value]) != nullptr;
    case kCipher: return find(ciphers(p), a.ciphers.list[value]) != nullptr;
    case kMac: return has_mac(p, value);
    case kCompression:
      return value == 0 || find(compressions(p), a.compressions.list[value]) != nullptr;
    case kAuth: {
      const std::string& auth = a.auth.list[value];
      return auth.rfind("publickey ", 0) != 0 || find(sigs(p), auth.substr(10)) != nullptr;
    }
    default: return true;
  }
}

// RFC 5647 §5.1 and OpenSSH PROTOCOL 1.6: a cipher that authenticates takes no MAC, others need
// one.
bool pairs(std::size_t cipher, std::size_t mac) {
  for (const Provider* p : kProviders)
    if (const CipherAlg* row = find(ciphers(*p), axes().ciphers.list[cipher]))
      return needs_mac(*row) == (mac != 0);
  return false;
}

// Whether the values of two axes can stand in one login.
bool fits(std::size_t axis1, std::size_t value1, std::size_t axis2, std::size_t value2) {
  const auto needs = [](std::size_t axis) { return axis < kClientProvider; };
  const auto gives = [](std::size_t axis) {
    return axis == kClientProvider || axis == kServerProvider;
  };
  if (gives(axis1) && needs(axis2)) return has(*kProviders[value1], axis2, value2);
  if (gives(axis2) && needs(axis1)) return has(*kProviders[value2], axis1, value1);
  if (axis1 == kCipher && axis2 == kMac) return pairs(value1, value2);
  if (axis1 == kMac && axis2 == kCipher) return pairs(value2, value1);
  return true;
}

std::string describe(const Case& c) {
  const Axes& a = axes();
  return a.kex.list[c[kKex]] + " " + a.sigs.list[c[kHostKey]] + " " + a.ciphers.list[c[kCipher]] +
         " " + a.macs.list[c[kMac]] + " " + a.compressions.list[c[kCompression]] + " " +
         a.auth.list[c[kAuth]] + " " + kProviders[c[kClientProvider]]->name + "/" +
         kProviders[c[kServerProvider]]->name + " feed " + std::to_string(c[kFeed]);
}

// ---- one login -------------------------------------------------------------------------------

// Random octets that are the same in every run, for rows that take theirs from the engine.
struct Dice {
  std::uint32_t state = 1;
  static int fill(void* self, std::uint8_t* out, std::size_t len) {
    auto& at = static_cast<Dice*>(self)->state;
    for (std::size_t i = 0; i < len; ++i) {
      at = at * 1664525U + 1013904223U;
      out[i] = static_cast<std::uint8_t>(at >> 24);
    }
    return 1;
  }
};

struct Login {
  explicit Login(const Case& c)
      : client_provider(*kProviders[c[kClientProvider]]),
        server_provider(*kProviders[c[kServerProvider]]),
        world(client_provider, server_provider) {
    client_provider.rng = {&client_dice, Dice::fill};
    server_provider.rng = {&server_dice, Dice::fill};
    server_dice.state = 2;
    const Axes& a = axes();
    const std::string& host_key = a.sigs.list[c[kHostKey]];
    world.set_host_key(key_of(key_type(host_key), 100));
    for (auto* config : {&world.client, &world.server}) {
      config->kex_algorithms = a.kex.list[c[kKex]].c_str();
      config->host_key_algorithms = host_key.c_str();
      config->ciphers = a.ciphers.list[c[kCipher]].c_str();
      if (c[kMac] != 0) config->macs = a.macs.list[c[kMac]].c_str();
      config->compressions = a.compressions.list[c[kCompression]].c_str();
    }
    set_auth(a.auth.list[c[kAuth]]);
  }

  static const char* key_type(const std::string& algorithm) {
    for (const Provider* p : kProviders)
      if (const SigAlg* row = find(sigs(*p), algorithm)) return row->key_type;
    return "";
  }

  void set_auth(const std::string& auth) {
    if (auth == "password") {
      world.client.methods = "password";
      world.client_host.passwords = {"secret"};
    } else if (auth == "keyboard-interactive") {
      world.client.methods = "keyboard-interactive";
      world.client_host.responses = {{"one", ""}, {}, {"three"}};
      world.server_host.right_responses = {{"one", ""}, {}, {"three"}};
      world.server_host.rounds = {{{"1?", 0}, {"2?", 1}}, {}, {{"3?", 0}}};
    } else {
      const std::string algorithm = auth.substr(auth.find(' ') + 1);
      world.client.methods = "publickey";
      for (auto* config : {&world.client, &world.server})  // a weak one has to be named
        config->sig_algorithms = world.keep(algorithm);
      world.add_user_key(key_of(key_type(algorithm))).algorithms = world.keep(algorithm);
    }
  }

  Provider client_provider, server_provider;
  Dice client_dice, server_dice;
  World world;
};

void check_facts(const Case& c, const Side& side) {
  const Axes& a = axes();
  CHECK(side.text(IPWORKSAUTH_TEXT_KEX) == a.kex.list[c[kKex]]);
  CHECK(side.text(IPWORKSAUTH_TEXT_HOST_KEY_ALGORITHM) == a.sigs.list[c[kHostKey]]);
  CHECK(side.text(IPWORKSAUTH_TEXT_CIPHER_C2S) == a.ciphers.list[c[kCipher]]);
  CHECK(side.text(IPWORKSAUTH_TEXT_CIPHER_S2C) == a.ciphers.list[c[kCipher]]);
  CHECK(side.text(IPWORKSAUTH_TEXT_MAC_C2S) == a.macs.list[c[kMac]]);
  CHECK(side.text(IPWORKSAUTH_TEXT_MAC_S2C) == a.macs.list[c[kMac]]);
  CHECK(side.text(IPWORKSAUTH_TEXT_COMPRESSION_C2S) == a.compressions.list[c[kCompression]]);
  CHECK(side.text(IPWORKSAUTH_TEXT_COMPRESSION_S2C) == a.compressions.list[c[kCompression]]);
  CHECK(side.facts().strict_kex == 1);
}

// Of the exchange hash, which the session id is (RFC 4253 §7.2).
std::size_t hash_len_of(std::string_view method) {
  const Provider& p = openssl_provider();
  return find(hashes(p), find_method(p, method)->hash)->hash_len;
}

// The rows whose randomness is the engine's own: two runs agree on the same secrets.
bool repeatable(const Case& c) {
  const auto from_dice = [&](std::size_t provider) {
    return axes().kex.list[c[kKex]].rfind("curve25519", 0) == 0 &&
           kProviders[c[provider]] != &openssl_provider();
  };
  return from_dice(kClientProvider) && from_dice(kServerProvider);
}

// Octets in one piece, then in the pieces of the case: the same conversation.
void check_login(const Case& c, std::uint32_t seed) {
  INFO(describe(c));
  Login whole(c), cut(c);
  const bool whole_open = whole.world.run().both_open;
  INFO(whole.world.errors());
  REQUIRE(whole_open);
  check_facts(c, whole.world.pair->client);
  check_facts(c, whole.world.pair->server);
  const bool cut_open = cut.world.run(kFeeds[c[kFeed]], seed).both_open;
  INFO("seed " << seed << "; " << cut.world.errors());
  REQUIRE(cut_open);
  const auto session = [](const Side& side) { return side.text(IPWORKSAUTH_TEXT_SESSION_ID); };
  CHECK(session(whole.world.pair->client) == session(whole.world.pair->server));
  CHECK(session(cut.world.pair->client) == session(cut.world.pair->server));
  CHECK(session(cut.world.pair->client).size() == hash_len_of(axes().kex.list[c[kKex]]));
  if (repeatable(c)) CHECK(session(cut.world.pair->client) == session(whole.world.pair->client));
  for (const bool authentication : {false, true})
    CHECK(joined(strand(cut.world.client_host, authentication)) ==
          joined(strand(whole.world.client_host, authentication)));
  CHECK(joined(cut.world.server_host.events) == joined(whole.world.server_host.events));
}

// ---- all pairs -------------------------------------------------------------------------------

using Value = std::pair<std::size_t, std::size_t>;  // axis, value
using Pairs = std::set<std::pair<Value, Value>>;

Pairs all_pairs() {
  Pairs out;
  for (std::size_t a = 0; a < kNumAxes; ++a)
    for (std::size_t b = a + 1; b < kNumAxes; ++b)
      for (std::size_t i = 0; i < axes().size(a); ++i)
        for (std::size_t j = 0; j < axes().size(b); ++j)
          if (fits(a, i, b, j)) out.insert({{a, i}, {b, j}});
  return out;
}

// A case around `first` that takes in many of the pairs still wanted; axes are filled one after
// the other, those with constraints on others first.
Case make_case(const std::pair<Value, Value>& first, const Pairs& wanted) {
  constexpr std::size_t kUnset = SIZE_MAX;
  Case c;
  c.fill(kUnset);
  c[first.first.first] = first.first.second;
  c[first.second.first] = first.second.second;
  for (const std::size_t axis : {kClientProvider, kServerProvider, kCipher, kMac, kAuth, kHostKey,
                                 kKex, kCompression, kFeed}) {
    if (c[axis] != kUnset) continue;
    std::size_t best = kUnset;
    std::size_t best_gain = 0;
    for (std::size_t value = 0; value < axes().size(axis); ++value) {
      bool possible = true;
      std::size_t gain = 1;
      for (std::size_t other = 0; other < kNumAxes; ++other) {
        if (c[other] == kUnset) continue;
        possible = possible && fits(axis, value, other, c[other]);
        const Value one{axis, value}, two{other, c[other]};
        gain += wanted.count(axis < other ? std::pair{one, two} : std::pair{two, one});
      }
      if (possible && gain > best_gain) {
        best = value;
        best_gain = gain;
      }
    }
    REQUIRE(best != kUnset);
    c[axis] = best;
  }
  return c;
}

void take_off(const Case& c, Pairs& wanted) {
  for (std::size_t a = 0; a < kNumAxes; ++a)
    for (std::size_t b = a + 1; b < kNumAxes; ++b) wanted.erase({{a, c[a]}, {b, c[b]}});
}

std::size_t index_of(const std::vector<std::string>& list, std::string_view name) {
  for (std::size_t i = 0; i < list.size(); ++i)
    if (list[i] == name) return i;
  FAIL("no row " << name);
  return 0;
}

}  // namespace

TEST_CASE("every two rows meet in a login, fed in every way") {
  Pairs wanted = all_pairs();
  REQUIRE(wanted.size() > 500);
  std::uint32_t seed = 1;
  while (!wanted.empty()) {
    const std::size_t before = wanted.size();
    const Case c = make_case(*wanted.begin(), wanted);
    check_login(c, seed++);
    take_off(c, wanted);
    REQUIRE(wanted.size() < before);
  }
}

namespace {

// The providers of both sides, of those that have the suite, take turns.
void choose_providers(Case& c, std::uint32_t turn) {
  std::vector<std::pair<std::size_t, std::size_t>> possible;
  for (std::size_t client = 0; client < std::size(kProviders); ++client)
    for (std::size_t server = 0; server < std::size(kProviders); ++server) {
      const Provider &one = *kProviders[client], &two = *kProviders[server];
      if (has(one, kCipher, c[kCipher]) && has(two, kCipher, c[kCipher]) &&
          has(one, kMac, c[kMac]) && has(two, kMac, c[kMac]))
        possible.emplace_back(client, server);
    }
  REQUIRE_FALSE(possible.empty());
  std::tie(c[kClientProvider], c[kServerProvider]) = possible[turn % possible.size()];
}

}  // namespace

TEST_CASE("every cipher meets every MAC and every compression method in a login") {
  const Axes& a = axes();
  constexpr const char* kAuths[] = {"password", "keyboard-interactive", "publickey ssh-ed25519"};
  Case c{};
  c[kKex] = index_of(a.kex.list, "curve25519-sha256");
  c[kHostKey] = index_of(a.sigs.list, "ssh-ed25519");
  std::uint32_t turn = 0;
  for (c[kCipher] = 0; c[kCipher] < a.ciphers.list.size(); ++c[kCipher])
    for (c[kMac] = 0; c[kMac] < a.macs.list.size(); ++c[kMac]) {
      if (!pairs(c[kCipher], c[kMac])) continue;
      for (c[kCompression] = 0; c[kCompression] < a.compressions.list.size(); ++c[kCompression]) {
        c[kAuth] = index_of(a.auth.list, kAuths[turn % std::size(kAuths)]);
        c[kFeed] = turn / std::size(kAuths) % std::size(kFeeds);
        choose_providers(c, turn / 9);
        check_login(c, 1000 + turn++);
      }
    }
  CHECK(turn >= 3 * (3 + 16 * (a.ciphers.list.size() - 3)));
}
