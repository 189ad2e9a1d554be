// The witness rule: no credential leaves before the host is verified. The server here is one that
// goes on as if it had been: it decrypts everything and looks at every octet, as it came off the
// wire and as it was under the keys.
//
// Ways tried: every method and several in a row; with and without pipelining and a guess; the host
// key refused, refused by an odd number, thought about for ever, or with a signature that is none;
// a host that pushes its credentials at every moment, asked or not; another host key in a
// re-exchange; a key exchange by GSSAPI with a MIC that does not hold.
#include <catch2/catch.hpp>

#include "tests/core/loopback_world.hpp"
#include "tests/core/misbehave.hpp"
#include "tests/core/toy_gss.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

constexpr std::string_view kUser = "a-user-nobody-may-know", kPassword = "a-password-to-be-kept",
                           kSecond = "another-password-to-be-kept",
                           kResponse = "a-response-to-be-kept",
                           kTicket = "the-holder-of-a-ticket-nobody-may-know";

constexpr const char* kMethods[] = {"none",
                                    "password",
                                    "publickey",
                                    "keyboard-interactive",
                                    "custom",
                                    "gssapi-with-mic",
                                    "gssapi-keyex,gssapi-with-mic",
                                    "none,publickey,password,keyboard-interactive",
                                    "keyboard-interactive,password"};

enum class Verdict { accept, refuse, odd, never, bad_signature };

struct Way {
  const char* methods = "password";
  std::uint32_t pipelining = 1, guess = 1;
  bool strict = true;
  bool pushing = false;  // credentials are given unasked, before any question is answered
  Verdict verdict = Verdict::accept;
};

bool holds(Bytes octets, std::string_view text) {
  return as_text(octets).find(text) != std::string_view::npos;
}

ipworksauth_octets octets_of(std::string_view text) { return {as_bytes(text).data(), text.size()}; }

class Court {
 public:
  explicit Court(const Way& way) : way_(way), setup_(fastest_provider(), IPWORKSAUTH_CLIENT) {
    ipworksauth_engine_config& c = setup_.config;
    c.user = kUser.data();
    c.methods = way.methods;
    c.pipelining = way.pipelining;
    c.kex_guess = way.guess;
    c.kex_algorithms = "curve25519-sha256";
    c.password_tries = 2;
    c.try_all = 1;
    identity_ = as_row(user_key_);
    c.identities = &identity_;
    c.num_identities = 1;
    ticket_.name = kTicket;
    c.gss = ticket_.row();
    c.gss_delegate = 1;
    Ways ways;
    ways.strict = way.strict;
    take_host_key(ways, key_of("ssh-ed25519", 100));
    if (way.verdict == Verdict::bad_signature) ways.private_key = nullptr;
    duel_ = std::make_unique<Duel>(c, fastest_provider(), ways);
    duel_->subject.answer = [this](ipworksauth_engine* e, const ipworksauth_event& ev) {
      if (way_.pushing) push(e);
      if (ev.kind == IPWORKSAUTH_EVENT_HOST_KEY) return judge(e);
      return give(e, ev.kind);
    };
  }

  Misbehaver& peer() { return duel_->peer; }
  Verdict verdict() const { return way_.verdict; }
  void set_verdict(Verdict verdict) { way_.verdict = verdict; }
  std::string ended() const { return duel_->subject.ended(); }

  void come_with(const Identity& key) { take_host_key(peer().ways, key); }

  // As Duel::carry, with every octet looked at.
  void carry() {
    for (int round = 0; round < 1000; ++round) {
      if (way_.pushing) push(duel_->subject.engine());
      const Octets out = duel_->subject.speak(), in = peer().take();
      wire_.insert(wire_.end(), out.begin(), out.end());
      if (out.empty() && in.empty()) return;
      peer().hear(out);
      duel_->subject.hear(in);
    }
    FAIL("it does not end");
  }

  void exchange() {
    peer().kexinit();
    carry();
    peer().kex_reply();
    carry();
    peer().newkeys();
    carry();
  }

  // What a server would say to be told more.
  void go_on() {
    const auto say = [this](const auto& message) {
      peer().say(message);
      carry();
    };
    say(ServiceAccept{"ssh-userauth"});
    say(UserauthFailure{"password,publickey,keyboard-interactive", false});
    InfoRequest request;
    request.num_prompts = 1;
    request.prompt[0] = {"Password: ", false};
    say(request);
    say(PasswdChangereq{"a new one", ""});
    say(take_mechanism());
    say(GssToken{as_bytes("a token")});
    say(UserauthFailure{"password,publickey,keyboard-interactive", false});
  }

  GssResponse take_mechanism() const { return {Bytes(ticket_.row()->oid, ticket_.row()->oid_len)}; }

  bool was_told(std::string_view text) const {
    for (const Octets& payload : duel_->peer.heard)
      if (holds(payload, text)) return true;
    return false;
  }
  bool on_the_wire(std::string_view text) const { return holds(wire_, text); }
  const std::vector<Octets>& heard() const { return duel_->peer.heard; }

