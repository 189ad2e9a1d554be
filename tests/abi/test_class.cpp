// class SSHAuth of sshauth.hpp: its events, their parameters and answers.
#include <catch2/catch.hpp>

#include <stdexcept>

#include "ipworksauth/sshauth.hpp"
#include "tests/abi/class_layout.hpp"
#include "tests/client/support.hpp"

using namespace sshauth;
using namespace sshauth::test;
using namespace ::test;

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

namespace {

AuthServerConfig server_with_question() {
  AuthServerConfig config = server_config();
  ServerUser user;
  user.name = "me";
  user.rounds = {{"", "", {{"Code: ", true, "4711"}}}};
  config.users.push_back(user);
  return config;
}

void aim(SSHAuth& login, std::uint16_t port) {
  CHECK(login.SetSSHHost("127.0.0.1") == 0);
  CHECK(login.SetSSHPort(port) == 0);
  CHECK(login.SetUser("me") == 0);
  CHECK(login.SetAuthMode(AM_KEYBOARD_INTERACTIVE) == 0);
}

}  // namespace

TEST_CASE("a derived class answers the events") {
  RunningServer server(server_with_question());
  Login login;
  aim(login, server.port());
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

TEST_CASE("the virtual functions stand in the order of the event ids, the destructor behind them") {
  int destroyed = 0;
  ByPosition* object = make_numbered(destroyed);
  CHECK(object->event1(nullptr) == 1);
  CHECK(object->event2(nullptr) == 2);
  CHECK(object->event3(nullptr) == 3);
  CHECK(object->event4(nullptr) == 4);
  CHECK(object->event5(nullptr) == 5);
  CHECK(object->event6(nullptr) == 6);
  CHECK(object->event7(nullptr) == 7);
  CHECK(object->event8(nullptr) == 8);
  CHECK(object->event9(nullptr) == 9);
  CHECK(destroyed == 0);
  delete object;
  CHECK(destroyed == 1);
}

namespace {

struct Odd {};  // derives from nothing

class Thrower : public Login {
 public:
  int at = 0;  // the event that throws
  bool odd = false;

  int FireConnected(SSHAuthConnectedEventParams* e) override {
    maybe(EID_SSHAUTH_CONNECTED);
    return Login::FireConnected(e);
  }
  int FireConnectionStatus(SSHAuthConnectionStatusEventParams*) override {
    return maybe(EID_SSHAUTH_CONNECTIONSTATUS);
  }
  int FireDisconnected(SSHAuthDisconnectedEventParams* e) override {
    maybe(EID_SSHAUTH_DISCONNECTED);
    return Login::FireDisconnected(e);
  }
  int FireError(SSHAuthErrorEventParams*) override {
    if (at == EID_SSHAUTH_SSHSTATUS) throw std::runtime_error("a second one");
    return maybe(EID_SSHAUTH_ERROR);
  }
  int FireLog(SSHAuthLogEventParams*) override { return maybe(EID_SSHAUTH_LOG); }
  int FireSSHKeyboardInteractive(SSHAuthSSHKeyboardInteractiveEventParams* e) override {
    maybe(EID_SSHAUTH_SSHKEYBOARDINTERACTIVE);
    return Login::FireSSHKeyboardInteractive(e);
  }
  int FireSSHServerAuthentication(SSHAuthSSHServerAuthenticationEventParams* e) override {
    maybe(EID_SSHAUTH_SSHSERVERAUTHENTICATION);
    return Login::FireSSHServerAuthentication(e);
  }
  int FireSSHStatus(SSHAuthSSHStatusEventParams*) override { return maybe(EID_SSHAUTH_SSHSTATUS); }
  void* handle() const { return m_pObj; }

 private:
  int maybe(int id) const {
    if (id == at && odd) throw Odd();
    if (id == at) throw std::out_of_range("thrown by " + std::to_string(id));
    return 0;
  }
};

}  // namespace

TEST_CASE("an exception in an event stops the login and comes out of Authenticate") {
  RunningServer server(server_with_question());
  const int at = GENERATE(1, 2, 3, 5, 7, 8, 9);
  Thrower login;
  aim(login, server.port());
  login.at = at;
  CHECK_THROWS_WITH(login.Authenticate(), "thrown by " + std::to_string(at));
  CHECK(login.GetLastErrorCode() == -1);
  CHECK(std::string(login.GetLastError())
            .find(" threw an exception: thrown by " + std::to_string(at)) != std::string::npos);
  CHECK(login.GetState() == IPWORKSAUTH_STATE_FAILED);
  CHECK(login.GetSocket() == -1);

  login.odd = true;
  CHECK_THROWS_AS(login.Authenticate(), Odd);
  CHECK(login.GetEventErrorCode() == -1);

  // Nothing of it is left in the object.
  login.at = 0;
  login.seen.clear();
  CHECK(login.Authenticate() == 0);
  CHECK(login.GetLastErrorCode() == 0);
  CHECK(login.seen.size() == 4);
}

TEST_CASE("an exception of an event-driven login comes out of the call that fired the event") {
  RunningServer server(server_with_question());
  Thrower login;
  aim(login, server.port());
  CHECK(login.SetTimeout(0) == 0);
  login.at = EID_SSHAUTH_SSHKEYBOARDINTERACTIVE;
  CHECK(login.Authenticate() == 135);
  const auto run = [&] {
    while (login.GetState() < IPWORKSAUTH_STATE_SUCCEEDED) login.DoEvents();
  };
  CHECK_THROWS_AS(run(), std::out_of_range);
  CHECK(login.GetState() == IPWORKSAUTH_STATE_FAILED);

  Listener silent;
  REQUIRE(Listener::open(false, 0, silent).ok());
  CHECK(login.SetSSHPort(silent.port()) == 0);
  CHECK(login.Authenticate() == 135);
  while (login.GetState() == IPWORKSAUTH_STATE_CONNECTING) login.DoEvents();
  login.at = EID_SSHAUTH_DISCONNECTED;
  CHECK_THROWS_AS(login.Reset(), std::out_of_range);
  CHECK(login.GetState() == IPWORKSAUTH_STATE_IDLE);
}

// There is no caller of ours that could get it.
TEST_CASE("an exception under a call of the C function is an error and goes no further") {
  RunningServer server(server_with_question());
  Thrower login;
  aim(login, server.port());
  login.at = EID_SSHAUTH_SSHSERVERAUTHENTICATION;
  CHECK(ipworksauth_sshauth_authenticate(login.handle()) == -1);
  CHECK(std::string(login.GetLastError()) ==
        "the handler of SSHServerAuthentication threw an exception: thrown by 8");
}

TEST_CASE("a response may stay as it is, be null, or be too long") {
  class Answers : public Login {
   public:
    std::string given;
    int kind = 0;
    int FireSSHKeyboardInteractive(SSHAuthSSHKeyboardInteractiveEventParams* e) override {
      given = e->Response;
      if (kind == 1) e->Response = nullptr;
      if (kind == 2) e->Response = &long_[0];
      return 0;
    }

   private:
    std::string long_ = std::string(200'000, 'x');
  };
  RunningServer server(server_with_question());
  Answers login;
  aim(login, server.port());
  CHECK(login.SetPassword("4711") == 0);
  CHECK(std::string(login.Config("PasswordPrompt=Code*")).empty());
  CHECK(login.Authenticate() == 0);
  CHECK(login.given == "4711");
  login.kind = 1;
  CHECK(login.Authenticate() == 1032);
  login.kind = 2;
  CHECK(login.Authenticate() == 10022);
}

TEST_CASE("every property of the class is set and read") {
  SSHAuth auth("any key");
  const auto text = [&](int (SSHAuth::*set)(const char*), char* (SSHAuth::*get)(),
                        const char* value) {
    INFO(value);
    CHECK((auth.*set)(value) == 0);
    CHECK((auth.*set)((auth.*get)()) == 0);
    CHECK(std::string((auth.*get)()) == value);
  };
  const auto number = [&](int (SSHAuth::*set)(int), int (SSHAuth::*get)(), int value) {
    INFO(value);
    CHECK((auth.*set)(value) == 0);
    CHECK((auth.*get)() == value);
  };
  number(&SSHAuth::SetAuthMode, &SSHAuth::GetAuthMode, AM_MULTI_FACTOR);
  number(&SSHAuth::SetFirewallAutoDetect, &SSHAuth::GetFirewallAutoDetect, 1);
  number(&SSHAuth::SetFirewallType, &SSHAuth::GetFirewallType, FW_SOCKS4A);
  number(&SSHAuth::SetFirewallPort, &SSHAuth::GetFirewallPort, 8081);
  number(&SSHAuth::SetLocalPort, &SSHAuth::GetLocalPort, 4022);
  number(&SSHAuth::SetSSHCertStoreType, &SSHAuth::GetSSHCertStoreType, CST_PEMKEY_BLOB);
  number(&SSHAuth::SetSSHPort, &SSHAuth::GetSSHPort, 2022);
  number(&SSHAuth::SetTimeout, &SSHAuth::GetTimeout, 17);
  text(&SSHAuth::SetFirewallHost, &SSHAuth::GetFirewallHost, "proxy.example");
  text(&SSHAuth::SetFirewallPassword, &SSHAuth::GetFirewallPassword, "proxy word");
  text(&SSHAuth::SetFirewallUser, &SSHAuth::GetFirewallUser, "proxy user");
  text(&SSHAuth::SetLocalHost, &SSHAuth::GetLocalHost, "127.0.0.1");
  text(&SSHAuth::SetPassword, &SSHAuth::GetPassword, "word");
  text(&SSHAuth::SetSSHCertStorePassword, &SSHAuth::GetSSHCertStorePassword, "store word");
  text(&SSHAuth::SetSSHEncryptionAlgorithms, &SSHAuth::GetSSHEncryptionAlgorithms, "aes256-ctr");
  text(&SSHAuth::SetSSHHost, &SSHAuth::GetSSHHost, "server.example");
  text(&SSHAuth::SetUser, &SSHAuth::GetUser, "me");

  const std::string line = key_of("ssh-ed25519")->public_line();
  SecretBytes pem;
  REQUIRE(format_private_key(*key_of("ssh-ed25519"), std::nullopt, pem).ok());
  char* data = nullptr;
  int len = 0;
  CHECK(auth.SetSSHCertStore(as_text(pem.reveal()).data(), static_cast<int>(pem.size())) == 0);
  CHECK(auth.GetSSHCertStore(data, len) == 0);
  CHECK(std::string(data, static_cast<std::size_t>(len)) == as_text(pem.reveal()));
  CHECK(auth.SetSSHCertSubject("*") == 0);
  CHECK(!std::string(auth.GetSSHCertSubject()).empty());
  CHECK(auth.GetSSHCertEncoded(data, len) == 0);
  CHECK(std::string(data, static_cast<std::size_t>(len)) == line);
  CHECK(auth.SetSSHCertEncoded(data, len) == 0);
  CHECK(auth.SetSSHAcceptServerHostKeyEncoded(data, len) == 0);
  CHECK(auth.GetSSHAcceptServerHostKeyEncoded(data, len) == 0);
  CHECK(std::string(data, static_cast<std::size_t>(len)) == line);
  CHECK(auth.SetSSHAcceptServerHostKeyEncoded("no key", 6) == 10022);
}
