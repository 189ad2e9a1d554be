// Group exchange (RFC 4419) with a peer that does it wrongly, in both roles: which group is taken,
// which message is right when, and what is said of one that is not.
#include <catch2/catch.hpp>

#include <set>

#include "fuzz/null_provider.hpp"
#include "tests/core/scenes.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

constexpr const char* kMethod = "diffie-hellman-group-exchange-sha256";

void use_group_exchange(ipworksauth_engine_config& c, Ways& ways) {
  c.kex_algorithms = kMethod;
  ways.kex = kMethod;
}
void say_group(Duel& d) {
  d.peer.group();
  d.carry();
}
void say_init_in_group(Duel& d) {
  d.peer.init_in_group();
  d.carry();
}

Scene with_groups(Scene s) {
  s.tweak = use_group_exchange;
  return s;
}
Scene client_scene(bool strict, std::vector<Step> steps) {
  return with_groups(client_at("", Layer::first_exchange, strict, std::move(steps)));
}
Scene server_scene(bool strict, std::vector<Step> steps) {
  return with_groups(server_at("", Layer::first_exchange, strict, std::move(steps)));
}

// A p of so many bits that ends in that octet, and around it what group exchange wants.
Octets prime(std::size_t bits, std::uint8_t last = 0xff) {
  Octets p((bits + 7) / 8, 0xff);
  if (bits % 8 != 0) p[0] = static_cast<std::uint8_t>(0xff >> (8 - bits % 8));
  p.back() = last;
  return p;
}
Octets less(Octets number, std::uint8_t by) {
  number.back() = static_cast<std::uint8_t>(number.back() - by);
  return number;
}

}  // namespace

TEST_CASE("group exchange: what a client asks for") {
  struct Row {
    std::uint32_t least, preferred, most;
    const char* identification;
    std::vector<std::uint32_t> said;
  };
  const Row rows[] = {
      {0, 0, 0, "SSH-2.0-misbehave", {2048, 3072, 8192}},
      {0, 4096, 0, "SSH-2.0-misbehave", {2048, 4096, 8192}},
      {1024, 1024, 2048, "SSH-2.0-misbehave", {1024, 1024, 2048}},
      // Such a peer cannot be asked for more than 4,096 bits.
      {0, 8192, 0, "SSH-1.99-Cisco-1.26", {2048, 4096, 4096}},
      {4104, 8192, 0, "SSH-2.0-Cisco-1.2", {4104, 4104, 4104}},
      // And such a one knows the old request only.
      {0, 8192, 0, "SSH-2.0-Cisco-1.25", {4096}},
      {0, 0, 0, "SSH-1.99-OpenSSH_2.5.1p1", {3072}},
  };
  for (const Row& row : rows) {
    Scene s = client_scene(true, {meet, say_kexinit});
    s.tweak = [&row](ipworksauth_engine_config& c, Ways& ways) {
      use_group_exchange(c, ways);
      c.group_bits_least = row.least;
      c.group_bits = row.preferred;
      c.group_bits_most = row.most;
      ways.identification = row.identification;
    };
    const auto set = s.set();
    const Octets said = set->duel->peer.heard.back();
    INFO(row.identification << " " << row.preferred);
    CHECK(said[0] == (row.said.size() == 1 ? 30 : 34));
    std::vector<std::uint32_t> numbers;
    for (std::size_t at = 1; at + 4 <= said.size(); at += 4)
      numbers.push_back(load_u32(said.data() + at));
    CHECK(numbers == row.said);
    say_group(*set->duel);
    say_reply(*set->duel);
    say_newkeys(*set->duel);
    CHECK(set->duel->subject.ended() == "");
    CHECK(set->duel->subject.facts().stage == IPWORKSAUTH_STAGE_SERVICE);
  }
}

