// What ipworksauth_engine_create refuses and what it says then; and that what it takes is sent
// whole: nothing of a configuration is ever cut.
#include <catch2/catch.hpp>

#include "tests/core/scenes.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

struct Made {
  int code;
  std::string why;
};

Made make(const ipworksauth_engine_config& config) {
  std::vector<std::max_align_t> block(ipworksauth_engine_size(&config) / sizeof(std::max_align_t) +
                                      16);
  ipworksauth_engine* e = nullptr;
  const char* why = nullptr;
  const int code = ipworksauth_engine_create(
      &e, block.data(), block.size() * sizeof(std::max_align_t), &config, &why);
  CHECK((code == 0) == (e != nullptr));
  ipworksauth_engine_destroy(e);
  return {code, why};
}

// Both the size and the creation refuse, for that reason.
void check_refused(const ipworksauth_engine_config& config, std::string_view reason) {
  INFO(reason);
  CHECK(ipworksauth_engine_size(&config) == 0);
  const Made made = make(config);
  CHECK(made.code == IPWORKSAUTH_E_ARGUMENT);
  INFO(made.why);
  CHECK(made.why.find(reason) != std::string::npos);
}

// The longest list of at most `most` octets that ends in `last` and is `first` all the way before.
std::string list_of(std::size_t most, std::string_view first, std::string_view last) {
  std::string out;
  while (out.size() + first.size() + 1 + last.size() <= most) (out += first) += ",";
  return out += last;
}

struct ListRow {
  const char* ipworksauth_engine_config::*field;
  KexInit::List list;
  const char *first, *last;  // the peer knows the last one only
  const char* cipher;        // of the peer
};
constexpr ListRow kLists[] = {
    {&ipworksauth_engine_config::kex_algorithms, KexInit::kex, "ecdh-sha2-nistp256",
     "curve25519-sha256", "chacha20-poly1305@openssh.com"},
    {&ipworksauth_engine_config::host_key_algorithms, KexInit::host_key, "rsa-sha2-512",
     "ssh-ed25519", "chacha20-poly1305@openssh.com"},
    {&ipworksauth_engine_config::ciphers, KexInit::cipher_c2s, "aes256-gcm@openssh.com",
     "aes128-ctr", "aes128-ctr"},
    {&ipworksauth_engine_config::macs, KexInit::mac_s2c, "hmac-sha2-512", "hmac-sha2-256",
     "aes128-ctr"},
    {&ipworksauth_engine_config::compressions, KexInit::compression_s2c, "zlib@openssh.com", "none",
     "chacha20-poly1305@openssh.com"},
};

struct Fixture {
  explicit Fixture(bool client = true)
      : provider(null_provider(rng)),
        setup(provider, client ? IPWORKSAUTH_CLIENT : IPWORKSAUTH_SERVER),
        config(setup.config) {}
  NullRng rng;
  Provider provider;
  Setup setup;
  ipworksauth_engine_config& config;
};

}  // namespace

// A configuration may hold 4096 octets of each list. Most other implementations would never make
// one as long, so it is the last name, which nobody may lose, that both sides have in common.
TEST_CASE("creation: a list of algorithms is offered to its last name") {
  for (const ListRow& row : kLists) {
    for (const bool client : {true, false}) {
      for (const std::size_t most : {1000U, 2048U, 2100U, 4096U}) {
        Fixture f(client);
        const std::string list = list_of(most, row.first, row.last);
        f.config.*row.field = list.c_str();
        Ways ways;
        ways.server = client;
        ways.ciphers = row.cipher;
        Duel d(f.config, f.provider, ways);
        INFO((client ? "client, list " : "server, list ") << int{row.list} << ", " << list.size());
        meet(d);
        KexInit heard;
        REQUIRE(decode(d.peer.their_kexinit, heard) == Errc::ok);
        // A server lists the host key algorithms that it has keys for.
        if (client || row.list != KexInit::host_key)
          CHECK(std::string(heard.list[row.list]).substr(0, list.size()) == list);
        say_kexinit(d);
        (client ? say_reply : say_init)(d);
        say_newkeys(d);
        CHECK(d.subject.has("keys"));
      }
    }
  }
}

