// Every phase x every message number 0..255 x both senders x strict or not x custom method or not:
// the gate's decision against a list typed here from the RFCs, not made from messages.def.
#include <catch2/catch.hpp>

#include "lib/transport/gate.hpp"
#include "tests/core/numbers.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

// What may be said to us in one state. Numbers in no column end the connection.
struct Rule {
  const char* name;
  Phase layer, phase;
  Sender peer;
  const char* process;
  const char* strict;  // instead of `process` once strict key exchange is agreed; null: the same
  const char* skip;
  const char* defer;
};

// RFC 4253 §11: 1 to 4 at any time. RFC 4253 §7.1: between KEXINIT and NEWKEYS nothing but 1 to 4
// (5 and 6 are forbidden by name) and the exchange's own. OpenSSH PROTOCOL 1.10: strict, in the
// first exchange, leaves DISCONNECT and the one message that is next.
// RFC 4253 §10: 5 from the client, 6 from the server. RFC 8308 §2.4: 7 behind NEWKEYS, and from the
// server also before SUCCESS. RFC 4252: 50 and 61 from the client; 51, 52, 53, 60 from the server;
// §5.1: requests after success are ignored in silence. RFC 4254 §4: 80 to 82 after authentication.
// OpenSSH PROTOCOL 1.9: 192 is answered after authentication, and ignored before (CVE-2025-26466).
// RFC 4253 §9: what was on its way when we asked for new keys belongs to the layers: the one in
// force, or one that what is put aside leads to.
constexpr Rule kRules[] = {
    // ---- we are the client
    {"awaiting KEXINIT", p_never, p_kexinit, from_server, "1-4 20", "1 20", "", ""},
    {"awaiting the method", p_never, p_kex, from_server, "1-4", "1", "", ""},
    {"awaiting NEWKEYS", p_never, p_newkeys, from_server, "1-4 21", "1 21", "", ""},
    {"service", p_service, p_service, from_server, "1-4 6 7 20", nullptr, "192", ""},
    {"auth", p_auth, p_auth, from_server, "1-4 7 20 51-53 60", nullptr, "192", ""},
    {"open", p_open, p_open, from_server, "1-4 20 80-82 192", nullptr, "", ""},
    {"our KEXINIT out, service", p_service, p_rekey_wait, from_server, "1-4 20", nullptr, "",
     "6 7 51-53 60 80-82 192"},
    {"our KEXINIT out, auth", p_auth, p_rekey_wait, from_server, "1-4 20", nullptr, "",
     "7 51-53 60 80-82 192"},
    {"our KEXINIT out, open", p_open, p_rekey_wait, from_server, "1-4 20", nullptr, "",
     "80-82 192"},
    {"re-exchange, service", p_service, p_rekey_kex, from_server, "1-4", nullptr, "", ""},
    {"re-exchange, auth", p_auth, p_rekey_kex, from_server, "1-4", nullptr, "", ""},
    {"re-exchange, open", p_open, p_rekey_kex, from_server, "1-4", nullptr, "", ""},
    {"re-exchange NEWKEYS, service", p_service, p_rekey_newkeys, from_server, "1-4 21", nullptr, "",
     ""},
    {"re-exchange NEWKEYS, auth", p_auth, p_rekey_newkeys, from_server, "1-4 21", nullptr, "", ""},
    {"re-exchange NEWKEYS, open", p_open, p_rekey_newkeys, from_server, "1-4 21", nullptr, "", ""},
    // ---- we are the server
    {"awaiting KEXINIT", p_never, p_kexinit, from_client, "1-4 20", "1 20", "", ""},
    {"awaiting the method", p_never, p_kex, from_client, "1-4", "1", "", ""},
    {"awaiting NEWKEYS", p_never, p_newkeys, from_client, "1-4 21", "1 21", "", ""},
    {"service", p_service, p_service, from_client, "1-4 5 7 20", nullptr, "192", ""},
    {"auth", p_auth, p_auth, from_client, "1-4 7 20 50 61", nullptr, "192", ""},
    {"open", p_open, p_open, from_client, "1-4 20 80-82 192", nullptr, "50", ""},
    {"our KEXINIT out, service", p_service, p_rekey_wait, from_client, "1-4 20", nullptr, "",
     "5 7 50 61 80-82 192"},
    {"our KEXINIT out, auth", p_auth, p_rekey_wait, from_client, "1-4 20", nullptr, "",
     "7 50 61 80-82 192"},
    {"our KEXINIT out, open", p_open, p_rekey_wait, from_client, "1-4 20", nullptr, "",
     "50 80-82 192"},
    {"re-exchange, service", p_service, p_rekey_kex, from_client, "1-4", nullptr, "", ""},
    {"re-exchange, auth", p_auth, p_rekey_kex, from_client, "1-4", nullptr, "", ""},
    {"re-exchange, open", p_open, p_rekey_kex, from_client, "1-4", nullptr, "", ""},
    {"re-exchange NEWKEYS, service", p_service, p_rekey_newkeys, from_client, "1-4 21", nullptr, "",
     ""},
    {"re-exchange NEWKEYS, auth", p_auth, p_rekey_newkeys, from_client, "1-4 21", nullptr, "", ""},
    {"re-exchange NEWKEYS, open", p_open, p_rekey_newkeys, from_client, "1-4 21", nullptr, "", ""},
};

