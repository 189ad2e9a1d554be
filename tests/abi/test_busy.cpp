// Every member while a connection is in progress: refused with its code, or taken, and then the
// login that runs goes on as it began.
#include <catch2/catch.hpp>
#include <cstring>

#include "tests/abi/handle.hpp"
#include "tests/abi/host.hpp"
#include "tests/abi/members.hpp"

using namespace sshauth::test;
using namespace test;

namespace {

// Sets every member to the last value that its row takes; the code of each must be the row's.
void set_everything(Host& host, bool busy = true) {
  // Before SSHCertStoreType, which says where SSHCertEncoded is looked for.
  for (const BinaryProperty& p : kBinaries) {
    INFO(p.name);
    CHECK(p.set(host, p.good, static_cast<int>(std::strlen(p.good))) == 0);
  }
  for (const IntProperty& p : kInts) {
    INFO(p.name);
    CHECK(p.set(host, p.good.back()) == (busy ? p.busy : 0));
    CHECK((!busy || p.busy == 0 || host.error().find(p.name) != std::string::npos));
  }
  for (const TextProperty& p : kTexts) {
    INFO(p.name);
    CHECK(p.set(host, p.good) == (busy ? p.busy : 0));
    CHECK((!busy || p.busy == 0 || host.error().find(p.name) != std::string::npos));
  }
  for (const Fact& fact : kFacts) {
    INFO(fact.name);
    host.config(fact.name + "=" + fact.good.back());
    CHECK(host.code() == (busy ? fact.busy : 0));
    CHECK((!busy || fact.busy == 0 || host.error().find(fact.name) != std::string::npos));
  }
}

}  // namespace

TEST_CASE("set in the middle of a login: refused by code and name, or without effect on it") {
  for (const int moment : {EID_SSHAUTH_CONNECTED, EID_SSHAUTH_SSHSERVERAUTHENTICATION}) {
    INFO(moment);
    RunningServer server(password_server());
    Host host(server.port());
    bool done = false;
    host.on_event = [&](Event& e) {
      if (e.id == moment && !done) {
        done = true;
        set_everything(host);
      }
      return 0;
    };
    CHECK(host.authenticate() == 0);
    CHECK(host.error().empty());
    CHECK(done);
    CHECK(std::string(ipworksauth_sshauth_getuser(host)) == "alice");
    CHECK(host.config("MaxLineLength") == "2048");
    CHECK(ipworksauth_sshauth_getsshport(host) == server.port());
    // The next one begins with what was set, a proxy that does not exist among it.
    CHECK(host.authenticate() != 0);
  }
}

TEST_CASE("between two calls of doevents the same codes refuse") {
  RunningServer server(password_server());
  Host host(server.port());
  CHECK(ipworksauth_sshauth_settimeout(host, 0) == 0);
  CHECK(host.authenticate() == 135);
  CHECK(ipworksauth_sshauth_setsshport(host, 22) == 100);
  CHECK(ipworksauth_sshauth_setsshhost(host, "x") == 101);
  CHECK(ipworksauth_sshauth_setlocalport(host, 0) == 106);
  CHECK(ipworksauth_sshauth_setlocalhost(host, "") == 107);
  CHECK(host.config("LocalPort=0") == "<106>");
  CHECK(host.config("LocalHost=") == "<107>");
  CHECK(host.config("MaxLineLength=4096") == "<112>");
  CHECK(host.config("UseFIPSCompliantAPI=False") == "<211>");
  const int again = host.authenticate();
  CHECK((again == 104 || again == 1105));
  CHECK(ipworksauth_sshauth_reset(host) == 0);
  CHECK(ipworksauth_sshauth_setsshport(host, 22) == 0);
}

TEST_CASE("Reset leaves nothing of a login and nothing that was set") {
  RunningServer server(password_server());
  Host host(server.port());
  CHECK(host.authenticate() == 0);
  CHECK(host.config("ServerSSHVersionString").starts_with("SSH-2.0-"));
  CHECK_FALSE(host.config("KexGuessHint").empty());
  CHECK(host.config("ChannelDataEOL[7]=x").empty());
  set_everything(host, false);
  CHECK(ipworksauth_sshauth_reset(host) == 0);
  for (const IntProperty& p : kInts) {
    INFO(p.name);
    CHECK(p.get(host) == p.initial);
  }
  for (const TextProperty& p : kTexts) {
    INFO(p.name);
    CHECK(std::string(p.get(host)) == p.initial);
  }
  for (const BinaryProperty& p : kBinaries) {
    INFO(p.name);
    char* data = nullptr;
    int len = 0;
    CHECK(p.get(host, &data, &len) == 0);
    CHECK(std::string(data, static_cast<std::size_t>(len)) == p.initial);
  }
  for (const Fact& fact : kFacts) {
    INFO(fact.name);
    CHECK(host.config(fact.name) == fact.initial);
  }
  for (const char* name : kReadOnly) {
    INFO(name);
    Handle fresh;
    CHECK(host.config(name) == fresh.config(name));
  }
  CHECK(std::string(ipworksauth_sshauth_getsshcertsubject(host)).empty());
  CHECK(host.config("ChannelDataEOL[7]").empty());
  CHECK(ipworksauth_sshauth_getstate(host) == IPWORKSAUTH_STATE_IDLE);
}
