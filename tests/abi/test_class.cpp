// class SSHAuth of sshauth.hpp: its events, their parameters and answers.
#include <catch2/catch.hpp>

#include "ipworksauth/sshauth.hpp"
#include "tests/client/support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

class Login : public SSHAuth {
 public:
  std::vector<std::string> seen;
  char code[8] = "4711";
  int result = 0;

  int FireConnected(SSHAuthConnectedEventParams* e) override {
    seen.push_back("Connected " + std::to_string(e->StatusCode) + e->Description);
    return 0;
  }
  int FireDisconnected(SSHAuthDisconnectedEventParams* e) override {
    seen.push_back("Disconnected " + std::to_string(e->StatusCode) + e->Description);
    return 0;
  }
  int FireSSHServerAuthentication(SSHAuthSSHServerAuthenticationEventParams* e) override {
    seen.push_back("Key " + std::string(e->KeyAlgorithm) + " " + std::to_string(e->lenHostKey) +
                   std::to_string(e->Accept));
    e->Accept = 1;
    return result;
  }
  int FireSSHKeyboardInteractive(SSHAuthSSHKeyboardInteractiveEventParams* e) override {
    seen.push_back("Asked " + std::string(e->Prompt) + e->Response +
                   std::to_string(e->EchoResponse));
    e->Response = code;
    return 0;
  }
};

}  // namespace

TEST_CASE("a derived class answers the events") {
  AuthServerConfig config = server_config();
  ServerUser user;
  user.name = "me";
  user.rounds = {{"", "", {{"Code: ", true, "4711"}}}};
  config.users.push_back(user);
  RunningServer server(std::move(config));
  Login login;
  CHECK(login.SetSSHHost("127.0.0.1") == 0);
  CHECK(login.SetSSHPort(server.port()) == 0);
  CHECK(login.SetUser("me") == 0);
  CHECK(login.SetAuthMode(AM_KEYBOARD_INTERACTIVE) == 0);
  CHECK(login.Authenticate() == 0);
  CHECK(login.seen == std::vector<std::string>{"Connected 0OK", "Key ssh-ed25519 510",
                                               "Asked Code: 1", "Disconnected 0OK"});
  CHECK(login.GetState() == IPWORKSAUTH_STATE_SUCCEEDED);
  login.result = 9;
  CHECK(login.Authenticate() == 9);
  CHECK(login.GetLastErrorCode() == 9);
  CHECK(login.GetEventErrorCode() == 9);
  CHECK(std::string(login.Config("LogLevel")) == "1");
  CHECK(std::string(login.VERSION()).starts_with("ipworksauth "));
  CHECK(login.SetRuntimeLicense("x") == 0);
  CHECK(std::string(login.GetRuntimeLicense()).empty());
  CHECK(login.Reset() == 0);
  CHECK(std::string(login.GetUser()).empty());
}

TEST_CASE("the parameter structures have the reference's layout") {
  CHECK(offsetof(SSHAuthConnectedEventParams, Description) == 8);
  CHECK(offsetof(SSHAuthConnectionStatusEventParams, StatusCode) == 8);
  CHECK(offsetof(SSHAuthSSHServerAuthenticationEventParams, lenHostKey) == 8);
  CHECK(offsetof(SSHAuthSSHServerAuthenticationEventParams, Fingerprint) == 16);
  CHECK(offsetof(SSHAuthSSHServerAuthenticationEventParams, Accept) == 56);
  CHECK(offsetof(SSHAuthSSHServerAuthenticationEventParams, reserved) == 60);
  CHECK(offsetof(SSHAuthSSHKeyboardInteractiveEventParams, EchoResponse) == 32);
}
