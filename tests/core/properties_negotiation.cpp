// Negotiation, RFC 4253 §7.1: what is chosen, what is refused and with which sentence; markers; the
// levels of strict key exchange; quirks.
#include <catch2/catch.hpp>

#include "lib/transport/quirks.hpp"
#include "lib/wire/name_list.hpp"
#include "tests/core/scenes.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

using Tweak = std::function<void(ipworksauth_engine_config&, Ways&)>;

struct Result {
  std::string outcome, why;
  std::unique_ptr<Scene::Set> set;
};

// Both KEXINITs, with both sides as `tweak` makes them.
Result negotiate(bool client, const Tweak& tweak) {
  Scene s = client ? client_at("", Layer::awaiting_kexinit, true, {meet})
                   : server_at("", Layer::awaiting_kexinit, true, {meet});
  s.tweak = tweak;
  Result out;
  out.set = s.set();
  Duel& d = *out.set->duel;
  d.outcome();
  say_kexinit(d);
  out.outcome = d.outcome();
  out.why = d.subject.why();
  return out;
}

const char* went_well(bool client) { return client ? "negotiated says-30" : "negotiated"; }

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

KexInit kexinit_of(const Duel& d) {
  KexInit m;
  REQUIRE(decode(d.peer.their_kexinit, m) == Errc::ok);
  return m;
}

}  // namespace

TEST_CASE("negotiation: the first name of the client's that the server has") {
  const Tweak tweak = [](ipworksauth_engine_config& c, Ways& ways) {
    c.kex_algorithms = "ecdh-sha2-nistp256,curve25519-sha256,ecdh-sha2-nistp384";
    c.ciphers = "aes256-ctr,aes128-ctr,aes192-ctr";
    c.macs = "hmac-sha2-512,hmac-sha2-256";
    ways.kex = "ecdh-sha2-nistp384,unknown@example.com,curve25519-sha256";
    ways.ciphers = "aes128-ctr,unknown@example.com,aes256-ctr";
    ways.macs = "hmac-sha2-256,hmac-sha2-512,umac-1@example.com";
  };
  const Result client = negotiate(true, tweak), server = negotiate(false, tweak);
  CHECK(client.outcome == went_well(true));
  CHECK(server.outcome == went_well(false));
  const Subject& c = client.set->duel->subject;
  const Subject& s = server.set->duel->subject;
  CHECK(c.text(IPWORKSAUTH_TEXT_KEX) == "curve25519-sha256");
  CHECK(s.text(IPWORKSAUTH_TEXT_KEX) == "ecdh-sha2-nistp384");
  for (const std::uint32_t way : {IPWORKSAUTH_TEXT_CIPHER_C2S, IPWORKSAUTH_TEXT_CIPHER_S2C}) {
    CHECK(c.text(way) == "aes256-ctr");
    CHECK(s.text(way) == "aes128-ctr");
  }
  for (const std::uint32_t way : {IPWORKSAUTH_TEXT_MAC_C2S, IPWORKSAUTH_TEXT_MAC_S2C}) {
    CHECK(c.text(way) == "hmac-sha2-512");
    CHECK(s.text(way) == "hmac-sha2-256");
  }
}

TEST_CASE("negotiation: an AEAD needs no MAC in common") {
  for (const bool client : {true, false}) {
    for (const char* cipher : {"chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com"}) {
      const Result r = negotiate(client, [cipher](ipworksauth_engine_config& c, Ways& ways) {
        c.ciphers = cipher;
        c.macs = "hmac-sha2-512";
        ways.ciphers = cipher;
        ways.macs = "none-of-yours@example.com";
      });
      CHECK(r.outcome == went_well(client));
      CHECK(r.set->duel->subject.text(IPWORKSAUTH_TEXT_MAC_C2S) == "");
    }
  }
}