TEST_CASE(
    "group exchange: a group that was not asked for, or is none, is refused with its reason") {
  struct Row {
    Octets p, g;
    const char* why;  // what the sentence says
  };
  const Octets two = {2};
  const Octets good = prime(3072);
  const Row rows[] = {
      {prime(2047), two, "of 2047 bits; 2048 to 4096 were asked for"},
      {prime(4097), two, "of 4097 bits; 2048 to 4096 were asked for"},
      {prime(8193), two, "of 8193 bits"},
      {Octets(30000, 0x7f), two, "bits; 2048 to 4096 were asked for"},
      {{}, two, "of 0 bits"},
      {{7}, two, "of 3 bits"},
      {prime(3072, 0xfe), two, "p is even"},
      {good, {}, "g is not between 1 and p-1"},
      {good, {1}, "g is not between 1 and p-1"},
      {good, less(good, 1), "g is not between 1 and p-1"},
      {good, good, "g is not between 1 and p-1"},
      {good, prime(3080), "g is not between 1 and p-1"},
      {good, Octets(30000, 0x7f), "g is not between 1 and p-1"},
      {prime(3072, kNullComposite), two, "p is not a prime"},
      {prime(3072, kNullNotSafe), two, "(p-1)/2 is not prime"},
  };
  for (const bool strict : {false, true}) {
    for (const Row& row : rows) {
      Scene s = client_scene(strict, {meet, say_kexinit});
      s.tweak = [](ipworksauth_engine_config& c, Ways& ways) {
        use_group_exchange(c, ways);
        c.group_bits_most = 4096;
      };
      const auto set = s.set();
      Duel& d = *set->duel;
      d.peer.say(payload_of(GexGroup{row.p, row.g}, Msg::kex_31));
      d.carry();
      INFO(d.subject.why());
      CHECK(d.subject.ended() == "bad_group");
      CHECK(d.subject.why().find(row.why) != std::string::npos);
      CHECK(times_heard(d, 32) == 0);  // nothing was computed in it
    }
  }
}

TEST_CASE("group exchange: groups at the edges of what was asked for are taken") {
  const Octets two = {2};
  for (const auto& [p, g] :
       std::vector<std::pair<Octets, Octets>>{{prime(2048), two},
                                              {prime(2049), two},
                                              {prime(8192), two},
                                              {prime(3072), less(prime(3072), 2)}}) {
    const auto set = client_scene(true, {meet, say_kexinit}).set();
    Duel& d = *set->duel;
    d.peer.say(payload_of(GexGroup{p, g}, Msg::kex_31));
    d.carry();
    INFO(d.subject.why());
    CHECK(times_heard(d, 32) == 1);
  }
}

// RFC 4253 §7.1, OpenSSH PROTOCOL 1.10: between KEXINIT and NEWKEYS come the exchange's messages in
// their order, each once. The numbers are those of RFC 4419 §5, whatever they mean elsewhere.
TEST_CASE("group exchange: every message number in every state of both halves") {
  struct State {
    const char* name;
    bool client;
    std::vector<Step> steps;
    std::set<int> right;
  };
  const State states[] = {
      {"awaiting GROUP", true, {meet, say_kexinit}, {31}},
      {"awaiting REPLY", true, {meet, say_kexinit, say_group}, {33}},
      {"awaiting NEWKEYS", true, {meet, say_kexinit, say_group, say_reply}, {}},
      {"awaiting REQUEST", false, {meet, say_kexinit}, {30, 34}},
      {"awaiting INIT", false, {meet, say_kexinit, say_init}, {32}},
      {"awaiting NEWKEYS", false, {meet, say_kexinit, say_init, say_init_in_group}, {}},
  };
  for (const State& state : states) {
    for (const bool strict : {false, true}) {
      for (int n = 30; n < 50; ++n) {
        const auto set =
            (state.client ? client_scene(strict, state.steps) : server_scene(strict, state.steps))
                .set();
        Duel& d = *set->duel;
        REQUIRE(d.subject.ended() == "");
        d.peer.say(Octets{static_cast<std::uint8_t>(n), 0, 0, 8, 0});
        d.carry();
        INFO(state.name << (strict ? ", strict" : "") << ", message " << n << ": "
                        << d.subject.why());
        // What is right is read, and this is no message of that number but the old request.
        const bool right = state.right.count(n) != 0;
        const std::string outcome = !right ? "unexpected_message" : n == 30 ? "" : "malformed";
        CHECK(d.subject.ended() == outcome);
        if (!right && n >= 30 && n <= 34)
          CHECK(d.subject.why().find("SSH_MSG_KEX_") != std::string::npos);
      }
    }
  }
}