TEST_CASE("creation: 4096 octets are the most of a list, and no name is empty") {
  for (const ListRow& row : kLists) {
    Fixture f;
    const std::string over(4097, 'x'), stray = std::string(row.last) + ",";
    f.config.*row.field = over.c_str();
    check_refused(f.config, "longer than 4096 octets");
    f.config.*row.field = stray.c_str();
    check_refused(f.config, "malformed");
    f.config.*row.field = "no-such-name@example.com";
    check_refused(f.config, "not available");
  }
  // 216 times 18 and 11 times 17 octets, and their commas.
  std::string most;
  for (int i = 0; i < 11; ++i) most += "curve25519-sha256,";
  for (int i = 0; i < 205; ++i) most += "ecdh-sha2-nistp256,";
  most.resize(most.size() - 1);
  while (most.size() + 18 <= 4096) most = "curve25519-sha256," + most;
  Fixture f;
  f.config.kex_algorithms = most.c_str();
  CHECK(make(f.config).code == 0);
}

TEST_CASE("creation: what does not fit a packet is refused before it has to be sent") {
  Fixture f;
  f.config.max_packet = 2048;
  CHECK(make(f.config).code == 0);
  const std::string long_list = list_of(1500, "ecdh-sha2-nistp256", "curve25519-sha256");
  f.config.kex_algorithms = long_list.c_str();
  check_refused(f.config, "longer than a packet");
  f.config.max_packet = 0;
  CHECK(make(f.config).code == 0);

  const std::string text(2000, 'u');
  for (const auto field : {&ipworksauth_engine_config::user, &ipworksauth_engine_config::service,
                           &ipworksauth_engine_config::submethods}) {
    Fixture g;
    g.config.max_packet = 2048;
    g.config.*field = text.c_str();
    check_refused(g.config, "longer than a packet");
    g.config.max_packet = 4096;
    CHECK(make(g.config).code == 0);
  }
  Fixture server(false);
  server.config.max_packet = 2048;
  server.config.banner = text.c_str();
  check_refused(server.config, "longer than a packet");

  const Octets rsa = [] {
    Octets out(1200);
    Writer w(out);
    w.string("ssh-rsa").mpint(Octets{1, 0, 1}).mpint(Octets(1024, 0x71));
    out.resize(w.len());
    return out;
  }();
  const ipworksauth_identity row{rsa.data(), rsa.size(), nullptr, 0};
  Fixture key;
  key.config.identities = &row;
  key.config.num_identities = 1;
  CHECK(make(key.config).code == 0);
  key.config.max_packet = 2048;
  check_refused(key.config, "a key is too long");
}