TEST_CASE("negotiation: no algorithm in common is told with both lists") {
  struct Row {
    Tweak theirs;
    const char* what;
    const char* ours;
    const char* shown;
  };
  const Row rows[] = {
      {[](auto&, Ways& w) { w.kex = "sntrup1@example.com,dh1"; }, "key exchange method",
       "curve25519-sha256,ecdh-sha2-nistp256", "sntrup1@example.com,dh1"},
      {[](auto&, Ways& w) { w.host_keys = "ssh-dss,ssh-rsa"; }, "host key algorithm", "ssh-ed25519",
       "ssh-dss,ssh-rsa"},
      {[](auto&, Ways& w) { w.ciphers = "3des-cbc"; }, "cipher (client to server)", "aes256-ctr",
       "3des-cbc"},
      {[](auto&, Ways& w) { w.macs = "hmac-md5"; }, "MAC (client to server)", "hmac-sha2-256",
       "hmac-md5"},
      {[](auto&, Ways& w) { w.compressions = "zlib"; }, "compression method (client to server)",
       "none", "zlib"},
      {[](auto&, Ways& w) { w.kex = ""; }, "key exchange method",
       "curve25519-sha256,ecdh-sha2-nistp256", ""},
      {[](auto&, Ways& w) { w.ciphers = ",,,"; }, "cipher (client to server)", "aes256-ctr", ",,,"},
      {[](auto&, Ways& w) { w.host_keys = "ssh-ed2551\x1b[31m9"; }, "host key algorithm",
       "ssh-ed25519", "ssh-ed2551?[31m9"},
  };
  for (const bool client : {true, false}) {
    for (const Row& row : rows) {
      const Result r = negotiate(client, [&row](ipworksauth_engine_config& c, Ways& ways) {
        c.kex_algorithms = "curve25519-sha256,ecdh-sha2-nistp256";
        c.host_key_algorithms = "ssh-ed25519";
        c.ciphers = "aes256-ctr";
        c.macs = "hmac-sha2-256";
        ways.ciphers = "aes256-ctr";
        row.theirs(c, ways);
      });
      INFO(r.why);
      CHECK(r.outcome == "says-1 ends:no_common_algorithm");
      CHECK(has(r.why, client ? "server" : "client"));
      CHECK(has(r.why, row.what));
      CHECK(has(r.why, std::string("ours ") + row.ours));
      CHECK(has(r.why, std::string("theirs ") + row.shown));
    }
  }
}