  // Key exchange and good-byes, and nothing of anybody in them.
  void require_silence() const {
    CHECK(duel_->peer.broken.empty());
    for (const Octets& payload : heard()) {
      INFO("message " << int{payload[0]});
      CHECK((payload[0] < 5 || payload[0] == 20 || (payload[0] >= 30 && payload[0] <= 34)));
    }
    for (const std::string_view text : {kUser, kPassword, kSecond, kResponse, kTicket}) {
      CHECK_FALSE(was_told(text));
      CHECK_FALSE(on_the_wire(text));
    }
    CHECK_FALSE(on_the_wire("ssh-userauth"));
  }

 private:
  static void take_host_key(Ways& ways, const Identity& key) {
    ways.host_key.assign(key.public_blob().begin(), key.public_blob().end());
    ways.private_key = key.private_key();
  }

  bool judge(ipworksauth_engine* e) {
    if (way_.verdict == Verdict::never) return false;
    const std::uint32_t answer = way_.verdict == Verdict::accept
                                     ? std::uint32_t{IPWORKSAUTH_ACCEPT_HOST_KEY}
                                 : way_.verdict == Verdict::odd ? 1U
                                                                : std::uint32_t{IPWORKSAUTH_REFUSE};
    return ipworksauth_engine_answer_host_key(e, answer) == 0;
  }

  Octets own_message() const {
    return payload_of(UserauthRequest{kUser, "ssh-connection", "password", {}});
  }

  bool give(ipworksauth_engine* e, std::uint32_t question) {
    const std::string_view password = given_++ == 0 ? kPassword : kSecond;
    const ipworksauth_octets response = octets_of(kResponse);
    const Octets own = own_message();
    switch (question) {
      case IPWORKSAUTH_EVENT_PASSWORD:
        return ipworksauth_engine_answer_password(e, password.data(), password.size()) == 0;
      case IPWORKSAUTH_EVENT_NEW_PASSWORD:
        return ipworksauth_engine_answer_new_password(e, kPassword.data(), kPassword.size(),
                                                      kSecond.data(), kSecond.size()) == 0;
      case IPWORKSAUTH_EVENT_SIGN:
        return ipworksauth_engine_answer_private_key(e, user_key_.private_key()) == 0;
      case IPWORKSAUTH_EVENT_PROMPTS:
        return ipworksauth_engine_answer_prompts(e, &response, 1) == 0;
      case IPWORKSAUTH_EVENT_CUSTOM:
        return ipworksauth_engine_answer_custom(e, own.data(), own.size()) == 0;
      default: return false;
    }
  }

  // Everything, asked or not; what is the answer to the open question is left to `give`.
  void push(ipworksauth_engine* e) {
    ipworksauth_engine_facts facts{};
    if (ipworksauth_engine_get_facts(e, &facts) != 0) return;
    for (const std::uint32_t kind :
         {IPWORKSAUTH_EVENT_PASSWORD, IPWORKSAUTH_EVENT_NEW_PASSWORD, IPWORKSAUTH_EVENT_SIGN,
          IPWORKSAUTH_EVENT_PROMPTS, IPWORKSAUTH_EVENT_CUSTOM}) {
      if (facts.question == kind) continue;
      const int before = given_;
      CHECK_FALSE(give(e, kind));
      given_ = before;
    }
  }

  Way way_;
  ToyGss ticket_;
  const Identity& user_key_ = key_of("ssh-ed25519", 3);
  ipworksauth_identity identity_{};
  Setup setup_;
  std::unique_ptr<Duel> duel_;
  Octets wire_;
  int given_ = 0;
};

std::vector<Way> every_way() {
  std::vector<Way> out;
  for (const char* methods : kMethods)
    for (const std::uint32_t pipelining : {1U, 2U})
      for (const std::uint32_t guess : {2U, 3U})
        for (const bool strict : {true, false})
          for (const bool pushing : {false, true})
            out.push_back({methods, pipelining, guess, strict, pushing, Verdict::accept});
  return out;
}

std::string in_words(const Way& way) {
  return std::string(way.methods) + " pipelining " + std::to_string(way.pipelining) + " guess " +
         std::to_string(way.guess) + (way.strict ? " strict" : "") +
         (way.pushing ? " pushing" : "") + " verdict " +
         std::to_string(static_cast<int>(way.verdict));
}

}  // namespace

TEST_CASE("witness: a host that is not verified is told nothing, whatever it does") {
  for (Way way : every_way())
    for (const Verdict verdict :
         {Verdict::refuse, Verdict::odd, Verdict::never, Verdict::bad_signature}) {
      way.verdict = verdict;
      INFO(in_words(way));
      Court court(way);
      court.carry();
      court.require_silence();
      court.peer().identify();
      court.carry();
      court.require_silence();
      court.exchange();
      court.require_silence();
      court.go_on();
      court.require_silence();
      if (verdict == Verdict::bad_signature) CHECK_FALSE(court.ended().empty());
      if (verdict == Verdict::refuse || verdict == Verdict::odd)
        CHECK(court.ended() == "host_key_refused");
    }
}