TEST_CASE("group exchange: the peer's value in the group is refused as in any other") {
  for (const bool client : {true, false}) {
    for (const Octets& value : {Octets{}, Octets(65, 1), Octets(1025, 1), Octets(30000, 1)}) {
      const auto set = (client ? client_scene(true, {meet, say_kexinit, say_group})
                               : server_scene(true, {meet, say_kexinit, say_init}))
                           .set();
      Duel& d = *set->duel;
      d.peer.say(client
                     ? payload_of(KexReply{false_ed25519(7), value, false_signature("ssh-ed25519")},
                                  ValueForm::mpint, Msg::kex_33)
                     : payload_of(KexInitValue{value}, ValueForm::mpint, Msg::kex_32));
      d.carry();
      CHECK(d.subject.ended() == "bad_dh_value");
    }
  }
}

TEST_CASE("group exchange: a server gives a group that fits, and says when it has none") {
  struct Row {
    std::uint32_t least, preferred, most;
    bool given;
  };
  const Row rows[] = {{1024, 1024, 8192, true},
                      {2048, 2048, 2048, true},
                      {1024, 8192, 8192, true},
                      {1024, 1024, 1024, false},
                      {3072, 2048, 8192, false},
                      {2048, 8192, 4096, false},
                      {8193, 9000, 10000, false},
                      {0, 0, 0, false},
                      {0xffffffff, 0xffffffff, 0xffffffff, false}};
  for (const Row& row : rows) {
    const auto set = server_scene(true, {meet, say_kexinit}).set();
    Duel& d = *set->duel;
    d.peer.say(payload_of(GexRequest{row.least, row.preferred, row.most, false}, Msg::kex_34));
    d.carry();
    INFO(row.least << " " << row.preferred << " " << row.most << ": " << d.subject.why());
    CHECK(times_heard(d, 31) == (row.given ? 1 : 0));
    CHECK(d.subject.ended() == (row.given ? "" : "bad_group"));
    if (!row.given)
      CHECK(d.subject.why().find("of " + std::to_string(row.least) + " to " +
                                 std::to_string(row.most) + " bits") != std::string::npos);
  }
}

// A request depends on who the server is, so it is never a guess.
TEST_CASE("group exchange: nothing is guessed where it is the first method") {
  for (const std::uint32_t guess : {1U, 3U}) {
    Scene s = client_at("", Layer::awaiting_kexinit, true, {});
    s.tweak = [guess](ipworksauth_engine_config& c, Ways& ways) {
      use_group_exchange(c, ways);
      c.kex_guess = guess;
      c.guess_hint = "diffie-hellman-group-exchange-sha256,ssh-ed25519";
      c.host_key_algorithms = "ssh-ed25519";
    };
    const auto set = s.set();
    Duel& d = *set->duel;
    CHECK(d.peer.heard.empty());
    meet(d);
    CHECK_FALSE(d.peer.follows_heard);
    CHECK(times_heard(d, 34) == 0);
    say_kexinit(d);
    CHECK(times_heard(d, 34) == 1);
  }
}

TEST_CASE("group exchange: bounds that make no sense are refused with the configuration") {
  struct Row {
    std::uint32_t least, preferred, most;
  };
  NullRng rng;
  const Provider provider = null_provider(rng);
  for (const Row& row : {Row{1023, 0, 0}, Row{0, 1024, 0}, Row{0, 0, 2048}, Row{0, 0, 8193},
                         Row{4096, 3072, 0}, Row{0, 9000, 0}}) {
    Setup setup(provider, IPWORKSAUTH_CLIENT);
    setup.config.group_bits_least = row.least;
    setup.config.group_bits = row.preferred;
    setup.config.group_bits_most = row.most;
    CHECK(ipworksauth_engine_size(&setup.config) == 0);
  }
}
