// The identification exchange, RFC 4253 §4.2: which lines are taken, in which number and length,
// and that what is hashed is exact: both sides come to the same session id.
#include <catch2/catch.hpp>

#include "tests/core/scenes.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

constexpr const char* kBad = "bad_identification";

Scene alone(bool client) {
  return client ? client_at("", Layer::identification, true, {})
                : server_at("", Layer::identification, true, {});
}

struct Result {
  std::string ended, why, outcome;
  std::uint32_t stage;
};

// What comes of these octets, in the pieces of `piece` octets.
Result say_first(bool client, std::string_view octets, std::size_t piece = 1 << 20) {
  const auto set = alone(client).set();
  Duel& d = *set->duel;
  for (; !octets.empty(); octets.remove_prefix(std::min(piece, octets.size()))) {
    d.peer.raw(octets.substr(0, piece));
    d.carry();
  }
  return {d.subject.ended(), d.subject.why(), d.outcome(), d.subject.facts().stage};
}

// A whole login behind that identification; empty when all went well.
std::string login_behind(bool client, const std::string& prelude, const std::string& line,
                         const std::string& end) {
  const auto set = alone(client).set();
  Duel& d = *set->duel;
  d.peer.raw(prelude);
  d.peer.ways.identification = line;
  d.peer.identify(end);
  d.carry();
  const std::vector<Step> steps =
      client ? std::vector<Step>{say_kexinit, say_reply, say_newkeys, grant, succeed}
             : std::vector<Step>{say_kexinit, say_init, say_newkeys, ask_service, log_in};
  for (const Step step : steps) step(d);
  if (!d.subject.has("authenticated")) return "not authenticated: " + d.subject.why();
  if (d.subject.text(IPWORKSAUTH_TEXT_PEER_IDENTIFICATION) != line) return "another line is told";
  if (d.subject.text(IPWORKSAUTH_TEXT_SESSION_ID) != as_text(d.peer.session_id))
    return "another line is hashed";
  return "";
}

std::string lines(std::size_t num, const std::string& each) {
  std::string out;
  for (std::size_t i = 0; i < num; ++i) out += each;
  return out;
}

}  // namespace

TEST_CASE("identification: what is taken is hashed as it came") {
  const std::string longest = "SSH-2.0-" + std::string(253 - 8, 'x');
  for (const bool client : {true, false}) {
    for (const std::string& line :
         {std::string("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3"), std::string("SSH-1.99-Cisco-1.25"),
          std::string("SSH-2.0--"), std::string("SSH-2.0-"), std::string("SSH-2.0- comment"),
          std::string("SSH-2.0-a-b-c  two  spaces "), std::string("SSH-2.0-caf\xc3\xa9"),
          std::string("SSH-2.0-latin\xe9\x9b\xff"), longest}) {
      for (const char* end : {"\r\n", "\n"}) {
        INFO((client ? "client, " : "server, ") << line);
        CHECK(login_behind(client, "", line, end) == "");
      }
    }
  }
}

TEST_CASE("identification: lines before it are a server's right, and only a server's") {
  const std::string id = "SSH-2.0-x";
  for (const std::string& prelude :
       {std::string("Welcome\r\n"), std::string("\r\n\n\r\n"), std::string("ssh-2.0-not\n"),
        std::string(" SSH-2.0-not\r\n"), std::string("\x1b[2J\xff\xfe\r\n"),
        std::string(8192, 'x') + "\r\n", lines(1024, "noise\n"), lines(1024, "\n")}) {
    INFO(prelude.substr(0, 20));
    CHECK(login_behind(true, prelude, id, "\r\n") == "");
    const Result server = say_first(false, prelude + id + "\r\n");
    CHECK(server.ended == kBad);
    CHECK(server.outcome == "ends:bad_identification");  // no packet for one that speaks no SSH
  }
  const Result told = say_first(true, "one\r\ntwo\nSSH-2.0-x\r\n");
  CHECK(told.outcome == "preline preline identified says-20");
}