TEST_CASE("negotiation: a list as long as a packet allows is read, and shown cut") {
  std::string names;
  while (names.size() < 30'000) names += "unknown-method-of-yours@example.com,";
  for (const bool client : {true, false}) {
    const Result good =
        negotiate(client, [&](auto&, Ways& ways) { ways.kex = names + "curve25519-sha256"; });
    CHECK(good.outcome == went_well(client));
    const Result bad = negotiate(client, [&](auto&, Ways& ways) { ways.kex = names + "dh1"; });
    CHECK(bad.outcome == "says-1 ends:no_common_algorithm");
    CHECK(bad.why.size() < 1536);
    CHECK(has(bad.why, "..."));
  }
}

// russh #611: a marker both sides sent was taken for a method.
TEST_CASE("negotiation: markers are never chosen") {
  for (const bool client : {true, false}) {
    const Result r = negotiate(client, [](auto&, Ways& ways) {
      ways.kex = "ext-info-c,ext-info-s,kex-strict-c-v00@openssh.com,kex-strict-s-v00@openssh.com";
      ways.host_keys = "ssh-ed25519";
    });
    CHECK(r.outcome == "says-1 ends:no_common_algorithm");
  }
  NullRng rng;
  const Provider provider = null_provider(rng);
  for (const char* list :
       {"ext-info-c", "curve25519-sha256,kex-strict-c-v00@openssh.com", "none"}) {
    Setup setup(provider, IPWORKSAUTH_CLIENT);
    setup.config.kex_algorithms = list;
    CHECK(ipworksauth_engine_size(&setup.config) == 0);
  }
}

// RFC 8308 §2.1; russh #358, proftpd #1853: peers took markers of later KEXINITs for methods.
TEST_CASE("negotiation: markers are in the first KEXINIT alone, each once, behind the methods") {
  for (const bool client : {true, false}) {
    for (const std::uint32_t level : {1U, 2U}) {
      const std::vector<Step> first =
          client ? std::vector<Step>{meet, say_kexinit, say_reply, say_newkeys}
                 : std::vector<Step>{meet, say_kexinit, say_init, say_newkeys};
      Scene s = client ? client_at("", Layer::later, true, first)
                       : server_at("", Layer::later, true, first);
      s.tweak = [level](ipworksauth_engine_config& c, Ways&) {
        c.kex_algorithms = "curve25519-sha256";
        c.strict_kex = level;
      };
      const auto set = s.set();
      Duel& d = *set->duel;
      const std::string ext = client ? "ext-info-c" : "ext-info-s";
      const std::string strict =
          client ? ",kex-strict-c-v00@openssh.com" : ",kex-strict-s-v00@openssh.com";
      CHECK(kexinit_of(d).list[KexInit::kex] ==
            "curve25519-sha256," + ext + (level == 2 ? strict : ""));
      CHECK(d.subject.facts().strict_kex == (level == 2 ? 1U : 0U));
      const Octets cookie(kexinit_of(d).cookie.begin(), kexinit_of(d).cookie.end());
      we_rekey(d);
      CHECK(kexinit_of(d).list[KexInit::kex] == "curve25519-sha256");
      CHECK_FALSE(same_bytes(kexinit_of(d).cookie, cookie));
    }
  }
}

TEST_CASE("negotiation: the levels of strict key exchange") {
  struct Row {
    std::uint32_t level;
    bool theirs;
    const char* cipher;
    const char* error;  // "" : agreed
    bool strict;
  };
  constexpr const char* kChacha = "chacha20-poly1305@openssh.com";
  constexpr const char* kGcmName = "aes256-gcm@openssh.com";
  constexpr const char* kCtr = "aes256-ctr";
  const Row rows[] = {
      // 1: off, whatever the peer says
      {1, true, kChacha, "", false},
      {1, false, kChacha, "", false},
      // 0 and 2: offered
      {0, true, kChacha, "", true},
      {0, false, kChacha, "", false},
      {2, true, kCtr, "", true},
      {2, false, kCtr, "", false},
      // 3: without it nothing that Terrapin can use
      {3, true, kChacha, "", true},
      {3, false, kChacha, "strict_kex_refused", false},
      {3, false, kGcmName, "", false},
      {3, false, kCtr, "", false},
      // 4: required
      {4, true, kGcmName, "", true},
      {4, false, kGcmName, "strict_kex_refused", false},
      {4, false, kCtr, "strict_kex_refused", false},
  };
  for (const bool client : {true, false}) {
    for (const Row& row : rows) {
      const Result r = negotiate(client, [&row](ipworksauth_engine_config& c, Ways& ways) {
        c.strict_kex = row.level;
        c.ciphers = row.cipher;
        ways.ciphers = row.cipher;
        ways.strict = row.theirs;
      });
      INFO((client ? "client" : "server")
           << ", level " << row.level << ", " << row.cipher << ": " << r.why);
      if (*row.error != '\0')
        CHECK(r.outcome == std::string("says-1 ends:") + row.error);
      else
        CHECK(r.outcome == went_well(client));
      CHECK(r.set->duel->subject.facts().strict_kex == (row.strict ? 1U : 0U));
    }
  }
}

// Each side's marker is its own: an echo of ours agrees to nothing.
TEST_CASE("negotiation: the peer's marker is that of its role") {
  for (const bool client : {true, false}) {
    const Result r = negotiate(client, [client](ipworksauth_engine_config& c, Ways& ways) {
      c.strict_kex = 4;
      ways.strict = false;
      ways.kex += client ? ",kex-strict-c-v00@openssh.com" : ",kex-strict-s-v00@openssh.com";
    });
    CHECK(r.outcome == "says-1 ends:strict_kex_refused");
  }
}

// RFC 8308 §2.1: EXT_INFO goes only to a peer that announced that it takes it.
TEST_CASE("negotiation: a server's EXT_INFO leaves when the client asked for it") {
  for (const bool asked : {true, false}) {
    Scene s = server_at("", Layer::later, true, {meet, say_kexinit, say_init});
    s.tweak = [asked](ipworksauth_engine_config&, Ways& ways) { ways.ext_info = asked; };
    const auto set = s.set();
    CHECK(has_heard(*set->duel, 7) == asked);
  }
}

TEST_CASE("negotiation: a KEXINIT that is cut, longer, or not what it says is malformed") {
  for (const bool client : {true, false}) {
    const auto outcome_of = [client](const Octets& payload) {
      const auto set = client ? client_at("", Layer::awaiting_kexinit, true, {meet}).set()
                              : server_at("", Layer::awaiting_kexinit, true, {meet}).set();
      set->duel->outcome();
      set->duel->peer.say(payload);
      set->duel->carry();
      return set->duel->outcome();
    };
    Octets whole;
    {
      NullRng rng;
      const Provider provider = null_provider(rng);
      Ways ways;
      ways.server = client;
      whole = Misbehaver(provider, ways).make_kexinit();
    }
    CHECK(outcome_of(whole) == went_well(client));
    for (std::size_t len = 1; len < whole.size(); ++len)
      CHECK(outcome_of(Octets(whole.begin(), whole.begin() + static_cast<long>(len))) ==
            "says-1 ends:malformed");
    Octets longer = whole;
    longer.push_back(0);
    CHECK(outcome_of(longer) == "says-1 ends:malformed");
    // RFC 4253 §7.1: the last four octets are reserved; what is in them is not ours to judge.
    Octets reserved = whole;
    reserved.back() = 1;
    CHECK(outcome_of(reserved) == went_well(client));
  }
}

TEST_CASE("quirks: by the software part, from its beginning") {
  struct Row {
    const char* identification;
    int quirks;
  };
  const Row rows[] = {
      {"SSH-2.0-OpenSSH_6.5", no_curve25519},
      {"SSH-2.0-OpenSSH_6.5p1 Debian", no_curve25519},
      {"SSH-2.0-OpenSSH_6.6", no_curve25519},
      {"SSH-2.0-OpenSSH_6.6p1 Ubuntu-2ubuntu1", no_curve25519},
      {"SSH-2.0-OpenSSH_6.6.1p1", no_quirk},
      {"SSH-2.0-OpenSSH_6.7", no_quirk},
      {"SSH-1.99-OpenSSH_6.6", no_curve25519},
      {"SSH-2.0-OpenSSH_7.4", rsa_sha2_unsaid | rsa_certificate_sha1},
      {"SSH-2.0-OpenSSH_7.4p1 Debian-10+deb9u7", rsa_sha2_unsaid | rsa_certificate_sha1},
      {"SSH-2.0-OpenSSH_7.1", no_quirk},
      {"SSH-2.0-OpenSSH_7.2p2 Ubuntu-4ubuntu2", rsa_certificate_sha1},
      {"SSH-2.0-OpenSSH_7.3", rsa_certificate_sha1},
      {"SSH-2.0-OpenSSH_7.7", rsa_certificate_sha1},
      {"SSH-2.0-OpenSSH_7.8", no_quirk},
      {"SSH-2.0-NotOpenSSH_7.4", no_quirk},
      {"SSH-2.0-x OpenSSH_7.4", no_quirk},
      {"SSH-2.0-", no_quirk},
      {"SSH-2.0--", no_quirk},
      {"SSH-1.99", no_quirk},
      {"", no_quirk},
  };
  for (const Row& row : rows) {
    INFO(row.identification);
    CHECK(int{quirks_of(row.identification)} == row.quirks);
  }
}

TEST_CASE("quirks: curve25519 is not offered to those who compute it wrongly") {
  for (const bool client : {true, false}) {
    for (const bool broken : {true, false}) {
      const Result r = negotiate(client, [broken](ipworksauth_engine_config& c, Ways& ways) {
        c.kex_algorithms = "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256";
        ways.identification = broken ? "SSH-2.0-OpenSSH_6.6p1" : "SSH-2.0-OpenSSH_6.6.1p1";
        ways.kex = "curve25519-sha256@libssh.org,curve25519-sha256,ecdh-sha2-nistp256";
      });
      CHECK(r.outcome == went_well(client));
      const Duel& d = *r.set->duel;
      CHECK(list_contains(kexinit_of(d).list[KexInit::kex], "curve25519-sha256") == !broken);
      CHECK(has(d.subject.text(IPWORKSAUTH_TEXT_KEX), "curve25519") == !broken);
    }
  }
  // With nothing else to offer the list holds the markers, and no empty name before them.
  const Result none = negotiate(true, [](ipworksauth_engine_config& c, Ways& ways) {
    c.kex_algorithms = "curve25519-sha256";
    ways.identification = "SSH-2.0-OpenSSH_6.6";
  });
  CHECK(none.outcome == "says-1 ends:no_common_algorithm");
  CHECK(kexinit_of(*none.set->duel).list[KexInit::kex].substr(0, 8) == "ext-info");
}

// OpenSSH 7.4 takes rsa-sha2 without saying so; everybody else is believed.
TEST_CASE("quirks: rsa-sha2 is tried with OpenSSH 7.4 though its list does not name it") {
  Octets rsa(600);
  Writer w(rsa);
  w.string("ssh-rsa").mpint(as_bytes("\x03")).mpint(Octets(256, 0xa5));
  rsa.resize(w.len());
  for (const bool old : {true, false}) {
    Scene s = client_at("", Layer::later, true, {meet, say_kexinit, say_reply, say_newkeys});
    s.methods = "publickey";
    s.pipelining = 2;
    const ipworksauth_identity key{rsa.data(), rsa.size(), nullptr, 0};
    s.tweak = [&](ipworksauth_engine_config& c, Ways& ways) {
      c.identities = &key;
      c.sig_algorithms = "rsa-sha2-512,rsa-sha2-256,ssh-rsa";
      ways.identification = old ? "SSH-2.0-OpenSSH_7.4p1" : "SSH-2.0-OpenSSH_7.5p1";
    };
    const auto set = s.set();
    Duel& d = *set->duel;
    std::string algorithm;
    d.subject.answer = [&](ipworksauth_engine*, const ipworksauth_event& ev) {
      algorithm = std::string(as_text(Bytes(ev.algorithm.data, ev.algorithm.len)));
      return false;
    };
    d.peer.say(ExtInfo{true, "ssh-rsa,ssh-ed25519", false});
    grant(d);
    CHECK(algorithm == (old ? "rsa-sha2-512" : "ssh-rsa"));
  }
}
