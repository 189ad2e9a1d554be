// RSA against servers that send no EXT_INFO (RFC 8332 §3.3), and what they answer to keys.
#include <catch2/catch.hpp>

#include "tests/core/loopback_world.hpp"
#include "tests/core/misbehave.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

// A server in our hands that has granted the service and holds the first request.
struct Scene {
  explicit Scene(std::vector<const Identity*> with, const char* methods = "publickey",
                 const char* identification = "SSH-2.0-test", const char* algorithms = nullptr)
      : setup(fastest_provider(), IPWORKSAUTH_CLIENT), keys(std::move(with)) {
    for (const Identity* key : keys) rows.push_back(as_row(*key));
    for (ipworksauth_identity& row : rows) row.algorithms = algorithms;
    setup.config.methods = methods;
    setup.config.try_all = 1;
    setup.config.identities = rows.data();
    setup.config.num_identities = rows.size();
    const Identity& host_key = key_of("ssh-ed25519", 100);
    Ways ways;
    ways.identification = identification;
    ways.host_key.assign(host_key.public_blob().begin(), host_key.public_blob().end());
    ways.private_key = host_key.private_key();
    duel = std::make_unique<Duel>(setup.config, fastest_provider(), ways);
    duel->subject.answer = [this](ipworksauth_engine* e, const ipworksauth_event& ev) {
      if (ev.kind != IPWORKSAUTH_EVENT_SIGN) return answer_plainly(e, ev);
      return ipworksauth_engine_answer_private_key(e, keys[ev.index]->private_key()) == 0;
    };
    duel->peer.identify();
    duel->carry();
    duel->peer.kexinit();
    duel->carry();
    duel->peer.kex_reply();
    duel->peer.newkeys();
  }
  void grant() {
    duel->peer.say(ServiceAccept{"ssh-userauth"});
    duel->carry();
  }
  void refuse(const char* list = "publickey,password") {
    duel->peer.say(UserauthFailure{list, false});
    duel->carry();
  }
  void ext_info(const char* algorithms) { duel->peer.say(ExtInfo{true, algorithms, false}); }

  // The algorithm of the last request, with "?" for a probe; "" when there is none.
  std::string asked() {
    std::string out;
    for (const Octets& payload : duel->peer.heard) {
      UserauthRequest request;
      if (payload[0] != 50 || decode(payload, request) != Errc::ok) continue;
      out = std::string(request.method);
      PublickeyFields fields;
      if (request.method == "publickey" && decode(request.rest, fields) == Errc::ok)
        out = std::string(fields.algorithm) + (fields.has_signature ? "" : "?");
    }
    duel->peer.heard.clear();
    return out;
  }

  Setup setup;
  std::vector<const Identity*> keys;
  std::vector<ipworksauth_identity> rows;
  std::unique_ptr<Duel> duel;
};

}  // namespace

TEST_CASE("ladder: without EXT_INFO 512, then 256, each once, then what comes next") {
  Scene s({&key_of("ssh-rsa")}, "publickey,password");
  s.grant();
  CHECK(s.asked() == "rsa-sha2-512");
  s.refuse();
  CHECK(s.asked() == "rsa-sha2-256");
  s.refuse();
  CHECK(s.asked() == "password");
  s.refuse();
  CHECK(s.duel->subject.ended() == "auth_failed");
}

TEST_CASE("ladder: with several keys each has its own") {
  Scene s({&key_of("ssh-rsa", 0), &key_of("ssh-ed25519"), &key_of("ssh-rsa", 1)});
  s.grant();
  std::vector<std::string> seen;
  for (std::string name = s.asked(); !name.empty(); name = s.asked()) {
    seen.push_back(name);
    s.refuse();
  }
  CHECK(joined(seen) ==
        "rsa-sha2-512? | rsa-sha2-256? | ssh-ed25519? | rsa-sha2-512? | rsa-sha2-256?");
  CHECK(s.duel->subject.ended() == "auth_failed");
}

