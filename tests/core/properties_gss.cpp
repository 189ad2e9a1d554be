// What each message of gssapi-with-mic (RFC 4462 §3) comes to out of its turn, both halves: the
// peer says it by hand, with tokens of a mechanism of the tests' own.
#include <catch2/catch.hpp>

#include "tests/core/scenes.hpp"
#include "tests/core/toy_gss.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

constexpr const char* kRefused = "says-1 ends:unexpected_message";
constexpr const char* kTrivial = "says-1 ends:trivial_success";

Octets failure() { return payload_of(UserauthFailure{"gssapi-with-mic", false}); }
const Octets kSuccess = payload_of(UserauthSuccess{});
const Octets kErrorText = payload_of(GssError{kGssFailure, 7, "clock skew", ""}, Msg::gssapi_error);
const Octets kMic = payload_of(GssMic{as_bytes("mic")});
const Octets kErrtok = payload_of(GssErrtok{as_bytes("error")});
const Octets kComplete = payload_of(GssComplete{});

// A side of the mechanism that is driven by hand.
struct HandMade {
  ToyGss toy;
  std::vector<std::max_align_t> ctx{16};

  ~HandMade() { toy.row()->wipe(&toy, ctx.data()); }
  Octets oid() const { return Octets(toy.row()->oid, toy.row()->oid + toy.row()->oid_len); }
  Octets step(bool initiator, const Octets& in) {
    Octets out(1024);
    std::size_t len = out.size();
    std::uint32_t flags = IPWORKSAUTH_GSS_MUTUAL | IPWORKSAUTH_GSS_INTEGRITY;
    (initiator ? toy.row()->initiate : toy.row()->accept)(&toy, ctx.data(), &flags, in.data(),
                                                          in.size(), out.data(), &len);
    out.resize(len);
    return out;
  }
};

struct GssDuel {
  explicit GssDuel(bool client) {
    Scene s = client ? client_at("", Layer::later, true,
                                 {meet, say_kexinit, say_reply, say_newkeys, grant})
                     : server_at("", Layer::later, true,
                                 {meet, say_kexinit, say_init, say_newkeys, ask_service});
    s.methods = "gssapi-with-mic";
    s.tweak = [this, client](ipworksauth_engine_config& c, Ways&) {
      c.gss = ours.row();
      if (!client) c.auth_methods = "gssapi-with-mic";
    };
    set = s.set();
    set->duel->outcome();
  }
  // What comes of these payloads, said in one flight.
  std::string say(const std::vector<Octets>& payloads) {
    for (const Octets& payload : payloads) set->duel->peer.say(payload);
    set->duel->carry();
    if (!set->duel->peer.heard.empty()) last = set->duel->peer.heard.back();
    return set->duel->outcome();
  }
  // The token in what the engine said last.
  Octets token() const {
    GssToken message;
    REQUIRE(decode(last, message) == Errc::ok);
    return Octets(message.token.begin(), message.token.end());
  }
  Octets response() const { return payload_of(GssResponse{theirs.oid()}); }
  Octets request() const {
    GssFields fields;
    const Octets oid = theirs.oid();
    fields.num_mechanisms = 1;
    fields.mechanism[0] = oid;
    Octets rest(256);
    Writer w(rest);
    encode(w, fields);
    rest.resize(w.len());
    return payload_of(UserauthRequest{"alice", "ssh-connection", "gssapi-with-mic", rest});
  }
  // The client has named its mechanism, and is answered; or the server is sent a first token.
  void begin_tokens() { REQUIRE(say({response()}) == "says-61"); }
  Octets answer() { return payload_of(GssToken{theirs.step(false, token())}); }

  ToyGss ours;
  HandMade theirs;
  Octets last;  // what the engine said last
  std::unique_ptr<Scene::Set> set;
};

using Said = std::vector<Octets>;

}  // namespace

TEST_CASE("gss client: before the server named the mechanism") {
  const auto outcome = [](const std::function<Said(GssDuel&)>& said) {
    GssDuel d(true);
    return d.say(said(d));
  };
  CHECK(outcome([](GssDuel&) { return Said{payload_of(GssToken{as_bytes("t")})}; }) == kRefused);
  CHECK(outcome([](GssDuel&) { return Said{kErrtok}; }) == kRefused);
  CHECK(outcome([](GssDuel&) { return Said{kMic}; }) == kRefused);
  CHECK(outcome([](GssDuel&) { return Said{kComplete}; }) == kRefused);
  CHECK(outcome([](GssDuel&) { return Said{kSuccess}; }) == kTrivial);
  CHECK(outcome([](GssDuel&) { return Said{failure()}; }) == "refused says-1 ends:auth_failed");
  CHECK(outcome([](GssDuel&) {
          return Said{kErrorText, failure()};
        }) == "gss-error refused says-1 ends:auth_failed");
  CHECK(outcome([](GssDuel&) { return Said{payload_of(GssResponse{as_bytes("other")})}; }) ==
        kRefused);
  CHECK(outcome([](GssDuel& d) {
          return Said{d.response(), d.response()};
        }) == "says-61 says-1 ends:unexpected_message");
  CHECK(outcome([](GssDuel&) { return Said(9, kErrorText); }).find("ends:too_much") !=
        std::string::npos);
}

