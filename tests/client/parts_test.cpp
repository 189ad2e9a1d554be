// The client's parts that need no connection.
#include "lib/client/engine_config.hpp"
#include "lib/client/limits.hpp"
#include "lib/client/weak.hpp"
#include "lib/crypto/names.hpp"
#include "lib/net/rate_limit.hpp"
#include "support.hpp"

using namespace sshauth;
using namespace sshauth::test;

TEST_CASE("Host key algorithms: those of known keys first, the rest in order") {
  const auto& p = default_provider();
  const std::string list = "ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512,rsa-sha2-256";
  CHECK(order_host_key_algorithms(list, {}, p) == list);
  CHECK(order_host_key_algorithms(list, {"ssh-rsa"}, p) ==
        "rsa-sha2-512,rsa-sha2-256,ssh-ed25519,ecdsa-sha2-nistp256");
  CHECK(order_host_key_algorithms(list, {"ssh-dss"}, p) == list);
  CHECK(order_host_key_algorithms("ssh-ed25519", {"ssh-ed25519"}, p) == "ssh-ed25519");
  CHECK(order_host_key_algorithms("", {"ssh-rsa"}, p).starts_with("rsa-sha2-"));
}

TEST_CASE("Weak algorithms are known for what they are") {
  for (const NameRow& row : known_names()) {
    INFO(row.name);
    CHECK(weakness_of(row.name).empty() != row.is(NameMarks::weak | NameMarks::broken));
  }
  for (const char* weak : {"ssh-rsa", "3des-cbc", "arcfour128", "hmac-md5-96", "hmac-sha1",
                           "diffie-hellman-group1-sha1", "aes128-cbc", "umac-64-etm@openssh.com"})
    CHECK_FALSE(weakness_of(weak).empty());
  for (const char* good : {"ssh-ed25519", "aes128-ctr", "hmac-sha2-256", "curve25519-sha256", "",
                           "chacha20-poly1305@openssh.com", "rsa-sha2-256", "none"})
    CHECK(weakness_of(good).empty());
}

TEST_CASE("A rate limit lets a tenth of a second go at once, and the rest as time passes") {
  RateLimit limit;
  limit.start(0, 5);
  CHECK(limit.allowed(1'000'000, 5) == 1'000'000);
  limit.start(100, 1'000);
  CHECK(limit.allowed(500, 1'000) == 10);
  limit.count(10);
  CHECK(limit.allowed(500, 1'000) == 0);
  CHECK(limit.next() == 1'100);
  CHECK(limit.allowed(500, 1'099) == 0);
  CHECK(limit.allowed(500, 1'100) == 10);
  limit.count(4);
  // Not in crumbs: what waits leaves when the bucket is full, or holds all of it.
  CHECK(limit.allowed(500, 1'100) == 0);
  CHECK(limit.allowed(6, 1'100) == 6);
  CHECK(limit.next() == 1'100);
  CHECK(limit.allowed(500, 1'100'000) == 10);
}

TEST_CASE("A rate limit of one octet a second is one") {
  RateLimit limit;
  limit.start(1, 0);
  CHECK(limit.allowed(9, 0) == 1);
  limit.count(1);
  CHECK(limit.allowed(9, 999) == 0);
  CHECK(limit.next() == 1'000);
  CHECK(limit.allowed(9, 1'000) == 1);
}

TEST_CASE("No second sees more octets than the limit and a tenth") {
  for (const unsigned rate : {7U, 1'000U, 99'999U}) {
    RateLimit limit;
    limit.start(rate, 0);
    std::uint64_t total = 0;
    for (std::uint64_t now = 0; now < 1'000; ++now) {
      const std::size_t n = limit.allowed(1'000'000, now);
      limit.count(n);
      total += n;
    }
    CHECK(total <= rate + std::max(1U, rate / 10));
    CHECK(total >= rate - rate / 10 - 1);
  }
}

TEST_CASE("Stages have names") {
  CHECK(std::string(stage_name(ClientStage::key_exchange)) == "key-exchange");
  CHECK(std::string(stage_name(ClientStage::none)) == "none");
  CHECK(std::string(stage_name(ClientStage::done)) == "done");
}

TEST_CASE("key exchange by Kerberos is offered to those who authenticate with it") {
  const std::string gss = "gss-group14-sha256-toWM5Slw5Ew8Mqkay+al2g==";
  ClientConfig config;
  config.kex_algorithms = "curve25519-sha256," + gss + ",ecdh-sha2-nistp256";
  config.methods = {"publickey", "password"};
  CHECK(kex_algorithms_of(config, true) == "curve25519-sha256,ecdh-sha2-nistp256");
  config.methods = {"publickey", "gssapi-with-mic"};
  CHECK(kex_algorithms_of(config, true) == config.kex_algorithms);
  // Who names the host's key means that key; gssapi-keyex can do without it, and not without gss-.
  const auto trust = std::make_shared<HostTrust>();
  CHECK(trust->pinned().add("SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU").ok());
  config.trust = trust;
  CHECK(kex_algorithms_of(config, true) == "curve25519-sha256,ecdh-sha2-nistp256");
  config.methods = {"gssapi-keyex"};
  CHECK(kex_algorithms_of(config, true) == gss);
  config.trust = nullptr;
  config.kex_algorithms = "curve25519-sha256";
  CHECK(kex_algorithms_of(config, true)
            .starts_with("gss-curve25519-sha256-toWM5Slw5Ew8Mqkay+al2g==,"));
  // A list of nothing else must not become the default, which is everything.
  config.kex_algorithms = gss;
  config.methods = {"password"};
  CHECK(kex_algorithms_of(config, true) == gss);
  config.kex_algorithms.clear();
  CHECK(kex_algorithms_of(config, true).empty());
}