// sshd lists what it can verify, also where PubkeyAcceptedAlgorithms takes less.
TEST_CASE(
    "ladder: what is listed is tried with the key once each, whatever the order of the list") {
  struct Row {
    const char* listed;
    const char* asked;
  };
  const Row rows[] = {
      {"rsa-sha2-256,rsa-sha2-512", "rsa-sha2-512 | rsa-sha2-256 | password"},
      {"ssh-ed25519,rsa-sha2-512,rsa-sha2-256,ssh-rsa", "rsa-sha2-512 | rsa-sha2-256 | password"},
      {"rsa-sha2-512", "rsa-sha2-512 | password"},
      {"rsa-sha2-256", "rsa-sha2-256 | password"},
      {"ssh-rsa", "password"},
  };
  for (const Row& row : rows) {
    Scene s({&key_of("ssh-rsa")}, "publickey,password");
    s.ext_info(row.listed);
    s.grant();
    std::vector<std::string> seen;
    for (std::string name = s.asked(); !name.empty(); name = s.asked()) {
      seen.push_back(name);
      s.refuse();
    }
    INFO(row.listed);
    CHECK(joined(seen) == row.asked);
    CHECK(s.duel->subject.ended() == "auth_failed");
  }
}

TEST_CASE("ladder: the other algorithm of a key has its turn when every key had its best") {
  Scene s({&key_of("ssh-rsa", 0), &key_of("ssh-ed25519"), &key_of("ssh-rsa", 1)},
          "publickey,password");
  s.ext_info("ssh-ed25519,rsa-sha2-256,rsa-sha2-512");
  s.grant();
  std::vector<std::string> seen;
  for (std::string name = s.asked(); !name.empty(); name = s.asked()) {
    seen.push_back(name);
    s.refuse();
  }
  CHECK(joined(seen) ==
        "rsa-sha2-512? | ssh-ed25519? | rsa-sha2-512? | rsa-sha2-256? | rsa-sha2-256? | password");
}

TEST_CASE("ladder: in the second round a key can succeed, and partial success begins anew") {
  Scene s({&key_of("ssh-rsa", 0), &key_of("ssh-rsa", 1)});
  s.ext_info("rsa-sha2-256,rsa-sha2-512");
  s.grant();
  for (const char* name : {"rsa-sha2-512?", "rsa-sha2-512?"}) {
    CHECK(s.asked() == name);
    s.refuse();
  }
  CHECK(s.asked() == "rsa-sha2-256?");
  s.duel->peer.say(PkOk{"rsa-sha2-256", key_of("ssh-rsa", 0).public_blob()});
  s.duel->carry();
  CHECK(s.asked() == "rsa-sha2-256");
  s.duel->peer.say(UserauthFailure{"publickey", true});
  s.duel->carry();
  // The other key, from its best on.
  CHECK(s.asked() == "rsa-sha2-512?");
  s.refuse();
  CHECK(s.asked() == "rsa-sha2-256?");
  s.duel->peer.say(PkOk{"rsa-sha2-256", key_of("ssh-rsa", 1).public_blob()});
  s.duel->carry();
  CHECK(s.asked() == "rsa-sha2-256");
  s.duel->peer.say(UserauthSuccess{});
  s.duel->carry();
  CHECK(s.duel->subject.has("authenticated"));
}

TEST_CASE("ladder: a key that is held to one algorithm, or cannot sign, has no second round") {
  Scene held({&key_of("ssh-rsa")}, "publickey,password", "SSH-2.0-test", "rsa-sha2-512");
  held.ext_info("rsa-sha2-256,rsa-sha2-512");
  held.grant();
  CHECK(held.asked() == "rsa-sha2-512");
  held.refuse();
  CHECK(held.asked() == "password");

  Scene mute({&key_of("ssh-rsa")}, "publickey,password");
  mute.duel->subject.answer = [](ipworksauth_engine* e, const ipworksauth_event& ev) {
    if (ev.kind != IPWORKSAUTH_EVENT_SIGN) return answer_plainly(e, ev);
    return ipworksauth_engine_answer_signature(e, nullptr, 0) == 0;
  };
  mute.ext_info("rsa-sha2-256,rsa-sha2-512");
  mute.grant();
  CHECK(mute.asked() == "password");
  mute.refuse();
  CHECK(mute.duel->subject.why().find("no signature was given") != std::string::npos);
}