TEST_CASE("creation: every refusal says what was wrong, and the size refuses as well") {
  struct Row {
    bool client;
    void (*spoil)(ipworksauth_engine_config&);
    const char* reason;
  };
  using Config = ipworksauth_engine_config;
  const Row rows[] = {
      {true, [](Config& c) { c.struct_size = 8; }, "struct_size"},
      {true, [](Config& c) { c.role = 3; }, "role"},
      {true, [](Config& c) { c.provider = nullptr; }, "provider"},
      {true, [](Config& c) { c.identification = "SSH-1.5-x"; }, "identification"},
      {true, [](Config& c) { c.strict_kex = 5; }, "strict_kex"},
      {true, [](Config& c) { c.kex_guess = 4; }, "kex_guess"},
      {true, [](Config& c) { c.pipelining = 3; }, "pipelining"},
      {true, [](Config& c) { c.max_packet = 2047; }, "max_packet"},
      {true, [](Config& c) { c.max_packet = 35'001; }, "max_packet"},
      {true, [](Config& c) { c.rekey_packets = (std::uint64_t{1} << 31) + 1; }, "rekey_packets"},
      {true, [](Config& c) { c.methods = "hostbased"; }, "methods"},
      {true, [](Config& c) { c.methods = ""; }, "methods is empty"},
      {true, [](Config& c) { c.methods = "publickey"; }, "no identity"},
      {true, [](Config& c) { c.password_tries = 17; }, "password_tries"},
      {true, [](Config& c) { c.num_identities = 65; }, "64 keys"},
      {false, [](Config& c) { c.num_host_keys = 0; }, "host key"},
      {false, [](Config& c) { c.host_key_algorithms = "rsa-sha2-512"; }, "no host key fits"},
      {false, [](Config& c) { c.auth_methods = "hostbased"; }, "auth_methods"},
  };
  for (const Row& row : rows) {
    Fixture f(row.client);
    row.spoil(f.config);
    check_refused(f.config, row.reason);
  }
  // A key that is held to algorithms which are not accepted is none.
  Fixture held(false);
  ipworksauth_identity key = held.config.host_keys[0];
  key.algorithms = "ssh-ed25519";
  held.config.host_keys = &key;
  CHECK(make(held.config).code == 0);
  held.config.host_key_algorithms = "ecdsa-sha2-nistp256,rsa-sha2-256";
  check_refused(held.config, "no host key fits");
}

TEST_CASE("creation: a provider with more rows than fit a list is refused, not cut") {
  Fixture f;
  std::vector<std::string> names;
  for (int i = 0; i < 200; ++i) names.push_back("cipher-number-" + std::to_string(1000 + i));
  std::vector<CipherAlg> rows(names.size(), *f.provider.ciphers[0]);
  std::vector<const CipherAlg*> list;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].name = names[i].c_str();
    list.push_back(&rows[i]);
  }
  Provider many = f.provider;
  many.ciphers = list.data();
  many.num_ciphers = list.size();
  f.config.provider = &many;
  CHECK(make(f.config).code == 0);  // 3799 octets
  for (std::string& name : names) name += "-x";
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].name = names[i].c_str();
  check_refused(f.config, "more rows");
  f.config.ciphers = names[199].c_str();  // who names those wanted is served
  CHECK(make(f.config).code == 0);
}

// A provider whose first row of each kind is weak, and a sound one comes after it.
struct WeakFirst : Fixture {
  explicit WeakFirst(bool client) : Fixture(client) {
    cipher = *provider.ciphers[0];
    mac = *provider.macs[0];
    sig = *provider.sigs[0];
    cipher.weak = mac.weak = sig.weak = 1;
    list(all_ciphers, cipher, provider.ciphers, provider.num_ciphers);
    list(all_macs, mac, provider.macs, provider.num_macs);
    list(all_sigs, sig, provider.sigs, provider.num_sigs);
    config.provider = &provider;
  }
  template <class Alg>
  static void list(std::vector<const Alg*>& out, const Alg& first, const Alg* const*& rows,
                   std::size_t num) {
    out.assign(rows, rows + num);
    out[0] = &first;
    rows = out.data();
  }
  // What the first KEXINIT offers.
  std::string offered(KexInit::List list) {
    Ways ways;
    ways.server = config.role == IPWORKSAUTH_CLIENT;
    Duel d(config, provider, ways);
    meet(d);
    KexInit heard;
    REQUIRE(decode(d.peer.their_kexinit, heard) == Errc::ok);
    return std::string(heard.list[list]);
  }
  CipherAlg cipher;
  MacAlg mac;
  SigAlg sig;
  std::vector<const CipherAlg*> all_ciphers;
  std::vector<const MacAlg*> all_macs;
  std::vector<const SigAlg*> all_sigs;
};

TEST_CASE("creation: a weak algorithm is offered only where a list names it") {
  WeakFirst f(true);
  const auto holds = [&](KexInit::List list, const char* name) {
    return ("," + f.offered(list) + ",").find("," + std::string(name) + ",") != std::string::npos;
  };
  CHECK_FALSE(holds(KexInit::cipher_c2s, f.cipher.name));
  CHECK_FALSE(holds(KexInit::cipher_s2c, f.cipher.name));
  CHECK_FALSE(holds(KexInit::mac_c2s, f.mac.name));
  CHECK_FALSE(holds(KexInit::host_key, f.sig.name));
  CHECK(holds(KexInit::cipher_c2s, f.provider.ciphers[1]->name));
  CHECK(holds(KexInit::mac_c2s, f.provider.macs[1]->name));
  CHECK(holds(KexInit::host_key, f.provider.sigs[1]->name));
  f.config.ciphers = f.cipher.name;
  f.config.macs = f.mac.name;
  f.config.host_key_algorithms = f.sig.name;
  CHECK(holds(KexInit::cipher_c2s, f.cipher.name));
  CHECK(holds(KexInit::mac_c2s, f.mac.name));
  CHECK(holds(KexInit::host_key, f.sig.name));
}