TEST_CASE("identification: limits of number and length") {
  struct Row {
    const char* what;
    std::string octets;
  };
  const std::string id = "SSH-2.0-x\r\n";
  const Row rows[] = {
      {"1025 lines before it", lines(1025, "\n") + id},
      {"a line of 8193 octets", std::string(8193, 'x') + "\r\n" + id},
      {"a line of 8193 octets that does not end", std::string(8193, 'x')},
      {"a line of carriage returns that does not end", std::string(20'000, '\r')},
      {"254 octets", "SSH-2.0-" + std::string(254 - 8, 'x') + "\r\n"},
      {"254 octets and LF", "SSH-2.0-" + std::string(254 - 8, 'x') + "\n"},
      {"1000 octets", "SSH-2.0-" + std::string(992, 'x') + "\r\n"},
      {"a NUL in it", std::string("SSH-2.0-x\0y\r\n", 13)},
      {"a NUL before it", std::string("Wel\0come\r\n", 10) + id},
      {"a NUL alone", std::string(1, '\0')},
      {"a tabulator in it", "SSH-2.0-tab\there\r\n"},
      {"a carriage return in it", "SSH-2.0-cr\rinside\r\n"},
      {"a second carriage return behind it", "SSH-2.0-x\r\r\n"},
      {"an escape sequence in its comment", "SSH-2.0-x \x1b]0;title\x07\r\n"},
      {"a control character in a string of 1.99", "SSH-1.99-x\x01\r\n"},
      {"a delete at its end", "SSH-2.0-x\x7f\n"},
      {"version 1.5", "SSH-1.5-old\r\n"},
      {"version 2.1", "SSH-2.1-new\r\n"},
      {"version 3.0", "SSH-3.0-new\r\n"},
      {"version 2", "SSH-2-x\r\n"},
      {"no software dash", "SSH-2.0\r\n"},
      {"no software dash, 1.99", "SSH-1.99\r\n"},
      {"nothing but the prefix", "SSH-\r\n"},
  };
  for (const Row& row : rows) {
    for (const bool client : {true, false}) {
      for (const std::size_t piece : {std::size_t{1} << 20, std::size_t{1}, std::size_t{7}}) {
        if (piece == 1 && row.octets.size() > 9000) continue;
        INFO((client ? "client: " : "server: ") << row.what << ", in pieces of " << piece);
        const Result result = say_first(client, row.octets, piece);
        CHECK(result.ended == kBad);
        CHECK(result.outcome.find("says-") == std::string::npos);
      }
    }
  }
}

TEST_CASE("identification: no control character is taken in it, whichever and wherever") {
  for (int c = 0; c < 256; ++c) {
    if (c == '\n') continue;  // ends it
    const bool control = c < 0x20 || c == 0x7f;
    for (const std::string& line : {std::string("SSH-2.0-a") + static_cast<char>(c) + "b c",
                                    std::string("SSH-2.0-ab c") + static_cast<char>(c)}) {
      if (c == '\r' && line.back() == '\r') continue;  // belongs to its CR LF
      INFO("octet " << c);
      CHECK((say_first(true, line + "\n").ended == kBad) == control);
      CHECK((say_first(false, line + "\r\n").ended == kBad) == control);
    }
  }
}

TEST_CASE("identification: a refusal says what came, without its control characters") {
  CHECK(say_first(true, "SSH-2.0-x\x1b[2J\r\n")
            .why.find("control characters; it sent \"SSH-2.0-x?[2J\"") != std::string::npos);
  CHECK(say_first(true, "SSH-1.5-old\x1b[31m\r\n").why.find("SSH-1.5-old?[31m") !=
        std::string::npos);
  CHECK(say_first(false, "GET / HTTP/1.1\r\n").why.find("GET / HTTP/1.1") != std::string::npos);
}

TEST_CASE(
    "identification: whatever the pieces, the same is read, and packets begin right behind it") {
  const std::string octets = "Welcome\r\nto\n\r\nSSH-2.0-x y\r\n";
  const Result whole = say_first(true, octets);
  for (std::size_t piece = 1; piece < octets.size(); ++piece) {
    const Result cut = say_first(true, octets, piece);
    CHECK(cut.outcome == whole.outcome);
    CHECK(cut.stage == IPWORKSAUTH_STAGE_KEX);
  }
  for (const bool client : {true, false}) {
    const auto set = alone(client).set();
    Duel& d = *set->duel;
    d.peer.identify();
    d.peer.kexinit();  // in one piece with it
    d.carry();
    CHECK(d.outcome() ==
          (client ? "identified negotiated says-20 says-30" : "identified negotiated says-20"));
  }
}

TEST_CASE("identification: ours is what was configured, and unfit ones are refused") {
  NullRng rng;
  const Provider provider = null_provider(rng);
  Setup setup(provider, IPWORKSAUTH_CLIENT);
  for (const std::string& bad :
       {std::string(""), std::string("SSH-2.0"), std::string("SSH-1.99-x"),
        std::string("SSH-1.5-x"), std::string("SSH-2.0-x\n"), std::string("SSH-2.0-caf\xc3\xa9"),
        std::string("SSH-2.0-\x7f"), "SSH-2.0-" + std::string(246, 'x')}) {
    setup.config.identification = bad.c_str();
    CHECK(ipworksauth_engine_size(&setup.config) == 0);
  }
  for (const std::string& good :
       {std::string("SSH-2.0-"), std::string("SSH-2.0-mine_1 with comment"),
        "SSH-2.0-" + std::string(245, 'x')}) {
    setup.config.identification = good.c_str();
    Subject subject(setup.config);
    const std::string wire = good + "\r\n";
    CHECK(std::string(as_text(subject.speak())) == wire);
  }
}