TEST_CASE("witness: the server says nothing of a key exchange, and asks at once") {
  for (const Way& way : every_way()) {
    INFO(in_words(way));
    Court court(way);
    court.peer().identify();
    court.carry();
    court.go_on();
    court.require_silence();
  }
}

TEST_CASE("witness: a host that is verified is told, and only under its keys") {
  for (const Way& way : every_way()) {
    INFO(in_words(way));
    Court court(way);
    court.peer().identify();
    court.carry();
    court.exchange();
    court.peer().say(ServiceAccept{"ssh-userauth"});
    court.carry();
    CHECK(court.was_told(kUser));
    if (std::string_view(way.methods) == "password") CHECK(court.was_told(kPassword));
    if (std::string_view(way.methods).find("gssapi-with-mic") != std::string_view::npos) {
      court.peer().say(court.take_mechanism());
      court.carry();
      CHECK(court.was_told(kTicket));
    }
    for (const std::string_view text : {kUser, kPassword, kSecond, kResponse, kTicket})
      CHECK_FALSE(court.on_the_wire(text));
    // Its own NEWKEYS come before the first of them.
    bool keys = false;
    for (const Octets& payload : court.heard()) {
      keys = keys || payload[0] == 21;
      if (payload[0] == 5 || payload[0] >= 50) CHECK(keys);
    }
  }
}

TEST_CASE("witness: another host in the middle, by a re-exchange, is told nothing more") {
  for (const bool strict : {true, false})
    for (const bool pushing : {false, true})
      for (const Verdict verdict :
           {Verdict::refuse, Verdict::odd, Verdict::never, Verdict::accept}) {
        Way way{"password", 1, 2, strict, pushing, Verdict::accept};
        INFO(in_words(way) << ", then " << static_cast<int>(verdict));
        Court court(way);
        court.peer().identify();
        court.carry();
        court.exchange();
        court.peer().say(ServiceAccept{"ssh-userauth"});
        court.carry();
        REQUIRE(court.was_told(kPassword));
        court.set_verdict(verdict);
        court.come_with(key_of("ssh-ed25519", 101));
        court.peer().heard.clear();
        court.peer().kexinit();
        // A second password would be the answer to this.
        court.peer().say(UserauthFailure{"password", false});
        court.carry();
        court.peer().kex_reply();
        court.carry();
        if (verdict != Verdict::accept) court.require_silence();
        court.peer().newkeys();
        court.carry();
        if (verdict != Verdict::accept) {
          court.peer().say(UserauthFailure{"password", false});
          court.carry();
          court.require_silence();
        }
        CHECK_FALSE(court.on_the_wire(kSecond));
      }
}

// Its first token, which only the service that it is for can read, is how the host is asked to
// prove itself. Nothing else leaves before it has.
TEST_CASE("witness: in a key exchange by GSSAPI tokens leave, and no MIC before the host's holds") {
  for (const bool proved : {true, false}) {
    for (const bool strict : {true, false}) {
      for (const std::uint32_t pipelining : {1U, 2U}) {
        INFO(proved << strict << pipelining);
        ToyGss ticket, host;
        ticket.name = kTicket;
        Setup setup(fastest_provider(), IPWORKSAUTH_CLIENT);
        ipworksauth_engine_config& c = setup.config;
        c.user = kUser.data();
        c.methods = "gssapi-keyex,password";
        c.try_all = 1;
        c.pipelining = pipelining;
        c.gss = ticket.row();
        c.gss_delegate = 1;
        Ways ways;
        ways.kex = "gss-curve25519-sha256-toWM5Slw5Ew8Mqkay+al2g==";
        ways.host_keys = "null";
        ways.host_key.clear();
        ways.strict = strict;
        ways.gss = host.row();
        ways.false_mic = !proved;
        Duel duel(c, fastest_provider(), ways);
        duel.peer.identify();
        duel.peer.kexinit();
        duel.carry();
        duel.peer.kex_reply();
        duel.carry();
        duel.peer.newkeys();
        duel.carry();
        duel.peer.say(ServiceAccept{"ssh-userauth"});
        duel.carry();
        bool keys = false, told = false;
        for (const Octets& payload : duel.peer.heard) {
          keys = keys || payload[0] == 21;
          told = told || payload[0] == 50;
          INFO("message " << int{payload[0]});
          if (!proved) CHECK((payload[0] < 5 || payload[0] == 20 || payload[0] == 30));
          if (payload[0] == 5 || payload[0] >= 50) CHECK(keys);
          CHECK(holds(payload, kTicket) == (payload[0] == 30));
          CHECK(holds(payload, kUser) == (payload[0] == 50));
          CHECK_FALSE(holds(payload, "secret"));
        }
        CHECK(told == proved);
        CHECK((ticket.wanted & IPWORKSAUTH_GSS_PROVES_HOST) != 0);
        CHECK(duel.subject.ended() == (proved ? "" : "bad_signature"));
      }
    }
  }
}