// RFC 4253 §11.4: answered with UNIMPLEMENTED. RFC 4250 §4.1.2: of the numbers without a meaning
// here those of the transport, of client protocols and of local extensions. The rest belong to a
// method, to authentication or to channels, where nothing unknown is right.
constexpr const char* kUnknown = "8-19 22-29 128-191 194-255";

// RFC 4250 §4.1.2: 30 to 49 belong to the key exchange method, which says which of them is next. Of
// these there are methods here that send them.
constexpr const char* kMethods = "30-34 40 41";

Decision by_rule(const Rule& rule, std::uint8_t msg, bool strict, KexNumbers next = 0) {
  const bool method = (rule.phase & (p_kex | p_rekey_kex)) != 0;
  if (method && (next & kex_number(msg)) != 0 && numbers(kMethods).count(msg) != 0)
    return Decision::process;
  const bool first = (rule.phase & (p_kexinit | p_kex | p_newkeys)) != 0;
  if (numbers(strict && rule.strict != nullptr ? rule.strict : rule.process).count(msg) != 0)
    return Decision::process;
  if (numbers(rule.skip).count(msg) != 0) return Decision::skip;
  if (numbers(rule.defer).count(msg) != 0) return Decision::defer;
  if (!(strict && first) && numbers(kUnknown).count(msg) != 0) return Decision::unimplemented;
  return Decision::refuse;
}

}  // namespace

TEST_CASE("gate: every message number in every phase has the decision of the RFCs") {
  for (const Rule& rule : kRules) {
    for (const bool strict : {false, true}) {
      for (int n = 0; n < 256; ++n) {
        const auto msg = static_cast<std::uint8_t>(n);
        const GateState state{rule.layer, rule.phase, rule.peer, strict, false, 0};
        INFO((rule.peer == from_server ? "client: " : "server: ")
             << rule.name << (strict ? ", strict" : "") << ", message " << n);
        CHECK(static_cast<int>(decide(msg, state)) == static_cast<int>(by_rule(rule, msg, strict)));
      }
    }
  }
}

TEST_CASE("gate: of the method's numbers the one that the method expects, and no other") {
  for (const Rule& rule : kRules) {
    for (const bool strict : {false, true}) {
      for (int expected = 30; expected < 51; ++expected) {
        // 50: all of them; none is right outside an exchange, whatever a method says.
        const KexNumbers next =
            expected == 50 ? ~KexNumbers{0} : kex_number(static_cast<std::uint8_t>(expected));
        for (int n = 0; n < 256; ++n) {
          const auto msg = static_cast<std::uint8_t>(n);
          const GateState state{rule.layer, rule.phase, rule.peer, strict, false, next};
          INFO(rule.name << (strict ? ", strict" : "") << ", message " << n << ", expected "
                         << expected);
          CHECK(static_cast<int>(decide(msg, state)) ==
                static_cast<int>(by_rule(rule, msg, strict, next)));
        }
      }
    }
  }
}

// A method that the host speaks itself owns 60 to 79 (RFC 4250 §4.1.2) while authentication lasts,
// and nothing more.
TEST_CASE("gate: a custom method changes the decision for 61 to 79 during authentication only") {
  for (const Rule& rule : kRules) {
    if (rule.peer != from_server) continue;
    for (const bool strict : {false, true}) {
      for (int n = 0; n < 256; ++n) {
        const auto msg = static_cast<std::uint8_t>(n);
        Decision expected = by_rule(rule, msg, strict);
        if (n >= 61 && n <= 79) {
          if (rule.phase == p_auth) expected = Decision::process;
          if (rule.phase == p_rekey_wait && rule.layer != p_open) expected = Decision::defer;
        }
        const GateState state{rule.layer, rule.phase, rule.peer, strict, true, 0};
        INFO(rule.name << (strict ? ", strict" : "") << ", message " << n);
        CHECK(static_cast<int>(decide(msg, state)) == static_cast<int>(expected));
      }
    }
  }
}

TEST_CASE("gate: the list itself covers every phase for both roles") {
  for (const Sender peer : {from_server, from_client}) {
    unsigned seen = 0;
    std::size_t rekeys = 0;
    for (const Rule& rule : kRules) {
      if (rule.peer != peer) continue;
      seen |= rule.phase;
      if ((rule.phase & p_rekey) != 0) ++rekeys;
    }
    CHECK(seen == static_cast<unsigned>(p_any));
    CHECK(rekeys == 9);  // three phases, three layers
  }
}

// RFC 4462 §3: with gssapi-with-mic under way 61 and 65 are from both sides, 64 from the server, 63
// and 66 from the client; before and after, and in a re-exchange, no number has another meaning.
TEST_CASE(
    "gate: gssapi-with-mic changes the decision for 61 and 63 to 66 during authentication only") {
  for (const Rule& rule : kRules) {
    const auto its = numbers(rule.peer == from_server ? "61 64 65" : "61 63 65 66");
    for (const bool strict : {false, true}) {
      for (int n = 0; n < 256; ++n) {
        const auto msg = static_cast<std::uint8_t>(n);
        Decision expected = by_rule(rule, msg, strict);
        if (its.count(n) != 0) {
          if (rule.phase == p_auth) expected = Decision::process;
          if (rule.phase == p_rekey_wait && rule.layer != p_open) expected = Decision::defer;
        }
        const GateState state{rule.layer, rule.phase, rule.peer, strict, false, 0, true};
        INFO((rule.peer == from_server ? "client: " : "server: ")
             << rule.name << (strict ? ", strict" : "") << ", message " << n);
        CHECK(static_cast<int>(decide(msg, state)) == static_cast<int>(expected));
      }
    }
  }
}