TEST_CASE("ladder: an empty server-sig-algs is an answer too") {
  Scene s({&key_of("ssh-rsa")}, "publickey,password");
  s.ext_info("");
  s.grant();
  CHECK(s.asked() == "password");
}

// OpenSSH 7.4 supports what it does not list.
TEST_CASE("ladder: OpenSSH 7.4 is asked for more than it says") {
  Scene s({&key_of("ssh-rsa")}, "publickey,password", "SSH-2.0-OpenSSH_7.4");
  s.ext_info("ssh-ed25519");
  s.grant();
  CHECK(s.asked() == "rsa-sha2-512");
  s.refuse();
  CHECK(s.asked() == "rsa-sha2-256");
  s.refuse();
  CHECK(s.asked() == "password");
}

// RFC 8308 §3.1: the list need not be complete, so only RSA, whose key has several, obeys it.
TEST_CASE("ladder: other keys are offered whether they are listed or not") {
  Scene s({&key_of("ecdsa-sha2-nistp256")});
  s.ext_info("ssh-ed25519");
  s.grant();
  CHECK(s.asked() == "ecdsa-sha2-nistp256");
}

TEST_CASE("probe: PK_OK is followed by the signature, for the same key and algorithm") {
  Scene s({&key_of("ssh-rsa"), &key_of("ssh-ed25519")});
  s.grant();
  CHECK(s.asked() == "rsa-sha2-512?");
  s.refuse();
  CHECK(s.asked() == "rsa-sha2-256?");
  s.duel->peer.say(PkOk{"rsa-sha2-256", key_of("ssh-rsa").public_blob()});
  s.duel->carry();
  CHECK(s.asked() == "rsa-sha2-256");
  s.duel->peer.say(UserauthSuccess{});
  s.duel->carry();
  CHECK(s.duel->subject.has("authenticated"));
}

TEST_CASE("probe: PK_OK for anything else ends the connection") {
  const Bytes first = key_of("ssh-ed25519", 0).public_blob();
  const Bytes second = key_of("ssh-ed25519", 1).public_blob();
  const PkOk wrong[] = {
      {"ssh-ed25519", second}, {"rsa-sha2-512", first}, {"", first}, {"ssh-ed25519", {}}};
  for (const PkOk& answer : wrong) {
    Scene s({&key_of("ssh-ed25519", 0), &key_of("ssh-ed25519", 1)});
    s.grant();
    CHECK(s.asked() == "ssh-ed25519?");
    s.duel->peer.say(answer);
    s.duel->carry();
    CHECK(s.duel->subject.ended() == "unexpected_message");
    CHECK_FALSE(s.duel->subject.has("sign?"));
  }
}

TEST_CASE("PK_OK to a signed request ends the connection") {
  Scene s({&key_of("ssh-ed25519")});
  s.grant();
  CHECK(s.asked() == "ssh-ed25519");
  s.duel->peer.say(PkOk{"ssh-ed25519", key_of("ssh-ed25519").public_blob()});
  s.duel->carry();
  CHECK(s.duel->subject.ended() == "unexpected_message");
}

// CVE-2021-36367 and its kin again: a probe shows no possession.
TEST_CASE("success after a mere probe is not believed") {
  Scene s({&key_of("ssh-ed25519", 0), &key_of("ssh-ed25519", 1)});
  s.grant();
  CHECK(s.asked() == "ssh-ed25519?");
  s.duel->peer.say(UserauthSuccess{});
  s.duel->carry();
  CHECK(s.duel->subject.ended() == "trivial_success");
  CHECK_FALSE(s.duel->subject.has("authenticated"));
}