TEST_CASE("gss client: while tokens are exchanged") {
  const auto outcome = [](const std::function<Said(GssDuel&)>& said) {
    GssDuel d(true);
    d.begin_tokens();
    return d.say(said(d));
  };
  // The MIC leaves with the answer to the last token, and only then is success believed.
  CHECK(outcome([](GssDuel& d) { return Said{d.answer()}; }) == "says-66");
  CHECK(outcome([](GssDuel&) { return Said{kSuccess}; }) == kTrivial);
  CHECK(outcome([](GssDuel& d) { return Said{d.answer(), kSuccess}; }) == "authenticated says-66");
  CHECK(outcome([](GssDuel& d) {
          return Said{d.answer(), kErrorText, failure()};
        }) == "gss-error refused says-66 says-1 ends:auth_failed");
  CHECK(outcome([](GssDuel& d) {
          const Octets answer = d.answer();
          return Said{answer, answer};
        }) == "says-66 says-1 ends:unexpected_message");
  CHECK(outcome([](GssDuel& d) {
          return Said{d.answer(), kErrtok};
        }) == "says-66 says-1 ends:unexpected_message");
  CHECK(outcome([](GssDuel& d) { return Said{d.response()}; }) == kRefused);
  CHECK(outcome([](GssDuel&) { return Said{payload_of(GssToken{})}; }) == "says-1 ends:malformed");
  // A forged token ends the method here, and an error token there; both say why.
  CHECK(outcome([](GssDuel&) { return Said{payload_of(GssToken{as_bytes("forged")})}; }) ==
        "gss-error says-1 ends:auth_failed");
  CHECK(outcome([](GssDuel&) {
          return Said{kErrtok, failure()};
        }) == "gss-error refused says-1 ends:auth_failed");
  CHECK(outcome([](GssDuel& d) {
          return Said{kErrtok, d.answer()};
        }) == "gss-error says-1 ends:unexpected_message");
  CHECK(outcome([](GssDuel&) {
          return Said{kErrtok, kSuccess};
        }) == "gss-error says-1 ends:trivial_success");
  for (const Octets& never : {kMic, kComplete})
    CHECK(outcome([&](GssDuel&) { return Said{never}; }) == kRefused);
}

TEST_CASE("gss server: each message without a request, and out of turn") {
  for (const Octets& early : {payload_of(GssToken{as_bytes("t")}), kMic, kComplete, kErrtok}) {
    GssDuel d(false);
    CHECK(d.say({early}) == kRefused);
  }
  const auto after_request = [](const Octets& payload) {
    GssDuel d(false);
    CHECK(d.say({d.request()}) == "says-60");
    return d.say({payload});
  };
  CHECK(after_request(kMic) == kRefused);
  CHECK(after_request(kErrorText) == kRefused);
  CHECK(after_request(payload_of(GssToken{})) == "says-1 ends:malformed");
  // Without a MIC nobody is let in; an error token is not answered.
  CHECK(after_request(kComplete) == "refused says-51");
  CHECK(after_request(kErrtok) == "nothing");
  CHECK(after_request(payload_of(GssToken{as_bytes("forged")})) == "refused says-64 says-51");
}

TEST_CASE("gss server: once the context is established it waits for the MIC alone") {
  const auto established = [](const Octets& payload) {
    GssDuel d(false);
    CHECK(d.say({d.request()}) == "says-60");
    CHECK(d.say({payload_of(GssToken{d.theirs.step(true, {})})}) == "says-61");
    return d.say({payload});
  };
  CHECK(established(kMic) == "refused says-51");  // a forged one; the host is not even asked
  CHECK(established(kComplete) == "refused says-51");
  CHECK(established(payload_of(GssToken{as_bytes("more")})) == kRefused);
}

TEST_CASE("gss server: mechanisms are matched by their whole name, and bounded in number") {
  GssDuel d(false);
  Octets rest(4096);
  Writer w(rest);
  w.u32(33);
  for (int i = 0; i < 33; ++i) w.string("x");
  rest.resize(w.len());
  CHECK(d.say({payload_of(UserauthRequest{"alice", "ssh-connection", "gssapi-with-mic", rest})}) ==
        "says-1 ends:too_much");
  GssDuel other(false);
  Octets one(64);
  Writer v(one);
  v.u32(1).string(Bytes(other.theirs.oid()).first(10));
  one.resize(v.len());
  CHECK(other.say({payload_of(UserauthRequest{"alice", "ssh-connection", "gssapi-with-mic",
                                              one})}) == "refused says-51");
}

// RFC 4253 §7, RFC 4462 §5: whose only host key algorithm is "null" says that first.
TEST_CASE(
    "gss server: without a host key a guess is right where the client, too, says null first") {
  constexpr const char* kCurve = "gss-curve25519-sha256-toWM5Slw5Ew8Mqkay+al2g==";
  for (const bool right : {true, false}) {
    ToyGss ours;
    HandMade theirs;
    theirs.toy.rounds = 2;
    Scene s = server_at("", Layer::later, true, {meet});
    s.tweak = [&](ipworksauth_engine_config& c, Ways& ways) {
      c.gss = ours.row();
      c.kex_algorithms = kCurve;
      c.host_keys = nullptr;
      c.num_host_keys = 0;
      ways.kex = kCurve;
      ways.host_keys = right ? "null" : "ssh-ed25519,null";
      ways.follows = true;
    };
    const auto set = s.set();
    Duel& duel = *set->duel;
    duel.outcome();
    const Octets token = theirs.step(true, {}), value(32, 9);
    duel.peer.kexinit();
    duel.peer.say(payload_of(KexGssInit{token, value}, ValueForm::string));
    duel.carry();
    INFO(right);
    CHECK(duel.outcome() == (right ? "negotiated says-31" : "negotiated"));
    CHECK(ours.steps == (right ? 1 : 0));
    if (right) continue;
    duel.peer.say(payload_of(KexGssInit{token, value}, ValueForm::string));
    duel.carry();
    CHECK(ours.steps == 1);
    CHECK(duel.subject.ended() == "");
  }
}
