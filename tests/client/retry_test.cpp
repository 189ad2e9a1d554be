// When a login that was pipelined may be made once more, step by step: only where the server shows,
// before it grants the service, that it cannot take the flight. A credential that a server may have
// looked at is not shown to it again.
#include "fuzz/null_provider.hpp"
#include "lib/client/conversation.hpp"
#include "support.hpp"
#include "tests/core/misbehave.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

// A conversation with a server in our hands, brought to where the pipelined flight has left.
struct Talk {
  explicit Talk(bool pipelining = true) : peer(provider, Ways{}), talk(config, calls, result) {
    calls.set_clock([] { return std::uint64_t{0}; });
    config.provider = &provider;
    config.host = "test";
    config.user = "me";
    config.password = secret("wrong");
    ConnectionPlan plan;
    plan.pipelining = pipelining;
    int code = 0;
    std::string why;
    REQUIRE(talk.start(plan, code, why));
    peer.identify();
    carry();
    peer.kexinit();
    carry();
    peer.kex_reply();
    carry();
  }
  void carry() {
    for (int i = 0; i < 50; ++i) {
      talk.work();
      const Octets in = peer.take();
      const Octets out(talk.pending().begin(), talk.pending().end());
      if (in.empty() && out.empty()) return;
      talk.sent(out.size());
      peer.hear(out);
      for (std::size_t used = 0; used < in.size(); talk.work())
        used += talk.receive(Bytes(in).subspan(used));
    }
    FAIL("the conversation does not end");
  }
  template <class Message>
  void say(const Message& message) {
    peer.say(message);
    carry();
  }
  void newkeys() {
    peer.newkeys();
    carry();
  }
  void grant() { say(ServiceAccept{"ssh-userauth"}); }
  void hang_up() {
    talk.receive_end();
    talk.work();
  }
  std::size_t passwords() const {
    std::size_t num = 0;
    for (const Octets& payload : peer.heard) num += payload[0] == 50 ? 1 : 0;
    return num;
  }

  NullRng rng;
  Provider provider = null_provider(rng);
  ClientConfig config;
  Recorder recorder;
  Interrupter stop;
  ObserverCalls calls{recorder, stop};
  ClientResult result;
  Misbehaver peer;
  Conversation talk;
};

struct Row {
  const char* what;
  void (*server)(Talk&);
  bool again;
};

// The pipelined request is the peer's next packet but one: SERVICE_REQUEST is 0 under strict keys.
constexpr std::uint32_t kAuthSeq = 1;

const Row kRows[] = {
    {"hangs up before its NEWKEYS", [](Talk& t) { t.hang_up(); }, true},
    {"hangs up at once",
     [](Talk& t) {
       t.newkeys();
       t.hang_up();
     },
     true},
    {"says protocol error",
     [](Talk& t) {
       t.newkeys();
       t.say(Disconnect{2, "what is this", ""});
     },
     true},
    {"says service not available",
     [](Talk& t) {
       t.newkeys();
       t.say(Disconnect{7, "not now", ""});
     },
     true},
    {"does not know the request",
     [](Talk& t) {
       t.newkeys();
       t.say(Unimplemented{kAuthSeq});
     },
     true},
    {"wants nothing of this host",
     [](Talk& t) {
       t.newkeys();
       t.say(Disconnect{1, "not from there", ""});
     },
     false},
    {"has no more methods",
     [](Talk& t) {
       t.newkeys();
       t.say(Disconnect{14, "", ""});
     },
     false},
    {"answers without granting the service",
     [](Talk& t) {
       t.newkeys();
       t.say(UserauthFailure{"password", false});
     },
     false},
    {"grants the service and hangs up on the password",
     [](Talk& t) {
       t.newkeys();
       t.grant();
       t.hang_up();
     },
     false},
    {"grants the service and says protocol error",
     [](Talk& t) {
       t.newkeys();
       t.grant();
       t.say(Disconnect{2, "", ""});
     },
     false},
    {"grants the service and does not know the request",
     [](Talk& t) {
       t.newkeys();
       t.grant();
       t.say(Unimplemented{kAuthSeq});
     },
     false},
    {"shows a banner and hangs up",
     [](Talk& t) {
       t.newkeys();
       t.grant();
       t.say(UserauthBanner{"go away", ""});
       t.hang_up();
     },
     false},
    {"refuses and hangs up",
     [](Talk& t) {
       t.newkeys();
       t.grant();
       t.say(UserauthFailure{"password", false});
       t.hang_up();
     },
     false},
    {"breaks the packet protocol",
     [](Talk& t) {
       t.newkeys();
       t.peer.raw(std::string(64, '\xff'));
       t.carry();
     },
     false},
};

}  // namespace

TEST_CASE("Only a server that cannot take the pipelined flight is tried step by step") {
  for (const Row& row : kRows) {
    INFO(row.what);
    Talk t;
    REQUIRE(t.passwords() == 1);  // it is out already
    row.server(t);
    CHECK(t.talk.state() == Conversation::State::ended);
    CHECK(t.talk.broke_on_pipelining() == row.again);
    CHECK_FALSE(t.talk.broke_on_guess());
  }
}

TEST_CASE("Where nothing was pipelined there is nothing to try again") {
  for (const Row& row : kRows) {
    INFO(row.what);
    Talk t(false);
    CHECK(t.passwords() == 0);
    row.server(t);
    CHECK_FALSE(t.talk.broke_on_pipelining());
  }
}