TEST_CASE("creation: a MAC that is not computed in steps goes with no cipher in CBC mode") {
  WeakFirst f(true);
  f.mac.update = nullptr;
  f.mac.etm = 0;
  f.config.macs = f.mac.name;
  f.config.ciphers = "aes128-ctr";
  CHECK(make(f.config).code == 0);
  f.config.ciphers = "aes128-ctr,aes128-cbc";
  check_refused(f.config, "goes with no cipher in CBC mode");
  const std::string etm = "hmac-sha2-512-etm@openssh.com";
  f.config.macs = etm.c_str();
  CHECK(make(f.config).code == 0);
}

TEST_CASE("creation: a server's host key signs with a weak algorithm only where a list names it") {
  WeakFirst f(false);
  REQUIRE(std::string(f.sig.key_type) == "ssh-ed25519");  // the only key it has
  check_refused(f.config, "no host key fits");
  ipworksauth_identity key = f.config.host_keys[0];
  key.algorithms = f.sig.name;
  f.config.host_keys = &key;
  check_refused(f.config, "name a weak one");
  f.config.host_key_algorithms = f.sig.name;
  CHECK(make(f.config).code == 0);
  CHECK(f.offered(KexInit::host_key) == f.sig.name);
}

TEST_CASE("creation: a user key is held to a weak algorithm only where a list names it") {
  WeakFirst f(true);
  const Octets blob = false_ed25519(9);
  ipworksauth_identity key{blob.data(), blob.size(), nullptr, 0};
  f.config.identities = &key;
  f.config.num_identities = 1;
  CHECK(make(f.config).code == 0);
  key.algorithms = f.sig.name;
  check_refused(f.config, "name a weak one");
  f.config.sig_algorithms = f.sig.name;
  CHECK(make(f.config).code == 0);
}

TEST_CASE("creation: what fails behind the configuration is told by its own name") {
  Fixture f;
  f.config.kex_guess = 3;  // so that the first flight needs chance
  CHECK(make(f.config).code == 0);
  f.rng.fails = true;
  CHECK(ipworksauth_engine_size(&f.config) != 0);
  const Made made = make(f.config);
  CHECK(made.code == IPWORKSAUTH_E_RNG_FAILED);
  CHECK(made.why == "the random number generator failed");
  // Without a guess nothing of chance is needed yet.
  f.config.kex_guess = 0;
  CHECK(make(f.config).code == 0);
}

TEST_CASE("creation: arguments, alignment and room") {
  Fixture f;
  const std::size_t need = ipworksauth_engine_size(&f.config);
  std::vector<std::max_align_t> block(need / sizeof(std::max_align_t) + 2);
  ipworksauth_engine* e = nullptr;
  const char* why = nullptr;
  CHECK(ipworksauth_engine_size(nullptr) == 0);
  CHECK(ipworksauth_engine_create(nullptr, block.data(), need, &f.config, &why) ==
        IPWORKSAUTH_E_ARGUMENT);
  CHECK(ipworksauth_engine_create(&e, nullptr, need, &f.config, &why) == IPWORKSAUTH_E_ARGUMENT);
  CHECK(ipworksauth_engine_create(&e, block.data(), need, nullptr, nullptr) ==
        IPWORKSAUTH_E_ARGUMENT);
  CHECK(ipworksauth_engine_create(&e, reinterpret_cast<std::uint8_t*>(block.data()) + 8, need,
                                  &f.config, &why) == IPWORKSAUTH_E_ARGUMENT);
  CHECK(std::string(why).find("aligned") != std::string::npos);
  CHECK(ipworksauth_engine_create(&e, block.data(), need - 1, &f.config, &why) ==
        IPWORKSAUTH_E_ROOM);
  CHECK(std::string(why).find("ipworksauth_engine_size") != std::string::npos);
  CHECK(e == nullptr);
  REQUIRE(ipworksauth_engine_create(&e, block.data(), need, &f.config, &why) == 0);
  CHECK(std::string(why).empty());
  ipworksauth_engine_destroy(e);
}
